/** From what an object is and will be to what the plan says of it: changed, released and taken fields, and who set them. Pure. */
import { says } from "../../kind/fights/Spelling.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../kubernetes/KubernetesObject.ts"
import { isClient } from "../../kubernetes/surgery/Adopt.ts"
import type { Taken } from "../../kubernetes/surgery/Surgery.ts"
import { type FieldPath, startsWith } from "../../manifest/FieldPath.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import type { KindId } from "../../manifest/ObjectKey.ts"
import { type FieldChange, fieldDiff } from "./FieldDiff.ts"
import type { PlannedChange, PlannedRelease, PlannedTaking, Setter, Touch } from "./Plan.ts"
import { isHidden, shownValue, withoutValues } from "./PlanSecret.ts"
import { comparable, leavesOf, valueAt } from "./PlanValues.ts"

export interface Forecast {
  readonly kind: KindId
  readonly type: FieldType
  readonly live: KubernetesObject
  /** The object as it will be. */
  readonly after: JsonObject
  readonly released: FieldsV1.FieldsV1
  readonly taken: ReadonlyArray<Taken>
  readonly fieldManager: string
  readonly ownerUnknown: boolean
  /** Worked out, so values may be spelt otherwise than the server does. */
  readonly isEstimated: boolean
}

/** Whether the set has the field, something around it that can only be had whole, or something below it. */
const holds = (fields: FieldsV1.FieldsV1, path: FieldPath): boolean => {
  let node = fields
  for (const step of path) {
    if (FieldsV1.isEmpty(node)) return true
    const next = FieldsV1.below(node, FieldsV1.segmentOf(step))
    if (next === undefined) return false
    node = next
  }
  return true
}

const settersOf = (
  { _tag, path }: FieldChange,
  entries: ReadonlyArray<ManagedFieldsEntry>,
  fieldManager: string
): ReadonlyArray<Setter> => {
  if (_tag === "Added" || _tag === "Ordered") return []
  const found = new Map<string, Setter>()
  for (const entry of entries) {
    const { manager } = entry
    if (manager === fieldManager || !holds(fieldsOf(entry), path)) continue
    const before = found.get(manager)
    found.set(manager, { manager, mayReturn: before?.mayReturn === true || !isClient(entry, fieldManager) })
  }
  return [...found.values()].toSorted((a, b) => a.manager < b.manager ? -1 : 1)
}

const takingOf = ({ fields, manager }: Taken, changes: ReadonlyArray<PlannedChange>): PlannedTaking => ({
  manager,
  paths: leavesOf(fields).filter((path) =>
    !changes.some((change) =>
      change.setBy.some((setter) => setter.manager === manager) &&
      (startsWith(path, change.path) || startsWith(change.path, path))
    )
  )
})

const byManager = (takings: ReadonlyArray<PlannedTaking>): ReadonlyArray<PlannedTaking> => {
  const found = new Map<string, PlannedTaking>()
  for (const { manager, paths } of takings)
    if (paths.length > 0) found.set(manager, { manager, paths: [...found.get(manager)?.paths ?? [], ...paths] })
  return [...found.values()]
}

const isReal = (change: FieldChange, released: ReadonlyArray<FieldPath>, isEstimated: boolean) => {
  switch (change._tag) {
    case "Ordered":
      // What is let go of comes to stand elsewhere in its list only in the forecast
      return !isEstimated && !released.some((path) => startsWith(path, change.path))
    case "Changed":
      return !isEstimated || !says(change.before, change.after)
    case "Added":
      return !isEstimated || !says(undefined, change.after)
    case "Removed":
      return true
  }
}

export const touchOf = (
  { after, fieldManager, isEstimated, kind, live, ownerUnknown, released, taken, type }: Forecast
): Touch => {
  const given = leavesOf(released)
  const changes = fieldDiff(comparable(live), comparable(after), type).filter((change) =>
    isReal(change, given, isEstimated)
  ).map(
    (change): PlannedChange => {
      const hides = isHidden(kind, change.path)
      const setBy = settersOf(change, entriesOf(live), fieldManager)
      return { ...(hides ? withoutValues(change) : change), isHidden: hides, setBy }
    }
  )
  return {
    changes,
    released: given.map((path): PlannedRelease => ({
      path,
      stays: shownValue(kind, path, valueAt(after, path)),
      isHidden: isHidden(kind, path)
    })),
    ownerUnknown,
    taken: byManager(taken.map((one) => takingOf(one, changes)))
  }
}
