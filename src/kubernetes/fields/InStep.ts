/**
 * Whether what we own of an object is exactly what a payload claims, with its values. Pure, and conservative: where it is not certain, the
 * answer is no.
 */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../KubernetesObject.ts"
import * as FieldsV1 from "./FieldsV1.ts"
import { equal, hasKeys, isList, type Value } from "./JsonValue.ts"

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind"])
const identityInMetadata: ReadonlySet<string> = new Set(["name", "namespace", "uid"])

const without = (value: JsonObject, keys: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)))

/** What a payload claims: all of it but what says which object it is about. */
const claimOf = (payload: JsonObject): JsonObject => {
  const { metadata, ...rest } = without(payload, identity)
  const claimed = isObject(metadata) ? without(metadata, identityInMetadata) : {}
  return FieldsV1.isEmpty(claimed) ? rest : { ...rest, metadata: claimed }
}

const mapInStep = (node: FieldsV1.FieldsV1, claim: JsonObject, live: Value): boolean => {
  const fields = Object.keys(claim)
  if (!isObject(live) || fields.length !== FieldsV1.segmentsOf(node).length) return false
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
const listInStep = (node: FieldsV1.FieldsV1, claim: ReadonlyArray<Json>, live: Value): boolean => {
  const segments = FieldsV1.segmentsOf(node)
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

const valueInStep = (node: FieldsV1.FieldsV1, claim: Value, live: Value): boolean => {
  if (FieldsV1.isEmpty(node)) return equal(claim, live)
  if (isObject(claim)) return mapInStep(node, claim, live)
  return isList(claim) && listInStep(node, claim, live)
}

/**
 * Whether applying the payload would change nothing: every value it states is live, and our entry owns exactly what it claims.
 * Values that the server writes in another way (`1000m` as `1`) count as different.
 */
export const inStep = (payload: JsonObject, object: KubernetesObject, entry: ManagedFieldsEntry): boolean =>
  entry.apiVersion === payload["apiVersion"] && mapInStep(entry.fieldsV1 ?? {}, claimOf(payload), object)
