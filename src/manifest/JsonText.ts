/** JSON text in which no digit is lost: an integer that a number can't hold is a bigint here, and digits there. */
import type { Json, JsonObject } from "./Manifest.ts"
import { isObject } from "./ServerFields.ts"
import { readYaml } from "./Yaml.ts"

const encodeExactly = (value: Json): string => {
  if (typeof value === "bigint") return value.toString()
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(encodeExactly).join(",")}]`
  return `{${Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}:${encodeExactly(entry)}`).join(",")}}`
}

/** The text that goes to the API server. Use it instead of `JSON.stringify`, which can't write a bigint. */
export const encodeJson = (value: Json): string => {
  try {
    return JSON.stringify(value)
  } catch {
    return encodeExactly(value)
  }
}

const mayHoldLargeNumber = /[0-9]{16}/

/** The object of a text that {@link encodeJson} wrote. */
export const decodeObject = (text: string): JsonObject => {
  const reading = mayHoldLargeNumber.test(text) ? readYaml(text) : undefined
  const value = reading?._tag === "Read" ? reading.documents[0]?.value : undefined
  return isObject(value) ? value : JSON.parse(text)
}
