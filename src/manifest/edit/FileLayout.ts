/**
 * Where the documents of a YAML text begin and end, as the reader sees them, and which comments stand between them.
 * Everything is an offset; the text from the first document's start to the last one's end is all there is.
 */
import { scanQuoted } from "../yaml/ScalarText.ts"
import { isBlank, isBreak, YamlCursor } from "../yaml/YamlCursor.ts"
import { YamlScanner } from "../yaml/YamlScanner.ts"
import type { YamlToken, YamlTokenType } from "../yaml/YamlToken.ts"

export interface DocumentLayout {
  /** Behind the document before it; comments may stand here, above its `---`. */
  readonly start: number
  /** Of its `---`; the same as `front` where it has none. */
  readonly mark: number
  /** Behind its `---`, and behind that line if nothing else stands in it; comments may stand here. */
  readonly front: number
  /** Where its text begins; all of `content` to `end` is empty in an empty document. */
  readonly content: number
  /** Behind the line in which its text ends; comments in the first column may stand here. */
  readonly contentEnd: number
  /** Of its `...`; the same as `end` where it has none. */
  readonly closing: number
  readonly end: number
}

const noContent: ReadonlySet<YamlTokenType> = new Set(["DocumentStart", "DocumentEnd", "StreamEnd"])

/** All tokens of a text that can be read, in their order, without those that only end a level of indentation. */
export const tokensOf = (text: string): ReadonlyArray<YamlToken> => {
  const scanner = new YamlScanner(text)
  const tokens: Array<YamlToken> = []
  while (tokens.at(-1)?.type !== "StreamEnd") {
    const token = scanner.peek()
    if (token.type !== "BlockEnd") tokens.push(token)
    scanner.skip()
  }
  return tokens
}

export const lineStart = (text: string, offset: number): number => {
  let start = offset
  while (start > 0 && !isBreak(text.charCodeAt(start - 1))) start--
  return start
}

/** Behind the line break that ends the line, or the end of the text. */
export const lineEnd = (text: string, offset: number): number => {
  let end = offset
  while (end < text.length && !isBreak(text.charCodeAt(end))) end++
  return text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length)
}

const lineBefore = (text: string, end: number): number => {
  const last = text.startsWith("\r\n", end - 2) ? end - 2 : isBreak(text.charCodeAt(end - 1)) ? end - 1 : end
  return lineStart(text, last)
}

/** Up to where a token surely holds text: only in quotes can a line of text look like a comment. */
const reachOf = (text: string, { plain, start, type }: YamlToken, limit: number): number => {
  if (type !== "Scalar" || plain || !/["']/.test(text.charAt(start))) return start
  const from = lineStart(text, start)
  // A cursor copies its text: only what may be the token, for files of many documents.
  const cursor = new YamlCursor(text.slice(from, limit))
  cursor.pos = start - from
  scanQuoted(cursor)
  return from + cursor.pos - 1
}

/**
 * Behind the line in which a node ends: blank lines and comments behind it are none of its text.
 * @param last Its last token.
 * @param limit The start of a line behind it, or the end of the text.
 * @param column How far a comment may be indented without being part of the node.
 */
export const endOfNode = (text: string, last: YamlToken, limit: number, column: number): number => {
  const reach = reachOf(text, last, limit)
  const outside = new RegExp(`^(?:[ \\t]*(?:[\\r\\n]|$)| {0,${column}}#)`)
  let end = limit
  for (let start = lineBefore(text, end); start > reach; start = lineBefore(text, end)) {
    if (!outside.test(text.slice(start, end))) break
    end = start
  }
  return end
}

const frontOf = (text: string, mark: number): number => {
  let front = text.indexOf("---", mark) + 3
  const behind = front
  while (isBlank(text.charCodeAt(front))) front++
  return front === text.length || isBreak(text.charCodeAt(front)) ? lineEnd(text, front) : behind
}

export const layoutOf = (text: string, tokens: ReadonlyArray<YamlToken>): ReadonlyArray<DocumentLayout> => {
  const documents: Array<DocumentLayout> = []
  let at = 0
  let start = 0
  const placeOf = (token: YamlToken | undefined): number =>
    token === undefined || token.type === "StreamEnd" ? text.length : lineStart(text, token.start)
  while (tokens[at]?.type !== "StreamEnd" && at < tokens.length) {
    const marked = tokens[at]?.type === "DocumentStart"
    const mark = marked ? placeOf(tokens[at++]) : start
    const front = marked ? frontOf(text, mark) : mark
    const first = tokens[at]
    let last: YamlToken | undefined
    for (let token = tokens[at]; token !== undefined && !noContent.has(token.type); token = tokens[++at]) last = token
    const closing = placeOf(tokens[at])
    let end = closing
    for (let token = tokens[at]; token?.type === "DocumentEnd"; token = tokens[++at]) end = lineEnd(text, token.start)
    documents.push({
      start,
      mark,
      front,
      content: first === undefined || last === undefined ? closing : Math.max(front, lineStart(text, first.start)),
      contentEnd: last === undefined ? closing : endOfNode(text, last, closing, 0),
      closing,
      end
    })
    start = end
  }
  return documents
}
