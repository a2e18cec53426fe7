/** Changes values that stand within a line, or within brackets: of these too only the entries and items that differ. */
import { field } from "../FieldPath.ts"
import { type FieldType, typeAt, unknown } from "../FieldType.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { lineStart } from "./FileLayout.ts"
import { flowScalar, flowText } from "./FlowText.ts"
import { itemPairs, itemType } from "./ItemPairs.ts"
import { jsonScalar, jsonValue } from "./JsonLayout.ts"
import { sameData } from "./SameData.ts"
import type { Entry, Item, ListNode, MapNode, ScalarStyle, TextNode } from "./TextNode.ts"
import { withLineBreaks, type Written } from "./Written.ts"
import { doubleQuoted, isVisible } from "./YamlText.ts"

/** A scalar in the quotes it had, if it can stand in them. */
export const quotedAs = (style: ScalarStyle, value: Json): string | undefined => {
  if (typeof value !== "string" || (style !== "Double" && style !== "Single")) return undefined
  return style === "Single" && isVisible(value) ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value)
}

/** Whether the text can be changed into this value entry by entry, or item by item. */
export const isShapedLike = (node: TextNode, before: Json, wanted: Json): node is ListNode | MapNode =>
  node._tag === "Map"
    ? isObject(before) && isObject(wanted) && Object.keys(wanted).length > 0 && node.children.length > 0
    : node._tag === "List" && Array.isArray(before) && Array.isArray(wanted) && wanted.length > 0 &&
      node.children.length > 0

interface Part {
  /** `undefined`: it is new. */
  readonly index: number | undefined
  readonly text: string
}

const fresh = (written: Written, value: Json, at: number): string => {
  const { json, text } = written
  if (json === undefined) return flowText(value)
  const before = /[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? ""
  return withLineBreaks(written, jsonValue(value, json.indent, before))
}

/** What stands between two of them, for one that had nothing before it. */
const separatorOf = ({ json, text }: Written, { children, start }: ListNode | MapNode): string => {
  const [first, second] = [children.at(-2), children.at(-1)]
  if (first !== undefined && second !== undefined) return text.slice(first.value.end, second.start).trimStart()
  const space = text.slice(start + 1, second?.start ?? start + 1)
  if (/[\r\n]/.test(space)) return `,${space}`
  return json === undefined || (second !== undefined && text.charAt(second.mark + 1) === " ") ? ", " : ","
}

const joined = (written: Written, node: ListNode | MapNode, parts: ReadonlyArray<Part>): string => {
  const { text } = written
  const { children, end, start } = node
  const usual = separatorOf(written, node)
  const separator = ({ index }: Part): string =>
    index === undefined || index === 0
      ? usual
      : text.slice(children[index - 1]?.value.end, children[index]?.start)
  const head = text.slice(start, children[0]?.start)
  const tail = text.slice(children.at(-1)?.value.end, end)
  return head + parts.map((part, at) => (at === 0 ? "" : separator(part)) + part.text).join("") + tail
}

const changedChild = (
  written: Written,
  { start, value }: Entry | Item,
  before: Json,
  wanted: Json,
  type: FieldType
): string => {
  const { text } = written
  const changed = changedInline(written, value, before, wanted, type)
  const space = value._tag === "Scalar" && value.style === "Empty" && !sameData(before, wanted) ? " " : ""
  return text.slice(start, value.start) + space + changed
}

const mapParts = (
  written: Written,
  node: MapNode,
  before: JsonObject,
  wanted: JsonObject,
  type: FieldType
): ReadonlyArray<Part> => {
  const { json, text } = written
  const [first] = node.children
  const at = first?.start ?? node.start
  const quotes = json !== undefined || text.charAt(at) === "\""
  const colon = json !== undefined && json.indent === undefined && text.charAt((first?.mark ?? 0) + 1) !== " "
    ? ":"
    : ": "
  const kept = node.children.flatMap((entry, index): ReadonlyArray<Part> => {
    const { key } = entry
    if (key === undefined || !Object.hasOwn(wanted, key)) return []
    const below = typeAt(type, field(key)) ?? unknown
    return [{ index, text: changedChild(written, entry, before[key] ?? null, wanted[key] ?? null, below) }]
  })
  const added = Object.entries(wanted).filter(([key]) => !Object.hasOwn(before, key)).map(([key, value]): Part => ({
    index: undefined,
    text: (quotes ? jsonScalar(key) : flowScalar(key)) + colon + fresh(written, value, at)
  }))
  return [...kept, ...added]
}

const listParts = (
  written: Written,
  node: ListNode,
  before: ReadonlyArray<Json>,
  wanted: ReadonlyArray<Json>,
  type: FieldType
): ReadonlyArray<Part> =>
  itemPairs(before, wanted, type).map((index, at): Part => {
    const value = wanted[at] ?? null
    const item = index === undefined ? undefined : node.children[index]
    if (index === undefined || item === undefined)
      return { index: undefined, text: fresh(written, value, node.children[0]?.start ?? node.start) }
    return { index, text: changedChild(written, item, before[index] ?? null, value, itemType(type)) }
  })

/** The text of a value that isn't written with indentation, so that it says what is wanted. */
export const changedInline = (
  written: Written,
  node: TextNode,
  before: Json,
  wanted: Json,
  type: FieldType
): string => {
  if (sameData(before, wanted)) return written.text.slice(node.start, node.end)
  if (isShapedLike(node, before, wanted)) {
    if (node._tag === "Map" && isObject(before) && isObject(wanted))
      return joined(written, node, mapParts(written, node, before, wanted, type))
    if (node._tag === "List" && Array.isArray(before) && Array.isArray(wanted))
      return joined(written, node, listParts(written, node, before, wanted, type))
  }
  const quoted = node._tag === "Scalar" && written.json === undefined ? quotedAs(node.style, wanted) : undefined
  return quoted ?? fresh(written, wanted, node.start)
}
