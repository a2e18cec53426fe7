/**
 * What has to change in an object's `managedFields`, and nothing else of it, so that our next apply neither resets nor keeps what it must not:
 * fields that are not Git's are released, Git's fields are taken over from the client that made the object. Decided purely; `Surgeon` does it.
 */
import type { FieldScope } from "../../manifest/FieldScope.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { entriesOf, fieldsOf, type Owned, ownEntry, sameOwners, tidied } from "../fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../KubernetesObject.ts"
import { adoptable, isClient } from "./Adopt.ts"
import { goingItems, within } from "./GoingItems.ts"
import { emptiedMaps } from "./GoingMaps.ts"
import { keeperOf, keptOf } from "./Release.ts"

export interface SurgeryOptions {
  readonly fieldManager: string
  /** Of the fields that may be held: whether they are Git's. Our own label has to be in it. */
  readonly gitOwns: FieldScope
  /** Whether clients' fields become ours. */
  readonly adopt: boolean
  /** What the next apply will own; absent when none follows. */
  readonly claim?: FieldsV1.FieldsV1
}

/** Fields that another entry loses to us. */
export interface Taken {
  readonly manager: string
  readonly operation: ManagedFieldsEntry["operation"]
  readonly fields: FieldsV1.FieldsV1
}

/** A new list for an object in exactly this version. */
export interface Patch {
  readonly _tag: "Patch"
  readonly resourceVersion: string
  readonly managedFields: ReadonlyArray<ManagedFieldsEntry>
  /** What we let go of. */
  readonly released: FieldsV1.FieldsV1
  readonly taken: ReadonlyArray<Taken>
  /** A label that goes in the same patch, value and all. */
  readonly droppedLabel?: string
}

export type Surgery =
  | Patch
  | { readonly _tag: "NothingToDo" }
  /** Somebody took all of `managedFields` away: who owns what is unknown, so nothing is released, taken or removed. */
  | { readonly _tag: "OwnerUnknown" }

/** Another entry, and what it loses to us. */
interface Loss {
  readonly entry: ManagedFieldsEntry
  readonly fields: FieldsV1.FieldsV1
}

const without = (entry: ManagedFieldsEntry, fields: FieldsV1.FieldsV1): ManagedFieldsEntry => ({
  ...entry,
  fieldsV1: FieldsV1.difference(fieldsOf(entry), fields)
})

const remainderOf = ({ entry, fields }: Loss): ManagedFieldsEntry => without(entry, fields)

const unionOf = (entries: ReadonlyArray<ManagedFieldsEntry>): FieldsV1.FieldsV1 =>
  entries.map(fieldsOf).reduce(FieldsV1.union, FieldsV1.empty)

/** What follows from our own entry alone. */
interface Ours {
  readonly fields: FieldsV1.FieldsV1
  /** The list items that go. */
  readonly items: FieldsV1.FieldsV1
  /** What is not Git's; of items that go, nothing: they go whole. */
  readonly foreign: FieldsV1.FieldsV1
  /** What clients lose to us. */
  readonly adopted: FieldsV1.FieldsV1
}

const oursIn = (held: ManagedFieldsEntry, { adopt, claim, gitOwns }: SurgeryOptions): Ours => {
  const fields = fieldsOf(held)
  const items = claim === undefined ? FieldsV1.empty : goingItems(fields, claim, gitOwns)
  const foreign = FieldsV1.difference(fields, FieldsV1.filter(fields, gitOwns))
  return {
    fields,
    items,
    foreign: FieldsV1.difference(foreign, within(foreign, items)),
    adopted: adopt ? adoptable(fields, gitOwns) : FieldsV1.empty
  }
}

/** What clients lose to us, and what anybody loses of items and maps that go. */
const lossesTo = (
  { adopted, fields, foreign, items }: Ours,
  entries: ReadonlyArray<ManagedFieldsEntry>,
  { claim, fieldManager, gitOwns }: SurgeryOptions
): ReadonlyArray<Loss> => {
  const losses = entries.map((entry) => {
    const theirs = fieldsOf(entry)
    const taken = isClient(entry, fieldManager) ? FieldsV1.intersection(theirs, adopted) : FieldsV1.empty
    return { entry, fields: FieldsV1.union(within(theirs, items), taken) }
  })
  if (claim === undefined) return losses
  const staying = FieldsV1.union(foreign, unionOf(losses.map(remainderOf)))
  const emptied = emptiedMaps(fields, claim, staying, gitOwns)
  return losses.map(({ entry, fields }) => ({
    entry,
    fields: FieldsV1.union(fields, FieldsV1.intersection(fieldsOf(entry), emptied))
  }))
}

/** What is due for this object. Only what we applied can be reset by an apply: updates of ours are clients' like any other. */
export const surgery = (object: Owned, options: SurgeryOptions): Surgery => {
  const entries = entriesOf(object)
  if (entries.length === 0) return { _tag: "OwnerUnknown" }
  const held = ownEntry(object, options.fieldManager)
  if (held === undefined) return { _tag: "NothingToDo" }
  const ours = oursIn(held, options)
  // Paths of another API version may mean other fields.
  const near = entries.filter((entry) => entry !== held && entry.apiVersion === held.apiVersion)
  const losses = lossesTo(ours, near, options)
  const others = losses.map(remainderOf)
  const staying = FieldsV1.union(ours.foreign, unionOf(others))
  const kept = keptOf(ours.fields, options.gitOwns, options.claim, staying)
  const released = FieldsV1.difference(ours.fields, FieldsV1.union(kept, within(ours.fields, ours.items)))
  const far = entries.filter((entry) => entry.apiVersion !== held.apiVersion)
  const left = [without(held, released), ...others]
  const managedFields = tidied([...left, ...keeperOf(released, held.apiVersion, left), ...far])
  if (sameOwners(entries, managedFields)) return { _tag: "NothingToDo" }
  return {
    _tag: "Patch",
    resourceVersion: object.metadata.resourceVersion,
    managedFields,
    released,
    taken: losses.flatMap(({ entry: { manager, operation }, fields }) =>
      FieldsV1.isEmpty(fields) ? [] : [{ manager, operation, fields }]
    )
  }
}

const isLast = ({ metadata: { labels = {} } }: Owned, label: string) =>
  Object.keys(labels).every((name) => name === label)

/**
 * The same with a label taken away, which the object has to have: nobody's it is then. Where who owns what is unknown, it is all there is to do.
 */
export const droppingLabel = (found: Surgery, object: Owned, label: string): Patch => {
  const labelled: FieldsV1.FieldsV1 = {
    "f:metadata": {
      "f:labels": { ...(isLast(object, label) ? { ".": FieldsV1.leaf } : {}), [`f:${label}`]: FieldsV1.leaf }
    }
  }
  const { managedFields, released, taken } = found._tag === "Patch"
    ? found
    : { managedFields: entriesOf(object), released: FieldsV1.empty, taken: [] }
  return {
    _tag: "Patch",
    resourceVersion: object.metadata.resourceVersion,
    managedFields: tidied(managedFields.map((entry) => without(entry, labelled))),
    released: FieldsV1.difference(released, labelled),
    taken,
    droppedLabel: label
  }
}

const labelPointer = (label: string) => `/metadata/labels/${label.replaceAll("~", "~0").replaceAll("/", "~1")}`

/** The JSON patch: the server refuses it with 409 when the object is in another version. */
export const patchBody = ({ droppedLabel, managedFields, resourceVersion }: Patch): string =>
  encodeJson([
    { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
    // By RFC 6902 only what is there can be replaced
    ...(managedFields.length === 0 ? [] : [{ op: "replace", path: "/metadata/managedFields", value: managedFields }]),
    ...(droppedLabel === undefined ? [] : [{ op: "remove", path: labelPointer(droppedLabel) }])
  ])
