/**
 * What of an object somebody set, as `managedFields` has it: surely (`stated`), or perhaps, since whoever updates an object owns the
 * server's defaults too (`unclear`). Pure.
 */
import { decodeStep, encodeStep, field } from "../../manifest/FieldPath.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { isControlPlane } from "../../manifest/portable/ControlPlaneManagers.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { equal, hasKeys } from "../fields/JsonValue.ts"
import { entriesOf, fieldsOf, isSubresource } from "../fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../KubernetesObject.ts"
import { releasedManager } from "../surgery/Release.ts"

/** What is marked below a place. `whole`: all of it; `undefined`: nothing. */
export type Mark = "whole" | FieldsV1.FieldsV1 | undefined

export interface Marks {
  readonly stated: Mark
  readonly unclear: Mark
  /** By `kubectl apply`, which says elsewhere what of it was stated. */
  readonly clientSide: Mark
}

export const clientSideApply = "kubectl-client-side-apply"

const markOf = (node: FieldsV1.FieldsV1 | undefined): Mark =>
  node !== undefined && FieldsV1.isEmpty(node) ? "whole" : node

/** The mark of a field of a map. */
export const ofField = (mark: Mark, name: string): Mark =>
  mark === "whole" ? mark : markOf(FieldsV1.below(mark, FieldsV1.segmentOf(field(name))))

const isItem = (segment: string, item: Json, index: number): boolean => {
  const step = decodeStep(segment)
  switch (step?._tag) {
    case "Item":
      return hasKeys(item, step.keys)
    case "Value":
      return equal(step.value, item)
    case "Index":
      return step.index === index
    default:
      return false
  }
}

/** The mark of an item of a list. */
export const ofItem = (mark: Mark, item: Json, index: number): Mark => {
  if (mark === "whole" || mark === undefined) return mark
  const segment = FieldsV1.segmentsOf(mark).find((one) => isItem(one, item, index))
  return segment === undefined ? undefined : markOf(FieldsV1.below(mark, segment))
}

/** Whether it marks the place itself, with or without something below it. */
export const isMarked = (mark: Mark): boolean => mark === "whole" || (mark !== undefined && FieldsV1.isMember(mark))

const united = (entries: ReadonlyArray<ManagedFieldsEntry>): FieldsV1.FieldsV1 =>
  entries.map(fieldsOf).reduce(FieldsV1.union, FieldsV1.empty)

const isScale = ({ subresource }: ManagedFieldsEntry) => subresource === "scale"

const isStatus = ({ subresource }: ManagedFieldsEntry) => subresource === "status"

/**
 * Those of persons and tools. Who writes the status too is the object's own controller, unless it is a person at work with kubectl. What
 * we apply, and released, was stated in Git; the rest of ours is bookkeeping.
 */
const counted = (entries: ReadonlyArray<ManagedFieldsEntry>, us: string): ReadonlyArray<ManagedFieldsEntry> => {
  const reporters = new Set(entries.filter(isStatus).map(({ manager }) => manager))
  const isOwnController = (manager: string) => reporters.has(manager) && !manager.startsWith("kubectl")
  return entries.filter((entry) => {
    const { manager, operation } = entry
    if (isScale(entry)) return true
    if (isSubresource(entry) || isControlPlane(manager) || isOwnController(manager)) return false
    return manager !== us || operation === "Apply"
  })
}

const isSure = (entry: ManagedFieldsEntry): boolean =>
  entry.operation === "Apply" || isScale(entry) || entry.manager === releasedManager

const isBeyondMetadata = (entry: ManagedFieldsEntry): boolean =>
  FieldsV1.segmentsOf(fieldsOf(entry)).some((segment) => segment !== encodeStep(field("metadata")))

/**
 * What is marked in the live object. Where no person or tool set more than metadata, a controller is the author, or nobody is known; and
 * what was set in another version of the kind may be named otherwise in this one: then all of it may have been set.
 * @param us Our own field manager.
 * @param hasLastApplied Whether it is known what `kubectl apply` stated.
 */
export const marksOf = (object: KubernetesObject, us: string, hasLastApplied: boolean): Marks => {
  const entries = counted(entriesOf(object), us)
  const [scales, whole] = [entries.filter(isScale), entries.filter((entry) => !isScale(entry))]
  const isOfThisVersion = ({ apiVersion }: ManagedFieldsEntry) => apiVersion === object.apiVersion
  const readable = whole.filter(isOfThisVersion)
  const stated = united([...scales, ...readable.filter(isSure)])
  if (readable.length < whole.length || !whole.some(isBeyondMetadata))
    return { stated, unclear: "whole", clientSide: undefined }
  const updates = readable.filter((entry) => !isSure(entry))
  const isClientSide = ({ manager }: ManagedFieldsEntry) => hasLastApplied && manager === clientSideApply
  return {
    stated,
    unclear: united(updates.filter((entry) => !isClientSide(entry))),
    clientSide: united(updates.filter(isClientSide))
  }
}
