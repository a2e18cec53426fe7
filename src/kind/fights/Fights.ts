/** Which fields of a drifted object another writer took from us, and who that is. Pure. */
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf, isSubresource, ownEntry } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../kubernetes/KubernetesObject.ts"
import { releasedManager } from "../../kubernetes/surgery/Release.ts"
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { isKept } from "./isKept.ts"
import { type StatedField, statedFields } from "./StatedFields.ts"

export interface Drifted {
  readonly live: KubernetesObject
  /** What was applied last. */
  readonly payload: JsonObject
  readonly type: FieldType
  readonly fieldManager: string
  /** Which of the payload's fields are asked about. */
  readonly scope: FieldScope
}

/** A field that Git owns and somebody else wrote. */
export interface Fought {
  readonly path: FieldPath
  /** The field manager of the other writer, or {@link unknownWriter}, or {@link serverItself}. */
  readonly manager: string
  readonly operation: ManagedFieldsEntry["operation"]
  /** The live value, as short text for people; never that of a Secret. */
  readonly value: string
}

const longest = 60

const valueText = ({ live }: StatedField, isSecret: boolean): string => {
  if (live === undefined) return "absent"
  if (isSecret) return "hidden"
  const text = encodeJson(live)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const holds = (entry: ManagedFieldsEntry, path: FieldPath): boolean =>
  path.reduce<FieldsV1.FieldsV1 | undefined>(
    (node, step) => FieldsV1.below(node, FieldsV1.segmentOf(step)),
    fieldsOf(entry)
  ) !== undefined

const isIncluded = (scope: FieldScope, path: FieldPath): boolean =>
  path.reduce((there, step) => there.isUniform ? there : there.at(step), scope).includes

/** Writes through a subresource such as `scale` may have no time: they took the field from whoever had it, so they count as the latest. */
const timeOf = ({ time }: ManagedFieldsEntry) => time ?? "~"

const latest = (entries: ReadonlyArray<ManagedFieldsEntry>): ManagedFieldsEntry | undefined =>
  entries.toSorted((left, right) => timeOf(left) < timeOf(right) ? -1 : 1).at(-1)

/** What an admission webhook changes is noted for nobody. */
export const serverItself = "the API server"
const theServer = { manager: serverItself, operation: "Update" } as const

/** Who only removes fields, and holds none, leaves no entry. */
export const unknownWriter = "unknown"
const nobody = { manager: unknownWriter, operation: "Update" } as const

const described = (
  field: StatedField,
  { manager, operation }: Pick<ManagedFieldsEntry, "manager" | "operation">,
  live: KubernetesObject
): Fought => ({ path: field.path, manager, operation, value: valueText(field, live.kind === "Secret") })

const statedIn = ({ live, payload, scope, type }: Drifted): ReadonlyArray<StatedField> =>
  statedFields(payload, live, type).filter(({ path }) => isIncluded(scope, path))

/**
 * The fields that the payload states and our entry no longer holds, because another manager's entry does or because the value is another:
 * whoever changes a value takes the field from us. What the server itself changes stays ours, so it is never among them.
 */
export const foughtFields = (drifted: Drifted): ReadonlyArray<Fought> => {
  const { fieldManager, live } = drifted
  const own = ownEntry(live, fieldManager)
  const others = entriesOf(live).filter(({ manager }) => manager !== fieldManager && manager !== releasedManager)
  const isAfterUs = (entry: ManagedFieldsEntry) => (entry.time ?? "") >= (own?.time ?? "")
  const lastWriter = latest(others.filter((entry) => !isSubresource(entry) && isAfterUs(entry))) ?? nobody
  return statedIn(drifted).flatMap((field) => {
    if (own !== undefined && holds(own, field.path)) return []
    const holder = latest(others.filter((entry) => holds(entry, field.path)))
    if (holder === undefined && field.live !== undefined && isKept(field, live.kind)) return []
    return [described(field, holder ?? lastWriter, live)]
  })
}

/**
 * Why an object drifted: the fields fought over; where there is none, those that the server gives another value with every write of anybody's.
 * Empty when neither explains it, as when somebody takes `managedFields` away.
 */
export const driftedFields = (drifted: Drifted): ReadonlyArray<Fought> => {
  const fought = foughtFields(drifted)
  if (fought.length > 0) return fought
  const { live } = drifted
  return statedIn(drifted).flatMap((field) => isKept(field, live.kind) ? [] : [described(field, theServer, live)])
}
