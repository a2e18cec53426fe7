/**
 * Writes a manifest as YAML, laid out as kubectl and kustomize do. Text that any reader of YAML 1.1 or 1.2 could take
 * for something else is quoted, nothing is folded, and what can't be seen is escaped.
 */
import { encodeJson } from "../JsonText.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { inCustomaryOrder } from "./KeyOrder.ts"

type Style = "PLAIN" | "QUOTE_SINGLE" | "QUOTE_DOUBLE" | "BLOCK_LITERAL"

/** Letter case aside. */
const words: ReadonlySet<string> = new Set([
  "",
  "~",
  "null",
  "y",
  "n",
  "yes",
  "no",
  "on",
  "off",
  "true",
  "false",
  "=",
  "<<",
  ".",
  ".nan",
  ".inf",
  "+.inf",
  "-.inf"
])

const numbers = [
  /^[-+]?[0-9][0-9_,]*$/,
  /^[-+]?0[xXbBoO]/,
  /^[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9_]*)?$/,
  // sexagesimal numbers, times and dates
  /^[-+]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/
]

const isAmbiguous = (text: string): boolean =>
  words.has(text.toLowerCase()) || numbers.some((pattern) => pattern.test(text))

/** Characters that a reader changes or refuses, or that turn the direction of what stands around them. */
const hidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u
const hiddenInBlock = /[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u
const allHidden = new RegExp(hiddenInBlock.source, "gu")

const plainStart = /^[\p{L}\p{N}\p{So}_./$(+\\]|^-(?:-?[\p{L}\p{N}_])/u
const notPlain = /: |:$| #| $|^\.\.\./

/** Multi-line text that begins with something visible: readers disagree about the indentation of anything else. */
const literal = /^\n*\S[^]*\n/
const endsInBlankLine = /\n[ \t]*\n$/
const endsInBlanks = /\n[ \t]+$/

const styleOf = (text: string, isKey: boolean, blankEnd: boolean): Style => {
  if (
    !isKey && (blankEnd || !endsInBlankLine.test(text)) && literal.test(text) && !endsInBlanks.test(text) &&
    !hiddenInBlock.test(text)
  ) { return "BLOCK_LITERAL" }
  if (hidden.test(text) || isAmbiguous(text)) return "QUOTE_DOUBLE"
  return plainStart.test(text) && !notPlain.test(text) ? "PLAIN" : "QUOTE_SINGLE"
}

/** The last line break is the one that ends every line. */
const inBlock = (text: string, indent: string): string => {
  const chomp = endsInBlankLine.test(text) ? "+" : text.endsWith("\n") ? "" : "-"
  const lines = text.endsWith("\n") ? text.slice(0, -1) : text
  return `|${chomp}\n${lines.replace(/^(?=.)/gm, indent)}`
}

const textual = (text: string, indent: string, isKey: boolean, blankEnd = false): string => {
  switch (styleOf(text, isKey, blankEnd)) {
    case "PLAIN":
      return text
    case "QUOTE_SINGLE":
      return `'${text.replaceAll("'", "''")}'`
    case "QUOTE_DOUBLE":
      return JSON.stringify(text)
    case "BLOCK_LITERAL":
      return inBlock(text, indent)
  }
}

/** Readers look for the colon of a longer key no further. */
const longestKey = 1000

/** How many spaces stand before what is one level deeper. */
export interface YamlLayout {
  /** Before the keys of a map, against the key it belongs to. */
  readonly map: number
  /** Before the dashes of a list, against the key it belongs to. */
  readonly list: number
  /** Whether text may end with blank lines as they are: not where others might follow. */
  readonly blankEnd: boolean
}

/** As kubectl and kustomize lay it out: lists stand in the column of their key. */
export const customaryLayout: YamlLayout = { map: 2, list: 0, blankEnd: true }

/** What follows a dash, or begins a document: its first line without indentation, no line break at its end. */
const inline = (value: Json, indent: string, layout: YamlLayout): string => {
  if (Array.isArray(value)) {
    return value.length === 0
      ? "[]"
      : value.map((item: Json) => `- ${inline(item, `${indent}  `, layout)}`).join(`\n${indent}`)
  }
  if (isObject(value)) {
    const entries = Object.entries(value)
    return entries.length === 0
      ? "{}"
      : entries.map(([key, entry]) => entryText(key, entry, indent, layout)).join(`\n${indent}`)
  }
  return typeof value === "string" ? textual(value, indent, false, layout.blankEnd) : encodeJson(value)
}

const isEmpty = (value: ReadonlyArray<Json> | JsonObject): boolean =>
  (Array.isArray(value) ? value : Object.keys(value)).length === 0

const entryText = (key: string, value: Json, indent: string, layout: YamlLayout): string => {
  const text = textual(key, indent, true)
  return text.length > longestKey
    ? `? ${text}\n${indent}: ${inline(value, `${indent}  `, layout)}`
    : `${text}:${afterKey(value, indent, layout)}`
}

const afterKey = (value: Json, indent: string, layout: YamlLayout): string => {
  const deeper = indent + " ".repeat(layout.map)
  if (typeof value !== "object" || value === null || isEmpty(value)) return ` ${inline(value, deeper, layout)}`
  const column = Array.isArray(value) ? indent + " ".repeat(layout.list) : deeper
  return `\n${column}${inline(value, column, layout)}`
}

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

const shown = (text: string): string => text.replace(allHidden, escape)

/** One document without a separator, its lines ended by LF, the last one too. */
export const yamlText = (manifest: JsonObject): string =>
  `${shown(inline(inCustomaryOrder(manifest), "", customaryLayout))}\n`

/** An entry of a map whose keys stand in this column: whole lines, ended by LF. */
export const entryLines = (key: string, value: Json, column: number, layout: YamlLayout): string =>
  `${" ".repeat(column)}${shown(entryText(key, value, " ".repeat(column), layout))}\n`

/** An item of a list whose dashes stand in this column: whole lines, ended by LF. */
export const itemLines = (value: Json, column: number, layout: YamlLayout): string =>
  `${" ".repeat(column)}- ${shown(inline(value, " ".repeat(column + 2), layout))}\n`

/** What follows the colon of a key in this column, with the blank or line break before it, and none at its end. */
export const valueAfterKey = (value: Json, column: number, layout: YamlLayout): string =>
  shown(afterKey(value, " ".repeat(column), layout))

/** In double quotes, with all escaped that can't be seen. */
export const doubleQuoted = (text: string): string => shown(JSON.stringify(text))

/** Whether text may stand without quotes behind a key or a dash. */
export const isPlain = (text: string): boolean => styleOf(text, true, false) === "PLAIN"

/** Whether text may stand in single quotes. */
export const isVisible = (text: string): boolean => !hidden.test(text)
