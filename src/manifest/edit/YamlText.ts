/**
 * Writes a manifest as YAML, laid out as kubectl and kustomize do. Text that any reader of YAML 1.1 or 1.2 could take
 * for something else is quoted, nothing is folded, and what can't be seen is escaped.
 */
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml"
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

const styleOf = (text: string, isKey: boolean): Style => {
  if (!isKey && literal.test(text) && !hiddenInBlock.test(text)) return "BLOCK_LITERAL"
  if (hidden.test(text) || isAmbiguous(text)) return "QUOTE_DOUBLE"
  return plainStart.test(text) && !notPlain.test(text) ? "PLAIN" : "QUOTE_SINGLE"
}

const scalar = (value: Json, isKey: boolean): Scalar => {
  const node = new Scalar(value)
  if (typeof value === "string") node.type = styleOf(value, isKey)
  return node
}

const nodeOf = (value: Json): Scalar | YAMLMap | YAMLSeq => {
  if (Array.isArray(value)) {
    const list = new YAMLSeq()
    for (const item of value) list.items.push(nodeOf(item))
    return list
  }
  if (!isObject(value)) return scalar(value, false)
  const map = new YAMLMap()
  for (const [key, entry] of Object.entries(value)) map.items.push(new Pair(scalar(key, true), nodeOf(entry)))
  return map
}

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** One document without a separator, its lines ended by LF, the last one too. */
export const yamlText = (manifest: JsonObject): string => {
  const document = new Document(undefined, { schema: "core" })
  document.contents = nodeOf(inCustomaryOrder(manifest))
  return document.toString({ doubleQuotedAsJSON: true, indentSeq: false, lineWidth: 0 }).replace(allHidden, escape)
}
