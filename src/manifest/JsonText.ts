/** JSON text in which no digit is lost: integers beyond ±2^53 are bigints here, and numbers there. */
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
  if (!mayHoldLargeNumber.test(text)) return JSON.parse(text)
  const reading = readYaml(text)
  const value = reading._tag === "Read" ? reading.documents[0]?.value : undefined
  return isObject(value) ? value : {}
}
