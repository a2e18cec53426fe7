/** Whether two values are the same to the API server: the order of keys means nothing there, every digit does. */
import { encodeJson } from "../JsonText.ts"
import type { Json } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key] ?? null)]))
}

/** Equal texts are equal values. */
export const canonical = (value: Json): string => encodeJson(sorted(value))

export const sameData = (left: Json, right: Json): boolean => canonical(left) === canonical(right)
