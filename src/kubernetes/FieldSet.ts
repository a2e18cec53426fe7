/**
 * Who set which fields, as the API server keeps it in `managedFields`: our own entry, what it owns, and whether that is
 * exactly what a payload claims. Pure, and conservative: where it is not certain, the answer is no.
 * Format: `FieldsV1` of the Kubernetes API (`f:<field>`, `k:{<keys>}`, `v:<value>`, `i:<index>`, `.` for the item itself).
 */
import { hash } from "node:crypto"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "./KubernetesObject.ts"

type FieldNode = JsonObject
type Value = Json | undefined

const isObject = (value: Value): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isList = (value: Value): value is ReadonlyArray<Json> => Array.isArray(value)

const equal = (a: Value, b: Value): boolean => {
  if (a === b) return true
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}

/** The entry of server-side applies by this field manager, if it owns anything of the object. */
export const ownEntry = (object: KubernetesObject, fieldManager: string): ManagedFieldsEntry | undefined =>
  object.metadata.managedFields?.find(({ manager, operation, subresource }) =>
    manager === fieldManager && operation === "Apply" && (subresource === undefined || subresource === "")
  )

const hasKeys = (item: Value, keys: JsonObject) =>
  isObject(item) && Object.entries(keys).every(([key, value]) => equal(item[key], value))

const child = (segment: string, value: Value): Value => {
  const rest = segment.slice(2)
  switch (segment.slice(0, 2)) {
    case "f:":
      return isObject(value) ? value[rest] : undefined
    case "k:":
      return isList(value) ? value.find((item) => hasKeys(item, JSON.parse(rest))) : undefined
    case "v:":
      return isList(value) ? value.find((item) => equal(item, JSON.parse(rest))) : undefined
    case "i:":
      return isList(value) ? value[Number(rest)] : undefined
    default:
      return undefined
  }
}

const isLeaf = (node: FieldNode) => {
  for (const _ in node) return false
  return true
}

const collect = (node: FieldNode, value: Value, into: Array<string>): void => {
  for (const segment in node) {
    into.push(segment)
    if (segment === ".") continue
    const below = node[segment]
    const owned = child(segment, value)
    if (isObject(below) && !isLeaf(below)) collect(below, owned, into)
    else into.push(JSON.stringify(owned) ?? "absent")
  }
  into.push(")")
}

/** Of the fields the entry owns and of their live values: equal digests are equal ownership and values. 22 characters. */
export const ownedDigest = (object: KubernetesObject, entry: ManagedFieldsEntry): string => {
  const parts: Array<string> = [entry.apiVersion ?? ""]
  collect(entry.fieldsV1 ?? {}, object, parts)
  return hash("sha1", parts.join("\n"), "base64url").slice(0, 22)
}

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind"])
const identityInMetadata: ReadonlySet<string> = new Set(["name", "namespace", "uid"])

const without = (value: JsonObject, keys: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)))

/** What a payload claims: all of it but what says which object it is about. */
const claimOf = (payload: JsonObject): JsonObject => {
  const { metadata, ...rest } = without(payload, identity)
  const claimed = isObject(metadata) ? without(metadata, identityInMetadata) : {}
  return isLeaf(claimed) ? rest : { ...rest, metadata: claimed }
}

const segmentsOf = (node: FieldNode) => Object.keys(node).filter((segment) => segment !== ".")

const mapInStep = (node: FieldNode, claim: JsonObject, live: Value): boolean => {
  const fields = Object.keys(claim)
  if (!isObject(live) || fields.length !== segmentsOf(node).length) return false
  return fields.every((field) => {
    const below = node[`f:${field}`]
    return isObject(below) && valueInStep(below, claim[field], live[field])
  })
}

/** A key that the payload leaves to its default may have any value in the set. */
const mayHaveKeys = (item: Json, keys: JsonObject) =>
  isObject(item) && Object.entries(keys).every(([key, value]) => item[key] === undefined || equal(item[key], value))

const indexOfOnly = (list: ReadonlyArray<Json>, matches: (item: Json) => boolean): number => {
  const index = list.findIndex(matches)
  return index === list.findLastIndex(matches) ? index : -1
}

/** Where an owned item stands in the payload and in the live list; -1 where that is missing or not certain. */
const places = (
  segment: string,
  claim: ReadonlyArray<Json>,
  live: ReadonlyArray<Json>
): readonly [claimed: number, live: number] => {
  const key: Json = JSON.parse(segment.slice(2))
  if (segment.startsWith("v:")) {
    const same = (item: Json) => equal(item, key)
    return [indexOfOnly(claim, same), indexOfOnly(live, same)]
  }
  if (!segment.startsWith("k:") || !isObject(key)) return [-1, -1]
  return [indexOfOnly(claim, (item) => mayHaveKeys(item, key)), indexOfOnly(live, (item) => hasKeys(item, key))]
}

/** Every item is there with its values, and they stand in the payload's order. */
const listInStep = (node: FieldNode, claim: ReadonlyArray<Json>, live: Value): boolean => {
  const segments = segmentsOf(node)
  if (!isList(live) || segments.length !== claim.length) return false
  const liveIndexes: Array<number> = []
  for (const segment of segments) {
    const [claimed, present] = places(segment, claim, live)
    const below = node[segment]
    if (claimed === -1 || present === -1 || !isObject(below)) return false
    if (segment.startsWith("k:") && !valueInStep(below, claim[claimed], live[present])) return false
    liveIndexes[claimed] = present
  }
  return claim.every((_, index) => index === 0 || (liveIndexes[index - 1] ?? 0) < (liveIndexes[index] ?? -1))
}

const valueInStep = (node: FieldNode, claim: Value, live: Value): boolean => {
  if (isLeaf(node)) return equal(claim, live)
  if (isObject(claim)) return mapInStep(node, claim, live)
  return isList(claim) && listInStep(node, claim, live)
}

/**
 * Whether applying the payload would change nothing: every value it states is live, and our entry owns exactly what it claims.
 * Values that the server writes in another way (`1000m` as `1`) count as different.
 */
export const inStep = (payload: JsonObject, object: KubernetesObject, entry: ManagedFieldsEntry): boolean =>
  entry.apiVersion === payload["apiVersion"] && mapInStep(entry.fieldsV1 ?? {}, claimOf(payload), object)
