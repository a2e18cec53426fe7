/** JSON values of live objects, compared. Pure. */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export type Value = Json | undefined

export const isList = (value: Value): value is ReadonlyArray<Json> => Array.isArray(value)

export const equal = (a: Value, b: Value): boolean => {
  if (a === b) return true
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

/** Whether it is the list item with these keys. */
export const hasKeys = (item: Value, keys: JsonObject): boolean =>
  isObject(item) && Object.entries(keys).every(([key, value]) => equal(item[key], value))
