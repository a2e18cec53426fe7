/**
 * Entries of `managedFields` in an older API version, stated anew in the one in use. While an entry stands in a version whose schema has lost one
 * of its fields, the server refuses every apply of the object, by anybody (`field not declared in schema`). Nothing else needs this: for a
 * version that is only old the server finds the same fields by itself, renamed ones too. Which is why an entry is left as it is when a field of it
 * has another name in the version in use.
 */
import { decodeStep } from "../../manifest/FieldPath.ts"
import { type FieldType, typeAt } from "../../manifest/FieldType.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { entriesOf, fieldsOf, type Owned, sameOwners, tidied } from "../fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../KubernetesObject.ts"
import type { Surgery } from "./Surgery.ts"

const groupOf = (apiVersion: string) => apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))

const isOfGroup = (entry: ManagedFieldsEntry, apiVersion: string) =>
  entry.apiVersion !== undefined && groupOf(entry.apiVersion) === groupOf(apiVersion)

const isDeclared = (set: FieldsV1.FieldsV1, type: FieldType): boolean =>
  FieldsV1.segmentsOf(set).every((segment) => {
    const step = decodeStep(segment)
    const [below, there] = [FieldsV1.below(set, segment), step === undefined ? undefined : typeAt(type, step)]
    return below !== undefined && there !== undefined && isDeclared(below, there)
  })

/**
 * Every entry of the object's group in this API version, such as `apps/v1`.
 * @param type What the schema of that version says of the object.
 */
export const restated = (object: Owned, apiVersion: string, type: FieldType): Surgery => {
  const entries = entriesOf(object)
  if (entries.length === 0) return { _tag: "OwnerUnknown" }
  const managedFields = tidied(
    entries.map((entry) =>
      isOfGroup(entry, apiVersion) && isDeclared(fieldsOf(entry), type) ? { ...entry, apiVersion } : entry
    )
  )
  if (sameOwners(entries, managedFields)) return { _tag: "NothingToDo" }
  const { resourceVersion } = object.metadata
  return { _tag: "Patch", resourceVersion, managedFields, released: FieldsV1.empty, taken: [] }
}
