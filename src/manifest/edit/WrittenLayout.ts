/** How far people indent, for what is added to what they wrote. */
import { columnOf } from "./ChildLines.ts"
import { isBlockCollection, type TextNode } from "./TextNode.ts"
import type { YamlLayout } from "./YamlText.ts"

const found = (text: string, node: TextNode, kind: "List" | "Map"): number | undefined => {
  if (!isBlockCollection(node)) return undefined
  for (const { start, value } of node.children) {
    if (node._tag === "Map" && isBlockCollection(value) && value._tag === kind)
      return columnOf(text, value.start) - columnOf(text, start)
    const deeper = found(text, value, kind)
    if (deeper !== undefined) return deeper
  }
  return undefined
}

/** As the first map and the first list in a node are indented; as those around it where there are none. */
export const layoutIn = (text: string, node: TextNode, around: YamlLayout): YamlLayout => ({
  map: found(text, node, "Map") ?? around.map,
  list: found(text, node, "List") ?? around.list,
  blankEnd: false
})
