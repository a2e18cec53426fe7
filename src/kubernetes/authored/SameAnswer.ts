/**
 * Whether the server made the same of two objects. Names, versions and times don't count, nor the values that it thought up itself,
 * such as an address; that it thought of something there does. Pure.
 */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { equal, isList } from "../fields/JsonValue.ts"

const sameMap = (left: JsonObject, right: JsonObject, sent: JsonObject): boolean => {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => {
    if (!Object.hasOwn(right, name)) return false
    const stated = Object.hasOwn(sent, name) ? sent[name] : undefined
    return stated === undefined || same(left[name] ?? null, right[name] ?? null, stated)
  })
}

const same = (left: Json, right: Json, sent: Json): boolean => {
  if (isObject(left) && isObject(right) && isObject(sent)) return sameMap(left, right, sent)
  if (isList(left) && isList(right) && isList(sent)) {
    return left.length === right.length &&
      left.every((item, index) => same(item, right[index] ?? null, sent[index] ?? item))
  }
  return equal(left, right)
}

const withoutServers = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== "metadata" && name !== "status"))

/** @param sent What was sent when `whole` was answered. */
export const isSameAnswer = (whole: JsonObject, other: JsonObject, sent: JsonObject): boolean =>
  sameMap(withoutServers(whole), withoutServers(other), withoutServers(sent))
