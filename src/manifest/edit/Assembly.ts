/**
 * Puts a file together again from its documents, some of them with another text, some gone, some new. What is not
 * concerned is copied as it is. A document goes with its separator and the comments directly above its first key;
 * comments behind it, above its separator, or at the top of the file and set off by a blank line stay.
 */
import { type DocumentLayout, lineEnd } from "./FileLayout.ts"

export type Fate =
  | { readonly _tag: "Kept" }
  | { readonly _tag: "Gone" }
  /** The text ends with a line break, unless the old one did not. */
  | { readonly _tag: "Rewritten"; readonly text: string }

const separator = "---"
const endsLine = /[\r\n]$/
const lineBreaks = "(?:\\r\\n|\\r(?!\\n)|\\n)"
const endsBlank = new RegExp(`${lineBreaks}${lineBreaks}$`)
const blankLines = new RegExp(`^(?:[ \\t]*${lineBreaks})+`)
const toBlankLine = new RegExp(`^[^]*${lineBreaks}[ \\t]*${lineBreaks}`)
const comment = /^[ \t]*#/m

/** The line break that a file uses. */
export const lineBreakOf = (text: string): string => /\r\n|\r|\n/.exec(text)?.[0] ?? "\n"

/** From the first comment on, without the blank lines behind the last one. */
export const commentsIn = (text: string): string => {
  const start = text.search(comment)
  return start === -1 ? "" : text.slice(start, lineEnd(text, text.trimEnd().length))
}

/** The comments at the top of a file that a blank line sets off from its first document. */
const headerIn = (text: string): string => {
  const header = toBlankLine.exec(text)?.[0] ?? ""
  return comment.test(header) ? header : ""
}

const rewritten = (text: string, document: DocumentLayout, content: string, lineBreak: string): string => {
  const behind = text.slice(document.contentEnd, document.end)
  const inMarkLine = document.front > document.mark && !endsLine.test(text.slice(document.mark, document.front)) &&
    document.content === document.front
  return text.slice(document.front, document.content) + (inMarkLine ? lineBreak : "") + content +
    behind.replace(blankLines, (blank) => endsBlank.test(content) ? "" : blank.replace(/[ \t]+/g, ""))
}

/**
 * @param fates One for each document.
 * @param added The texts of new documents, which come last. Each ends with a line break.
 */
export const assemble = (
  text: string,
  documents: ReadonlyArray<DocumentLayout>,
  fates: ReadonlyArray<Fate>,
  added: ReadonlyArray<string>
): string => {
  const lineBreak = lineBreakOf(text)
  const startsMarked = documents[0] !== undefined && documents[0].front > documents[0].mark
  let result = ""
  let written = 0
  let open = false
  documents.forEach((document, index) => {
    const fate = fates[index] ?? { _tag: "Kept" }
    result += text.slice(document.start, document.mark)
    if (fate._tag === "Gone") {
      if (index === 0 && !startsMarked) result += headerIn(text.slice(document.front, document.content))
      result += commentsIn(text.slice(document.contentEnd, document.closing))
      return
    }
    if (written > 0 || startsMarked) result += text.slice(document.mark, document.front)
    result += fate._tag === "Kept"
      ? text.slice(document.front, document.end)
      : rewritten(text, document, fate.text, lineBreak)
    open = document.content === document.end
    written++
  })
  result += text.slice(documents.at(-1)?.end ?? 0)
  for (const content of added) {
    if (result !== "" && !endsLine.test(result)) result += lineBreak
    if (!open && (written > 0 || startsMarked)) result += separator + lineBreak
    result += content
    open = false
    written++
  }
  return result
}
