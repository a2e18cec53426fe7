// What another reader of YAML than the product's says of a text: where values stand, and what is a comment.
import { type CST, isAlias, isCollection, isMap, isNode, isSeq, type Node, parseAllDocuments, Parser } from "yaml"
import type { DataPath } from "./fieldChanges.ts"

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length - 1

interface Reach {
  readonly first: number
  readonly last: number
  readonly flow: boolean
  readonly empty: boolean
}

const isComment = (line: string | undefined): boolean => /^\s*#/.test(line ?? "")
export const isBlank = (line: string | undefined): boolean => (line ?? "").trim() === ""

/** The lines of an entry or item, with the comments above it and those below that are indented further. */
export const reachOf = (text: string, document: number, path: DataPath): Reach => {
  const root: unknown = parseAllDocuments(text, {
    version: "1.1",
    logLevel: "silent",
    keepSourceTokens: true
  })[document]
    ?.contents
  let node = root as Node | null
  let start = 0
  let flow = false
  let column = 0
  for (const segment of path) {
    let found: unknown
    flow ||= isCollection(node) && node.flow === true
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(segment))
      start = isNode(pair?.key) ? pair.key.range?.[0] ?? 0 : 0
      found = pair?.value
    } else if (isSeq(node)) {
      found = node.items[Number(segment)]
      const item = isNode(found) ? found.range?.[0] ?? 0 : 0
      start = item - (/-\s*$/.exec(text.slice(0, item))?.[0].length ?? 0)
    }
    column = start - (text.lastIndexOf("\n", start - 1) + 1)
    node = isNode(found) ? found : null
  }
  const lines = text.split("\n")
  const end = node?.range?.[1] ?? start
  let first = lineOf(text, start)
  let last = lineOf(text, Math.max(start, text.slice(0, end).trimEnd().length))
  while (first > 0 && isComment(lines[first - 1])) first--
  for (let line = last + 1; line < lines.length && (isBlank(lines[line]) || isComment(lines[line])); line++)
    if (isComment(lines[line]) && (lines[line] ?? "").search(/\S/) >= column) last = line
  return {
    first,
    last,
    flow: flow || (isCollection(node) && node.flow === true),
    empty: node === null || isAlias(node) || !isCollection(node) || node.items.length === 0
  }
}

export const commentsOf = (text: string): ReadonlyArray<{ readonly text: string; readonly line: number }> => {
  const found: Array<{ readonly text: string; readonly line: number }> = []
  const visit = (token: unknown): void => {
    if (Array.isArray(token)) token.forEach(visit)
    else if (typeof token === "object" && token !== null) {
      const { offset, source, type } = token as CST.SourceToken
      if (type === "comment") found.push({ text: source.trim(), line: lineOf(text, offset) })
      Object.values(token).forEach(visit)
    }
  }
  for (const token of new Parser().parse(text)) visit(token)
  return found
}
