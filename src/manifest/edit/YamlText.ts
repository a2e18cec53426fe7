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

const styleOf = (text: string, isKey: boolean): Style => {
  if (!isKey && literal.test(text) && !endsInBlanks.test(text) && !hiddenInBlock.test(text)) return "BLOCK_LITERAL"
  if (hidden.test(text) || isAmbiguous(text)) return "QUOTE_DOUBLE"
  return plainStart.test(text) && !notPlain.test(text) ? "PLAIN" : "QUOTE_SINGLE"
}

/** The last line break is the one that ends every line. */
const inBlock = (text: string, indent: string): string => {
  const chomp = endsInBlankLine.test(text) ? "+" : text.endsWith("\n") ? "" : "-"
  const lines = text.endsWith("\n") ? text.slice(0, -1) : text
  return `|${chomp}\n${lines.replace(/^(?=.)/gm, indent)}`
}

const textual = (text: string, indent: string, isKey: boolean): string => {
  switch (styleOf(text, isKey)) {
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

/** What follows a dash, or begins a document: its first line without indentation, no line break at its end. */
const inline = (value: Json, indent: string): string => {
  if (Array.isArray(value))
    return value.length === 0 ? "[]" : value.map((item: Json) => `- ${inline(item, `${indent}  `)}`).join(`\n${indent}`)
  if (isObject(value)) {
    const entries = Object.entries(value)
    return entries.length === 0
      ? "{}"
      : entries.map(([key, entry]) => entryText(key, entry, indent)).join(`\n${indent}`)
  }
  return typeof value === "string" ? textual(value, indent, false) : encodeJson(value)
}

const isEmpty = (value: ReadonlyArray<Json> | JsonObject): boolean =>
  (Array.isArray(value) ? value : Object.keys(value)).length === 0

/** Lists stand in the column of their key. */
const entryText = (key: string, value: Json, indent: string): string => {
  const deeper = `${indent}  `
  const text = textual(key, indent, true)
  if (text.length > longestKey) return `? ${text}\n${indent}: ${inline(value, deeper)}`
  if (typeof value !== "object" || value === null || isEmpty(value)) return `${text}: ${inline(value, deeper)}`
  const column = Array.isArray(value) ? indent : deeper
  return `${text}:\n${column}${inline(value, column)}`
}

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** One document without a separator, its lines ended by LF, the last one too. */
export const yamlText = (manifest: JsonObject): string =>
  `${inline(inCustomaryOrder(manifest), "")}\n`.replace(allHidden, escape)
