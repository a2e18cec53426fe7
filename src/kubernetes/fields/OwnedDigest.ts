/** What tells apart what an entry of `managedFields` owns, with its live values: an object need not be kept to see that they changed. Pure. */
import { hash } from "node:crypto"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../KubernetesObject.ts"
import * as FieldsV1 from "./FieldsV1.ts"
import { equal, hasKeys, isList, type Value } from "./JsonValue.ts"

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

const collect = (node: FieldsV1.FieldsV1, value: Value, into: Array<string>): void => {
  for (const segment in node) {
    into.push(segment)
    if (segment === ".") continue
    const below = node[segment]
    const owned = child(segment, value)
    if (isObject(below) && !FieldsV1.isEmpty(below)) collect(below, owned, into)
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

const sorted = (set: FieldsV1.FieldsV1): FieldsV1.FieldsV1 => {
  const node: Record<string, FieldsV1.FieldsV1> = {}
  for (const segment of Object.keys(set).sort()) node[segment] = sorted(FieldsV1.below(set, segment) ?? FieldsV1.empty)
  return node
}

/** Of the set of fields alone that an entry owns: equal digests are equal sets in the same API version, in whatever order. 22 characters. */
export const heldDigest = (
  { apiVersion = "", fieldsV1 = {} }: Pick<ManagedFieldsEntry, "apiVersion" | "fieldsV1">
): string => hash("sha1", `${apiVersion}\n${JSON.stringify(sorted(fieldsV1))}`, "base64url").slice(0, 22)
