/**
 * Rewrites or takes out items of a `List`, in the text of its document. The other items stay as they are, to the byte.
 */
import { Result } from "effect"
import type { JsonObject } from "../Manifest.ts"
import type { YamlToken } from "../yaml/YamlToken.ts"
import { commentsIn } from "./Assembly.ts"
import { endOfNode, lineStart } from "./FileLayout.ts"
import { isJson, type JsonIndent, jsonIndentOf, jsonText } from "./JsonLayout.ts"
import { yamlText } from "./YamlText.ts"

export interface ListText {
  readonly text: string
  readonly tokens: ReadonlyArray<YamlToken>
  /** Of the document. */
  readonly content: number
  readonly contentEnd: number
  /** Where each item begins. */
  readonly items: ReadonlyArray<number>
  /** Where the entry begins that follows the list in its map, if one does. */
  readonly next: number | undefined
}

/** By the number of the item; `undefined` takes it out. */
export type ItemChanges = ReadonlyMap<number, JsonObject | undefined>

/** Where the items are laid out in a way that can't be edited. */
export interface ItemsUnclear {
  readonly offset: number
}

interface Item {
  /** Of its first line, comments directly above it included. */
  readonly start: number
  readonly dash: number
  readonly end: number
  /** Of the next item's first line without its comments, or of what follows the list. */
  readonly limit: number
  readonly column: number
}

const dashed = /^( *)- +$/

const startWithComments = (text: string, dash: number, column: number, behind: number): number => {
  const comment = new RegExp(`^ {0,${column}}#`)
  let start = dash
  while (start > behind) {
    const above = lineStart(text, text.startsWith("\r\n", start - 2) ? start - 2 : start - 1)
    if (above < behind || !comment.test(text.slice(above, start))) break
    start = above
  }
  return start
}

const itemsInLines = (
  { content, contentEnd, items, next, text, tokens }: ListText
): Result.Result<ReadonlyArray<Item>, ItemsUnclear> => {
  const found: Array<Item> = []
  let at = 0
  for (const [index, offset] of items.entries()) {
    const dash = lineStart(text, offset)
    const column = dashed.exec(text.slice(dash, offset))?.[1]?.length
    const last = items[index + 1] ?? next
    const limit = last === undefined ? contentEnd : lineStart(text, last)
    while ((tokens[at + 1]?.start ?? limit) < limit) at++
    const token = tokens[at]
    if (column === undefined || limit <= offset || token === undefined) return Result.fail({ offset })
    const end = endOfNode(text, token, limit, column)
    const above = found.at(-1)?.end ?? content
    found.push({ start: startWithComments(text, dash, column, above), dash, end, limit, column })
  }
  return Result.succeed(found)
}

const indented = (yaml: string, column: number): string =>
  yaml.replace(/^(?=.)/gm, " ".repeat(column + 2)).replace(/^( *) {2}/, "$1- ")

const inLines = (list: ListText, changes: ItemChanges, lineBreak: string): Result.Result<string, ItemsUnclear> =>
  Result.map(itemsInLines(list), (items) => {
    const { text } = list
    let result = ""
    let copied = list.content
    for (const [index, { column, dash, end, limit, start }] of items.entries()) {
      if (!changes.has(index)) continue
      const manifest = changes.get(index)
      const nextStart = items[index + 1]?.start ?? limit
      if (manifest === undefined) {
        result += text.slice(copied, start) + commentsIn(text.slice(end, nextStart))
        copied = nextStart
      } else {
        result += text.slice(copied, dash) + indented(yamlText(manifest), column).replaceAll("\n", lineBreak)
        copied = end
      }
    }
    return result + text.slice(copied, list.contentEnd)
  })

/** Behind the brace that closes each item. */
const endsInBraces = (tokens: ReadonlyArray<YamlToken>, items: ReadonlyArray<number>): ReadonlyArray<number> => {
  const ends: Array<number> = []
  let at = 0
  for (const offset of items) {
    while ((tokens[at]?.start ?? offset) < offset) at++
    let depth = 0
    for (; at < tokens.length; at++) {
      const { start = 0, type } = tokens[at] ?? {}
      if (type === "FlowMap" || type === "FlowList") depth++
      else if (type === "FlowMapEnd" || type === "FlowListEnd") depth--
      if (depth > 0) continue
      ends.push(start + 1)
      break
    }
  }
  return ends
}

const inJson = (list: ListText, changes: ItemChanges, indent: JsonIndent, lineBreak: string): string => {
  const { items, text } = list
  const ends = endsInBraces(list.tokens, items)
  let result = ""
  let copied = list.content
  let kept = 0
  for (const [index, start] of items.entries()) {
    const end = ends[index] ?? start
    if (changes.has(index) && changes.get(index) === undefined) {
      if (kept === 0) {
        result += text.slice(copied, start)
        copied = items[index + 1] ?? end
      } else {
        result += text.slice(copied, ends[index - 1])
        copied = end
      }
      continue
    }
    kept++
    const manifest = changes.get(index)
    if (manifest === undefined) continue
    const before = /^[ \t]*/.exec(text.slice(lineStart(text, start), start))?.[0] ?? ""
    result += text.slice(copied, start) + jsonText(manifest, indent, before).replaceAll("\n", lineBreak)
    copied = end
  }
  return result + text.slice(copied, list.contentEnd)
}

/** The text of the document with its items changed; at least one of them has to stay. */
export const rewriteItems = (
  list: ListText,
  changes: ItemChanges,
  lineBreak: string
): Result.Result<string, ItemsUnclear> => {
  const content = list.text.slice(list.content, list.contentEnd)
  return isJson(content)
    ? Result.succeed(inJson(list, changes, jsonIndentOf(content), lineBreak))
    : inLines(list, changes, lineBreak)
}
