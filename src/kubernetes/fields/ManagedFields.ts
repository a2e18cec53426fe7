/**
 * Who set which fields, as the API server keeps it in `managedFields`: one entry for each manager, operation and subresource, and for
 * updates also for each API version. A list with two entries for the same would be misread by the server, so none is made here. Pure.
 */
import type { KubernetesObject, ManagedFieldsEntry } from "../KubernetesObject.ts"
import * as FieldsV1 from "./FieldsV1.ts"

/** All of a live object that is needed to know who owns what; also what a metadata-only answer has. */
export type Owned = Pick<KubernetesObject, "metadata">

export const entriesOf = ({ metadata }: Owned): ReadonlyArray<ManagedFieldsEntry> => metadata.managedFields ?? []

export const isSubresource = ({ subresource }: ManagedFieldsEntry): boolean =>
  subresource !== undefined && subresource !== ""

export const fieldsOf = (entry: ManagedFieldsEntry): FieldsV1.FieldsV1 => entry.fieldsV1 ?? FieldsV1.empty

/** The entry of server-side applies by this field manager, if it owns anything of the object. */
export const ownEntry = (object: Owned, fieldManager: string): ManagedFieldsEntry | undefined =>
  entriesOf(object).find((entry) =>
    entry.manager === fieldManager && entry.operation === "Apply" && !isSubresource(entry)
  )

/** The list in which server-side applies by this field manager own these fields too. */
export const withOwn = (
  entries: ReadonlyArray<ManagedFieldsEntry>,
  manager: string,
  apiVersion: string | undefined,
  fieldsV1: FieldsV1.FieldsV1
): ReadonlyArray<ManagedFieldsEntry> => {
  const version = apiVersion === undefined ? {} : { apiVersion }
  return tidied([...entries, { manager, operation: "Apply", fieldsType: "FieldsV1", fieldsV1, ...version }])
}

/** An entry of writes other than applies. */
export const isUpdateBy = (entry: ManagedFieldsEntry, manager: string): boolean =>
  entry.manager === manager && entry.operation === "Update" && !isSubresource(entry)

/** Equal for entries that the server takes for the same. */
export const entryId = ({ apiVersion, manager, operation, subresource }: ManagedFieldsEntry): string =>
  JSON.stringify([manager, operation, subresource ?? "", operation === "Apply" ? "" : apiVersion])

/** The list without empty entries, and with one entry where there were several for the same. */
export const tidied = (entries: ReadonlyArray<ManagedFieldsEntry>): ReadonlyArray<ManagedFieldsEntry> => {
  const byId = new Map<string, ManagedFieldsEntry>()
  for (const entry of entries) {
    if (FieldsV1.isEmpty(fieldsOf(entry))) continue
    const same = byId.get(entryId(entry))
    const both = same === undefined
      ? entry
      : { ...same, fieldsV1: FieldsV1.union(fieldsOf(same), fieldsOf(entry)) }
    byId.set(entryId(entry), both)
  }
  return [...byId.values()]
}

/** The entries that the other list has not got, or has with other fields. */
export const without = (
  entries: ReadonlyArray<ManagedFieldsEntry>,
  others: ReadonlyArray<ManagedFieldsEntry>
): ReadonlyArray<ManagedFieldsEntry> =>
  entries.filter((entry) => {
    const same = others.find((other) => entryId(other) === entryId(entry))
    return same === undefined || same.apiVersion !== entry.apiVersion ||
      !FieldsV1.equal(fieldsOf(same), fieldsOf(entry))
  })

/** Whether both lists say the same of every field; order and times don't count. */
export const sameOwners = (
  left: ReadonlyArray<ManagedFieldsEntry>,
  right: ReadonlyArray<ManagedFieldsEntry>
): boolean => left.length === right.length && without(left, right).length === 0

/** For people: `kubectl (Update of scale, apps/v1)`. */
export const formatEntry = (entry: ManagedFieldsEntry): string =>
  `${entry.manager} (${entry.operation}${isSubresource(entry) ? ` of ${entry.subresource}` : ""}, ${entry.apiVersion})`
