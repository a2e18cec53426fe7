/**
 * What an object will be once the steps for it were carried out: asked of the API server as a dry run, so that defaults, webhooks and
 * spellings are those of the real thing. Where a dry run is not allowed it is worked out from the payload.
 */
import { Effect } from "effect"
import * as Payload from "../../kind/applying/Payload.ts"
import { type Change, releasedBy } from "../../kind/applying/Steps.ts"
import { claimedFields } from "../../kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { comparable, laidOver, mergePatch, picked, withoutFields } from "./PlanValues.ts"

export interface ForecastOptions {
  readonly target: WriteTarget
  readonly live: KubernetesObject
  readonly change: Change
  readonly type: FieldType
  readonly fieldManager: string
  /** Whether the server may be asked. */
  readonly tries: boolean
}

const asObject = (value: unknown, otherwise: JsonObject): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : otherwise

const unionOf = (entries: ReadonlyArray<ManagedFieldsEntry>): FieldsV1.FieldsV1 =>
  entries.map(fieldsOf).reduce(FieldsV1.union, FieldsV1.empty)

const withoutLabel = (object: JsonObject, label: string | undefined): JsonObject => {
  if (label === undefined) return object
  const fields = { "f:metadata": { "f:labels": { [`f:${label}`]: {} } } }
  return asObject(withoutFields(object, fields), object)
}

/** What the apply takes out: held by us after the surgery, not stated, and by then nobody else's. */
const goingOf = ({ change, fieldManager, live, type }: ForecastOptions, payload: JsonObject): FieldsV1.FieldsV1 => {
  const entries = change.surgery?.managedFields ?? entriesOf(live)
  const isOurs = (entry: ManagedFieldsEntry) => entry.manager === fieldManager && entry.operation === "Apply"
  const held = unionOf(entries.filter(isOurs))
  const others = unionOf(entries.filter((entry) => !isOurs(entry)))
  return FieldsV1.difference(FieldsV1.difference(held, claimedFields(payload, type)), others)
}

const cutOut = (object: JsonObject, fields: FieldsV1.FieldsV1): JsonObject =>
  FieldsV1.isEmpty(fields) ? object : asObject(withoutFields(object, fields), object)

/** By the payload alone. */
const estimated = (options: ForecastOptions, payload: JsonObject): JsonObject =>
  asObject(laidOver(cutOut(options.live, goingOf(options, payload)), payload, options.type), options.live)

const dryRun = { dryRun: true } as const

/** What is let go of before the real apply is stated with its live value, or this one would reset it. */
const tried = Effect.fnUntraced(function*(options: ForecastOptions, payload: JsonObject) {
  const { change, live, target, type } = options
  const writer = yield* Writer
  const released = change.surgery?.released ?? FieldsV1.empty
  const sent = FieldsV1.isEmpty(released)
    ? payload
    : asObject(laidOver(picked(live, released, type), payload, type), payload)
  const answer = yield* writer.apply(target, Payload.encoded(sent, { uid: live.metadata.uid }), dryRun)
  if (change.surgery === undefined || change.surgery.taken.length === 0) return answer
  // What others hold as well goes only once the surgery was done
  const wanted = cutOut(answer, goingOf(options, payload))
  const patch = mergePatch(comparable(live), comparable(wanted))
  return yield* Effect.orElseSucceed(writer.mergePatch(target, encodeJson(patch), dryRun), () => wanted)
})

/** The object as it will be, and whether it had to be worked out. */
export const forecast = Effect.fnUntraced(function*(options: ForecastOptions) {
  const { change, live, tries } = options
  const { payload, surgery } = change
  const finish = (after: JsonObject, isEstimated: boolean) => ({
    after: withoutLabel(after, surgery?.droppedLabel),
    released: releasedBy(change),
    isEstimated
  })
  if (payload === undefined) return finish(live, false)
  if (!tries) return finish(estimated(options, payload), true)
  return finish(yield* tried(options, payload), false)
})
