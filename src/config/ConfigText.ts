/**
 * The text of a configuration as plain values that remember where they stand. YAML 1.2, and so JSON.
 * The one place of this room that knows the `yaml` package.
 */
import { Result } from "effect"
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError
} from "yaml"
import type { Mistake } from "./ConfigInvalid.ts"

/** Counted from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** A mistake in a file whose name is known elsewhere. */
export type Located = Omit<Mistake, "file">

export type Path = ReadonlyArray<PropertyKey>

export interface ConfigText {
  readonly data: unknown
  /** Of the value at a path, or of the nearest map or list around it. */
  readonly placeOf: (path: Path) => Place
  /** Of the key at the end of a path; for an item of a list, of the item. */
  readonly keyPlaceOf: (path: Path) => Place
  /** What is wrong although the text can be read: keys written twice. */
  readonly mistakes: ReadonlyArray<Located>
}

type Positions = (offset: number) => Place

const mustBeQuoted = (sign: string) => `a text that begins with "${sign}" must stand in quotes`

/** The parser's own words without the text that it quotes. */
const notYaml = ({ message }: YAMLError) =>
  `this isn't YAML: ${message.slice(0, 1).toLowerCase()}${
    message.slice(1).replace(/( token)? in YAML stream: ".*$/s, "")
  }`

const syntaxMessage = (error: YAMLError): string => {
  switch (error.code) {
    case "BAD_ALIAS":
      return mustBeQuoted(error.message.startsWith("Anchor") ? "&" : "*")
    case "TAG_RESOLVE_FAILED":
    case "BAD_COLLECTION_TYPE":
      return mustBeQuoted("!")
    case "BAD_SCALAR_START":
      return mustBeQuoted(error.message.slice(-1))
    case "TAB_AS_INDENT":
      return "YAML is indented with spaces, not with tabs"
    case "MULTIPLE_DOCS":
      return "a second YAML document begins here; a configuration is one document"
    case "BLOCK_AS_IMPLICIT_KEY":
      return `this isn't YAML: a second ":" follows; check the indentation, or put the text in quotes`
    default:
      return error.message.endsWith("at node end")
        ? "this isn't YAML: the value ends before this; put the whole value in quotes"
        : notYaml(error)
  }
}
const firstOfEachLine = (mistakes: ReadonlyArray<Located>): ReadonlyArray<Located> => {
  const seen = new Set<number | undefined>()
  return mistakes.filter(({ line }) => !seen.has(line) && seen.add(line))
}

const startOf = (node: unknown): number | undefined =>
  isCollection(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined

const keyText = (pair: Pair): string => isScalar(pair.key) ? String(pair.key.value ?? "") : String(pair.key)

const duplicates = (doc: Document, positions: Positions): ReadonlyArray<Located> => {
  const found: Array<Located> = []
  visit(doc, {
    Map: (_, map) => {
      const first = new Map<string, Place>()
      for (const pair of map.items) {
        const key = keyText(pair)
        const place = positions(startOf(pair.key) ?? 0)
        const before = first.get(key)
        if (before === undefined) first.set(key, place)
        else found.push({ ...place, message: `"${key}" is written a second time; the first is on line ${before.line}` })
      }
    }
  })
  return found
}

const signsToQuote = (doc: Document, positions: Positions): ReadonlyArray<Located> => {
  const found: Array<Located> = []
  visit(doc, (_, node) => {
    const place = () => positions(startOf(node) ?? 0)
    if (isAlias(node) && node.resolve(doc) === undefined) found.push({ ...place(), message: mustBeQuoted("*") })
    else if ((isScalar(node) || isCollection(node)) && node.tag?.startsWith("!") === true)
      found.push({ ...place(), message: mustBeQuoted("!") })
  })
  return found
}

const resolved = (doc: Document, node: unknown): unknown => isAlias(node) ? node.resolve(doc) : node

const pairAt = (node: unknown, key: PropertyKey): Pair | undefined =>
  isMap(node) ? node.items.findLast((pair) => keyText(pair) === String(key)) : undefined

const childAt = (node: unknown, key: PropertyKey): unknown =>
  isSeq(node) ? node.items[Number(key)] : pairAt(node, key)?.value

const offsetOf = (doc: Document, path: Path): number => {
  let node: unknown = doc.contents
  let offset = startOf(node) ?? 0
  for (const key of path) {
    node = childAt(resolved(doc, node), key)
    const start = startOf(node)
    if (start === undefined) break
    offset = start
  }
  return offset
}

const keyOffsetOf = (doc: Document, path: Path): number => {
  let parent: unknown = doc.contents
  for (const key of path.slice(0, -1)) parent = childAt(resolved(doc, parent), key)
  const key = path.at(-1)
  const pair = key === undefined ? undefined : pairAt(resolved(doc, parent), key)
  return startOf(pair?.key) ?? offsetOf(doc, path)
}

/** The values of a text, or why it can't be read: syntax errors, one a line. */
export const parse = (text: string): Result.Result<ConfigText, ReadonlyArray<Located>> => {
  const lines = new LineCounter()
  const positions: Positions = (offset) => {
    const { col, line } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const doc: Document<Node> = parseDocument(text.replace(/^\uFEFF/, ""), {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error"
  })
  const syntax = [...doc.errors.filter((error) => error.code !== "DUPLICATE_KEY"), ...doc.warnings]
    .map((error): Located => ({ ...positions(error.pos[0]), message: syntaxMessage(error) }))
  const unreadable = firstOfEachLine([...syntax, ...syntax.length === 0 ? signsToQuote(doc, positions) : []])
  if (unreadable.length > 0) return Result.fail(unreadable)
  return Result.try({
    try: (): unknown => doc.toJS(),
    catch: () => [{ line: 1, column: 1, message: "its aliases repeat too much" }]
  }).pipe(
    Result.map((data) => ({
      data,
      placeOf: (path: Path) => positions(offsetOf(doc, path)),
      keyPlaceOf: (path: Path) => positions(keyOffsetOf(doc, path)),
      mistakes: duplicates(doc, positions)
    }))
  )
}
