/**
 * Text of people we don't trust, as it may stand in a commit message: one line, visible, short. Nothing in it can begin a line, turn the
 * direction of reading, or be a mark that keeps others from looking at the commit. Pure.
 */

/** Control characters, invisible ones, those that end a line, and what has no meaning yet. */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\s]+/gu
/** CI servers pass over a commit that says "[skip ci]" or the like anywhere. */
const skipMark = /\[([^[\]]*\b(?:skip|no)\b[^[\]]*)\]|\*{3}(NO_CI)\*{3}/gi

/** @param most length in UTF-16, as editors and Git's own advice count; no character is cut in half */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "").trimEnd()}…`

/** Never empty. */
export const oneLine = (text: string, most: number): string => {
  const line = text.toWellFormed().replace(unfit, " ").replace(skipMark, "($1$2)").trim()
  return line === "" ? "?" : clipped(line, most)
}
