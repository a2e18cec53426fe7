/**
 * Reads the text of one YAML scalar: plain, quoted, or a block. Each function begins at the scalar and leaves the
 * cursor behind it. Line breaks fold as in YAML 1.1 and libyaml, which kubectl's reader is a port of.
 */
import { end, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, type YamlCursor, YamlFault } from "./YamlCursor.ts"

/** What the line breaks between two lines of text come to; `first` is empty after an escaped one. */
const fold = (first: string, more: string): string => first === "\n" ? (more === "" ? " " : more) : first + more

const endsInFlow = (code: number): boolean =>
  code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d

export interface PlainText {
  readonly text: string
  /** Whether the cursor has come to another line than the one the text ends in. */
  readonly leftLine: boolean
}

/** @param indent The column that further lines have to reach, unless `inFlow`. */
export const scanPlain = (cursor: YamlCursor, indent: number, inFlow: boolean): PlainText => {
  const { text } = cursor
  let folded = ""
  let from = cursor.pos
  let to = from
  let pending: string | undefined
  while (!cursor.atDocumentMark() && cursor.code() !== 0x23) {
    const start = cursor.pos
    let pos = start
    for (let code = text.charCodeAt(pos); !isBlankOrEnd(code); code = text.charCodeAt(++pos))
      if ((code === 0x3a && isBlankOrEnd(text.charCodeAt(pos + 1))) || (inFlow && endsInFlow(code))) break
    cursor.pos = pos
    if (pos > start) {
      if (pending !== undefined) {
        folded += text.slice(from, to) + pending
        from = start
        pending = undefined
      }
      to = pos
    }
    cursor.skipBlanks()
    if (isBreak(cursor.code())) {
      const first = cursor.takeBreak()
      let more = ""
      for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
        if (code === 0x09 && cursor.column < indent)
          throw new YamlFault("a tab can't be used to indent; use spaces", cursor.pos)
        if (isBreak(code)) more += cursor.takeBreak()
        else cursor.pos++
      }
      pending = fold(first, more)
    } else if (cursor.pos === pos) { break }
    if (!inFlow && cursor.column < indent) break
  }
  return { text: folded + text.slice(from, to), leftLine: pending !== undefined }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ["\"", "\""],
  ["'", "'"],
  ["/", "/"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"]
])

const hexDigits: ReadonlyMap<string, number> = new Map([["x", 2], ["u", 4], ["U", 8]])
const hexadecimal = /^[0-9a-fA-F]+$/

const takeEscape = (cursor: YamlCursor): string => {
  const name = cursor.text.charAt(cursor.pos + 1)
  const simple = escapes.get(name)
  const length = hexDigits.get(name)
  const at = cursor.pos
  cursor.pos += 2
  if (simple !== undefined) return simple
  if (length === undefined)
    throw new YamlFault(`\\${name} means nothing in double quotes; write \\\\${name}, or use single quotes`, at)
  const digits = cursor.text.slice(cursor.pos, cursor.pos + length)
  const code = hexadecimal.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : Number.NaN
  if (!(code <= 0x10ffff)) throw new YamlFault(`\\${name} needs the ${length} hexadecimal digits of a character`, at)
  cursor.pos += length
  return String.fromCodePoint(code)
}

const takeQuoted = (cursor: YamlCursor, start: number, single: boolean): string => {
  const { text } = cursor
  const quote = single ? 0x27 : 0x22
  let result = ""
  while (true) {
    if (cursor.code() === end || cursor.atDocumentMark()) throw new YamlFault("this quote is never closed", start)
    let from = cursor.pos
    let escaped = false
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === quote && !(single && cursor.code(1) === quote)) break
      if (code === quote) {
        result += text.slice(from, ++cursor.pos)
        from = ++cursor.pos
      } else if (single || code !== 0x5c) cursor.pos++
      else {
        result += text.slice(from, cursor.pos)
        escaped = isBreak(cursor.code(1))
        if (escaped) {
          cursor.pos++
          cursor.takeBreak()
        } else { result += takeEscape(cursor) }
        from = cursor.pos
        if (escaped) break
      }
    }
    result += text.slice(from, cursor.pos)
    if (cursor.code() === quote) return result
    from = cursor.pos
    let first: string | undefined = escaped ? "" : undefined
    let more = ""
    for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
      if (isBlank(code)) cursor.pos++
      else if (first === undefined) first = cursor.takeBreak()
      else more += cursor.takeBreak()
    }
    result += first === undefined ? text.slice(from, cursor.pos) : fold(first, more)
  }
}

const quick = /"[^"\\\n\r\0\x85\u2028\u2029]*"|'[^'\n\r\0\x85\u2028\u2029]*'(?!')/y

export const scanQuoted = (cursor: YamlCursor): string => {
  const start = cursor.pos
  quick.lastIndex = start
  if (quick.test(cursor.text)) {
    cursor.pos = quick.lastIndex
    return cursor.text.slice(start + 1, cursor.pos - 1)
  }
  cursor.pos++
  const result = takeQuoted(cursor, start, cursor.text.charAt(start) === "'")
  cursor.pos++
  if (!result.isWellFormed())
    throw new YamlFault("an escape here stands for half a character; write the character itself", start)
  return result
}

const header = /[|>](?:([+-])([1-9])?|([1-9])([+-])?)?/y

/**
 * The line breaks up to the next line with text; the column it stands in becomes `indent.value` where that is still 0.
 */
const takeBlockBreaks = (cursor: YamlCursor, indent: { value: number }, parent: number): string => {
  let breaks = ""
  let deepest = 0
  while (true) {
    while ((indent.value === 0 || cursor.column < indent.value) && cursor.code() === 0x20) cursor.pos++
    deepest = Math.max(deepest, cursor.column)
    if ((indent.value === 0 || cursor.column < indent.value) && cursor.code() === 0x09)
      throw new YamlFault("a tab can't be used to indent; use spaces", cursor.pos)
    if (!isBreak(cursor.code())) break
    breaks += cursor.takeBreak()
  }
  if (indent.value === 0) indent.value = Math.max(deepest, parent + 1, 1)
  return breaks
}

/** A scalar that begins with `|` or `>`. `parent` is the column of what it belongs to, -1 for a document. */
export const scanBlock = (cursor: YamlCursor, parent: number): string => {
  const { text } = cursor
  const literal = cursor.code() === 0x7c
  header.lastIndex = cursor.pos
  const [all = "|", chompFirst, depthLast, depthFirst, chompLast] = header.exec(text) ?? []
  cursor.pos += all.length
  cursor.skipBlanks()
  if (cursor.code() === 0x23) cursor.skipToBreak()
  if (!isBreakOrEnd(cursor.code()))
    throw new YamlFault(`only a comment may follow ${all} on its line; the text begins on the next one`, cursor.pos)
  if (cursor.code() !== end) cursor.takeBreak()
  const chomp = chompFirst ?? chompLast
  const depth = Number(depthLast ?? depthFirst ?? 0)
  const indent = { value: depth === 0 ? 0 : Math.max(parent, 0) + depth }
  let more = takeBlockBreaks(cursor, indent, parent)
  let first = ""
  let result = ""
  let indented = false
  while (cursor.column === indent.value && cursor.code() !== end) {
    const blank = isBlank(cursor.code())
    result += !literal && !indented && !blank && first === "\n" ? fold(first, more) : first + more
    indented = blank
    const from = cursor.pos
    cursor.skipToBreak()
    result += text.slice(from, cursor.pos)
    first = cursor.code() === end ? "" : cursor.takeBreak()
    more = takeBlockBreaks(cursor, indent, parent)
  }
  return result + (chomp === "-" ? "" : first) + (chomp === "+" ? more : "")
}
