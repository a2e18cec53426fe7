/** JSON as a file lays it out, and as a new object in it is laid out. */
import { Result } from "effect"
import { encodeJson } from "../JsonText.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { inCustomaryOrder } from "./KeyOrder.ts"

/** What each level is indented by; `undefined`: all stands in one line. */
export type JsonIndent = string | undefined

/** What no JSON begins otherwise than: to fail takes a parser longer than to read. */
const beginsAsJson = /^\s*[[{"\-0-9tfn]/

export const isJson = (text: string): boolean =>
  beginsAsJson.test(text) && Result.isSuccess(Result.try(() => JSON.parse(text)))

export const jsonIndentOf = (text: string): JsonIndent => /^\s*[{[][^\S\r\n]*(?:\r\n|\r|\n)([ \t]*)/.exec(text)?.[1]

/** Characters that end a line in YAML or that nobody sees. */
const hidden = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g

export const jsonScalar = (value: Json): string =>
  encodeJson(value).replace(
    hidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

/** @param before What stands in front of it, in the same line. */
export const jsonValue = (value: Json, indent: JsonIndent, before: string): string => {
  if (typeof value !== "object" || value === null) return jsonScalar(value)
  const deeper = before + (indent ?? "")
  const parts = isObject(value)
    ? Object.entries(value).map(([key, entry]) =>
      `${jsonScalar(key)}:${indent === undefined ? "" : " "}${jsonValue(entry, indent, deeper)}`
    )
    : value.map((item: Json) => jsonValue(item, indent, deeper))
  const [open, close] = isObject(value) ? ["{", "}"] : ["[", "]"]
  if (parts.length === 0) return open + close
  if (indent === undefined) return open + parts.join(",") + close
  return `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${before}${close}`
}

/** @param before What stands in front of its first brace, in the same line. */
export const jsonText = (manifest: JsonObject, indent: JsonIndent, before: string): string =>
  jsonValue(inCustomaryOrder(manifest), indent, before)
