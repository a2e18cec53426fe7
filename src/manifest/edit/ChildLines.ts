/**
 * Which lines of a map or list that is written with indentation belong to which of its entries or items: the comments directly above it
 * and, indented further than it is, below it. What is left between two of them belongs to neither.
 */
import { lineEnd, lineStart } from "./FileLayout.ts"
import type { Entry, Item } from "./TextNode.ts"

export interface ChildLines {
  /** Of the first comment directly above it; the same as `start` where there is none. */
  readonly lead: number
  /** Of the line it begins in; its own start where that line belongs to what is around it. */
  readonly start: number
  /** Behind its last line. */
  readonly end: number
}

const comment = /^[ \t]*#/
const blank = /^[ \t]*(?:[\r\n]|$)/

const lineAbove = (text: string, start: number): number =>
  lineStart(text, text.startsWith("\r\n", start - 2) ? start - 2 : start - 1)

const leadOf = (text: string, start: number, above: number): number => {
  let lead = start
  while (lead > above) {
    const line = lineAbove(text, lead)
    if (line < above || !comment.test(text.slice(line, lead))) break
    lead = line
  }
  return lead
}

const endOf = (text: string, nodeEnd: number, limit: number, column: number): number => {
  let end = nodeEnd === lineStart(text, nodeEnd) ? nodeEnd : lineEnd(text, nodeEnd)
  for (let line = end; line < limit;) {
    const next = lineEnd(text, line)
    const content = text.slice(line, next)
    if (comment.test(content) && content.indexOf("#") > column) end = next
    else if (!blank.test(content)) break
    line = next
  }
  return end
}

/** @param offset Of what the column is counted to. */
export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset)

/**
 * @param from Where the first line may begin.
 * @param limit Of the first line behind.
 */
export const childLines = (
  text: string,
  children: ReadonlyArray<Entry | Item>,
  from: number,
  limit: number
): ReadonlyArray<ChildLines> => {
  const lines: Array<ChildLines> = []
  for (const [index, { start, value }] of children.entries()) {
    const above = lines.at(-1)?.end ?? from
    const line = Math.max(lineStart(text, start), from)
    const next = children[index + 1]
    const behind = next === undefined ? limit : lineStart(text, next.start)
    lines.push({
      lead: leadOf(text, line, above),
      start: line,
      end: endOf(text, value.end, behind, columnOf(text, start))
    })
  }
  return lines
}
