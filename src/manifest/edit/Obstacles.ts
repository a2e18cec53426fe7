/** What in the part of a text that has to change keeps it from being edited safely. Elsewhere in the document it does no harm. */
import { field, type FieldPath, type Step } from "../FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../FieldType.ts"
import type { Json } from "../Manifest.ts"
import { quoted } from "../quoted.ts"
import { isObject } from "../ServerFields.ts"
import { isShapedLike } from "./InlineEdit.ts"
import { itemPairs, itemType } from "./ItemPairs.ts"
import { sameData } from "./SameData.ts"
import { holdsAnchor, type ListNode, type MapNode, type TextNode } from "./TextNode.ts"

export interface Obstacle {
  readonly path: FieldPath
  readonly offset: number
  readonly reason: string
}

const anchored =
  "an anchor (&) stands here, and what is repeated elsewhere would change or break with it; write it out in both places"
const repeated = "this repeats what stands at an anchor (*); write it out here"
const tagged = "this value has a tag (!), which says how it is read; remove the tag"
const merged =
  "this map holds a merge (<<), or a key that isn't one word before its colon; write out what it stands for"
const absent = "this comes from somewhere else in the file; write it out here"
const commented =
  "comments stand between these brackets, and entries come, go or move; write it with each entry on lines of its own, without brackets"

const inNode = (node: TextNode): string | undefined =>
  node._tag === "Opaque" ? repeated : node.anchor ? anchored : node.tag ? tagged : undefined

const hasCommentBetween = (text: string, { children, end, start }: ListNode | MapNode): boolean =>
  [...children.map(({ start }) => start), end].some((behind, index) =>
    text.slice(children[index - 1]?.value.end ?? start, behind).includes("#")
  )

const stepTo = (type: FieldType, item: Json, index: number): Step =>
  (type._tag === "KeyedList" || type._tag === "ValueSet" ? stepToItem(type, item) : undefined) ??
    { _tag: "Index", index }

/** The first thing in the way of making the text of a value say what is wanted. */
export const obstacleTo = (
  text: string,
  node: TextNode,
  before: Json,
  wanted: Json,
  type: FieldType,
  path: FieldPath
): Obstacle | undefined => {
  if (sameData(before, wanted)) return undefined
  const refused = (reason: string, offset = node.start): Obstacle => ({ path, offset, reason })
  const reason = inNode(node)
  if (reason !== undefined) return refused(reason)
  if (!isShapedLike(node, before, wanted)) return holdsAnchor(node) ? refused(anchored) : undefined
  if (node._tag === "Map" && isObject(before) && isObject(wanted)) {
    const keys = new Set(node.children.map(({ key }) => key))
    if (keys.has(undefined)) return refused(merged)
    for (const { key = "", start, value } of node.children) {
      if (Object.hasOwn(wanted, key) && sameData(before[key] ?? null, wanted[key] ?? null)) continue
      const at = [...path, field(key)]
      const obstacle = Object.hasOwn(wanted, key)
        ? obstacleTo(text, value, before[key] ?? null, wanted[key] ?? null, typeAt(type, field(key)) ?? unknown, at)
        : holdsAnchor(value)
        ? { path: at, offset: start, reason: anchored }
        : undefined
      if (obstacle !== undefined) return obstacle
    }
    const elsewhere = Object.keys(before).find((key) =>
      !keys.has(key) && !sameData(before[key] ?? null, wanted[key] ?? null)
    )
    if (elsewhere !== undefined) return refused(`${quoted(elsewhere)} can't be found: ${absent}`)
    const isMoved = keys.size !== Object.keys(wanted).length ||
      [...keys].some((key) => !Object.hasOwn(wanted, key ?? ""))
    return node.flow && isMoved && hasCommentBetween(text, node) ? refused(commented) : undefined
  }
  if (node._tag !== "List" || !Array.isArray(before) || !Array.isArray(wanted)) return undefined
  const pairs = itemPairs(before, wanted, type)
  for (const [at, index] of pairs.entries()) {
    const item = index === undefined ? undefined : node.children[index]
    if (index === undefined || item === undefined) continue
    const step = stepTo(type, before[index], index)
    const obstacle = obstacleTo(text, item.value, before[index], wanted[at], itemType(type), [...path, step])
    if (obstacle !== undefined) return obstacle
  }
  const gone = node.children.find(({ value }, index) => !pairs.includes(index) && holdsAnchor(value))
  if (gone !== undefined) return refused(anchored, gone.start)
  const isMoved = pairs.length !== before.length || pairs.some((index, at) => index !== at)
  return node.flow && isMoved && hasCommentBetween(text, node) ? refused(commented) : undefined
}
