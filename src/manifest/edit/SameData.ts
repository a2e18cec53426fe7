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

const isScalar = (value: Json): boolean => typeof value !== "object" || value === null

export const sameData = (left: Json, right: Json): boolean => {
  if (left === right) return true
  if (typeof left === "string" || typeof right === "string") return false
  // The same digits may be a number here and a bigint there.
  if (isScalar(left) || isScalar(right))
    return isScalar(left) && isScalar(right) && encodeJson(left) === encodeJson(right)
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && left.length === right.length &&
      left.every((item: Json, index) => sameData(item, right[index] ?? null))
  }
  if (!isObject(left) || !isObject(right)) return false
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameData(left[key] ?? null, right[key] ?? null))
}
