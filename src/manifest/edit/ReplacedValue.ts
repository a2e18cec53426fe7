/** Puts another value behind a colon or a dash: the comment on the line stays, and so do the quotes where they can. */
import type { Json } from "../Manifest.ts"
import { changedBlockScalar } from "./BlockScalar.ts"
import { type ChildLines, columnOf } from "./ChildLines.ts"
import { lineEnd } from "./FileLayout.ts"
import { quotedAs } from "./InlineEdit.ts"
import { type Entry, isBlockCollection, type Item } from "./TextNode.ts"
import { withLineBreaks, type Written } from "./Written.ts"
import { valueAfterKey } from "./YamlText.ts"

const blankLine = /^[ \t]*(?:\r\n|\r|\n)/
const lineBreakAtEnd = /(?:\r\n|\r|\n)?$/

/** @param text As it follows a colon: it begins with a blank or a line break, and has none at its end. */
const replaced = (written: Written, { mark, value }: Entry | Item, lines: ChildLines, text: string): string => {
  const old = written.text
  const [first = "", ...more] = text.split("\n")
  const valueEnd = isBlockCollection(value) ? mark + 1 : value.end
  const isBlockScalar = value._tag === "Scalar" && value.style === "Block"
  const headerEnd = lineEnd(old, isBlockScalar ? value.start : valueEnd)
  const line = old.slice(isBlockScalar ? value.start : valueEnd, headerEnd).replace(lineBreakAtEnd, "")
  const comment = isBlockScalar ? /(?: #.*)?$/.exec(line)?.[0] ?? "" : line
  const space = isBlockCollection(value) ? "" : old.slice(mark + 1, value.start)
  const onLine = first === ""
    ? space.trimEnd() + (comment.trim() === "" ? "" : ` ${comment.trim()}`)
    : (space === "" ? " " : space) + first.slice(1) + (isBlockScalar && /^ [|>]/.test(first) ? "" : comment)
  const behind = isBlockCollection(value) ? "" : old.slice(isBlockScalar ? value.end : headerEnd, lines.end)
  const rest = more.map((one) => `${one}\n`).join("")
  return old.slice(lines.start, mark + 1) + withLineBreaks(written, `${onLine}\n${rest}`) + behind
}

const newValue = (written: Written, { start, value }: Entry | Item, before: Json, wanted: Json): string => {
  const column = columnOf(written.text, start)
  if (value._tag === "Scalar" && value.style === "Block" && typeof wanted === "string" && typeof before === "string") {
    const raw = written.text.slice(value.start, value.end).replace(/\r\n|\r/g, "\n")
    const blankBehind = blankLine.test(written.text.slice(value.end))
    return ` ${changedBlockScalar({ raw, text: before, column, blankBehind }, wanted)}`
  }
  const quoted = value._tag === "Scalar" ? quotedAs(value.style, wanted) : undefined
  return quoted === undefined ? valueAfterKey(wanted, column, written.layout) : ` ${quoted}`
}

/** The lines of a child, without the comments above it. */
export const replacedValue = (
  written: Written,
  child: Entry | Item,
  lines: ChildLines,
  before: Json,
  wanted: Json
): string => replaced(written, child, lines, newValue(written, child, before, wanted))
