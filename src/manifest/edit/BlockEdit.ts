/**
 * Changes maps and lists that are written with indentation, line by line: what differs is changed where it stands, what goes takes its
 * comments with it, what is new comes last, and what only moves moves as it is.
 */
import { field } from "../FieldPath.ts"
import { type FieldType, typeAt, unknown } from "../FieldType.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { type ChildLines, childLines, columnOf } from "./ChildLines.ts"
import { lineEnd, lineStart } from "./FileLayout.ts"
import { changedInline, isShapedLike } from "./InlineEdit.ts"
import { itemPairs, itemType } from "./ItemPairs.ts"
import { placeOfKey } from "./KeyOrder.ts"
import { replacedValue } from "./ReplacedValue.ts"
import { sameData } from "./SameData.ts"
import type { Entry, Item, ListNode, MapNode } from "./TextNode.ts"
import { withLineBreaks, type Written } from "./Written.ts"
import { layoutIn } from "./WrittenLayout.ts"
import { entryLines, itemLines } from "./YamlText.ts"

/** Where a map or list may have its lines. */
export interface Room {
  readonly from: number
  readonly limit: number
  /** Whose value it is; `undefined` for an item, and for the document. */
  readonly key: string | undefined
}

/** The lines of a map or list as they were. */
interface Block {
  readonly lines: ReadonlyArray<ChildLines>
  readonly head: string
  /** What stands behind each child and belongs to none. */
  readonly gaps: ReadonlyArray<string>
  readonly column: number
  /** Whether it begins behind a dash. */
  readonly inLine: boolean
  /** Whether nothing stands behind it in the document. */
  readonly isLast: boolean
}

const blockOf = ({ text }: Written, { children, start }: ListNode | MapNode, { from, limit }: Room): Block => {
  const lines = childLines(text, children, from, limit)
  return {
    lines,
    head: text.slice(from, lines[0]?.lead),
    gaps: lines.map(({ end }, index) => text.slice(end, lines[index + 1]?.lead ?? limit)),
    column: columnOf(text, start),
    inLine: from > lineStart(text, from),
    isLast: limit === text.length
  }
}

const endsBlank = /(?:^|\n|\r(?!\n))[ \t]*(?:\r\n|\r|\n)$/
const blankLinesAtEnd = /(?<=\n|\r(?!\n))(?:[ \t]*(?:\r\n|\r|\n))+$/
const blankLines = /^(?:[ \t]*(?:\r\n|\r|\n))+/

/** No blank line is left over where something went. */
const closed = (above: string, gap: string, isLast: boolean): string => {
  if (isLast && gap === "") return above.replace(blankLinesAtEnd, "")
  return above + (above === "" || endsBlank.test(above) ? gap.replace(blankLines, "") : gap)
}

const atDash = (block: Block, lines: string): string =>
  block.inLine ? lines.replace(blankLines, "").replace(/^ +/, "") : lines

/**
 * @param kept The lines of each child; `undefined`: it goes.
 * @param added What is new, by the child that it follows; -1 for none.
 */
const inOrder = (
  block: Block,
  kept: ReadonlyArray<string | undefined>,
  added: ReadonlyMap<number, ReadonlyArray<string>>
): string => {
  const after = (index: number): string => added.get(index)?.join("") ?? ""
  let result = block.head + after(-1)
  for (const [index, gap] of block.gaps.entries()) {
    const lines = kept[index]
    const isLast = block.isLast && index === block.gaps.length - 1
    result += (lines ?? "") + after(index)
    result = lines === undefined ? closed(result, gap, isLast) : result + gap
  }
  return atDash(block, result)
}

/** What stands between the children stays where it is. */
const rearranged = (block: Block, lines: ReadonlyArray<string>): string => {
  const last = block.gaps.length - 1
  const between = (at: number): string => at < lines.length - 1 && at < last ? block.gaps[at] ?? "" : ""
  const left = block.gaps.slice(lines.length - 1, last).filter((gap) => gap.includes("#"))
  const result = block.head + lines.map((text, at) => text + between(at)).join("") + left.join("") +
    (block.gaps[last] ?? "")
  return atDash(block, result)
}

/** The lines of a child, without the comments above it. */
const childText = (
  written: Written,
  child: Entry | Item,
  lines: ChildLines,
  before: Json,
  wanted: Json,
  type: FieldType
): string => {
  const { text } = written
  const { mark, value } = child
  if (sameData(before, wanted)) return text.slice(lines.start, lines.end)
  if (!isShapedLike(value, before, wanted))
    return replacedValue(written, child, lines, before, wanted)
  if (value.flow) {
    const changed = changedInline(written, value, before, wanted, type)
    return text.slice(lines.start, value.start) + changed + text.slice(value.end, lines.end)
  }
  const from = lineStart(text, value.start) > mark ? lineEnd(text, mark) : value.start
  const key = "key" in child ? child.key : undefined
  return text.slice(lines.start, from) +
    changedBlock(written, value, before, wanted, type, { from, limit: lines.end, key })
}

const changedMap = (
  written: Written,
  node: MapNode,
  before: JsonObject,
  wanted: JsonObject,
  type: FieldType,
  room: Room
): string => {
  const block = blockOf(written, node, room)
  const kept = node.children.map((entry, index) => {
    const { key } = entry
    const lines = block.lines[index]
    if (key === undefined || lines === undefined || !Object.hasOwn(wanted, key)) return undefined
    const below = typeAt(type, field(key)) ?? unknown
    return leading(written, block, index) +
      childText(written, entry, lines, before[key] ?? null, wanted[key] ?? null, below)
  })
  const keys = node.children.map(({ key }) => key)
  const added = Map.groupBy(
    Object.keys(wanted).filter((key) => !Object.hasOwn(before, key)),
    (key) => placeOfKey(key, keys, room.key)
  )
  const texts = [...added].map(([after, names]): [number, ReadonlyArray<string>] => [
    after,
    names.map((name) => withLineBreaks(written, entryLines(name, wanted[name] ?? null, block.column, written.layout)))
  ])
  return inOrder(block, kept, new Map(texts))
}

/** The comments above a child, and its indentation where a dash stands in its place. */
const leading = ({ text }: Written, { column, inLine, lines }: Block, index: number): string =>
  index === 0 && inLine ? " ".repeat(column) : text.slice(lines[index]?.lead, lines[index]?.start)

const changedList = (
  written: Written,
  node: ListNode,
  before: ReadonlyArray<Json>,
  wanted: ReadonlyArray<Json>,
  type: FieldType,
  room: Room
): string => {
  const block = blockOf(written, node, room)
  const pairs = itemPairs(before, wanted, type)
  const texts = wanted.map((value, at) => {
    const index = pairs[at]
    const item = index === undefined ? undefined : node.children[index]
    const lines = index === undefined ? undefined : block.lines[index]
    if (index === undefined || item === undefined || lines === undefined)
      return withLineBreaks(written, itemLines(value, block.column, written.layout))
    return leading(written, block, index) +
      childText(written, item, lines, before[index] ?? null, value, itemType(type))
  })
  const old = pairs.filter((pair) => pair !== undefined)
  if (old.some((pair, at) => pair < (old[at - 1] ?? 0))) return rearranged(block, texts)
  const kept: Array<string | undefined> = node.children.map(() => undefined)
  const added = new Map<number, ReadonlyArray<string>>()
  let last = -1
  texts.forEach((text, at) => {
    const index = pairs[at]
    if (index === undefined) added.set(last, [...added.get(last) ?? [], text])
    else {
      kept[index] = text
      last = index
    }
  })
  return inOrder(block, kept, added)
}

/** All lines of its room, so that they say what is wanted. */
export const changedBlock = (
  around: Written,
  node: ListNode | MapNode,
  before: Json,
  wanted: Json,
  type: FieldType,
  room: Room
): string => {
  const written = { ...around, layout: layoutIn(around.text, node, around.layout) }
  if (node._tag === "Map" && isObject(before) && isObject(wanted))
    return changedMap(written, node, before, wanted, type, room)
  return node._tag === "List" && Array.isArray(before) && Array.isArray(wanted)
    ? changedList(written, node, before, wanted, type, room)
    : written.text.slice(room.from, room.limit)
}
