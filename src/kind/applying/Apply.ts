/**
 * Brings about what of one object is Git's: reads its manifest and applies it.
 * An existing object is always named by its uid, so that a race with a deletion cannot create a stub.
 */
import { Effect, Schema } from "effect"
import { ManifestReader, type ManifestUnreadable } from "../../git/ManifestReader.ts"
import type { ApiFailure } from "../../kubernetes/ApiError.ts"
import { claimedFields } from "../../kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { heldDigest } from "../../kubernetes/fields/OwnedDigest.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Schemas } from "../../kubernetes/schemas/Schemas.ts"
import type { SurgeryIgnored } from "../../kubernetes/surgery/Surgeon.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { FieldPath } from "../../manifest/FieldPath.ts"
import { type FieldType, unknown } from "../../manifest/FieldType.ts"
import type { JsonObject, ManifestRef } from "../../manifest/Manifest.ts"
import { kindId, type ObjectId } from "../../manifest/ObjectKey.ts"
import { rawExport } from "../../manifest/portable/rawExport.ts"
import type { Ownership } from "../../rules/Ruleset.ts"
import { ownsLifecycle } from "../GitScope.ts"
import type { KindSpec } from "../KindSpec.ts"
import { nameOf } from "../KindState.ts"
import type { Observer } from "../Observation.ts"
import { backFromGit, type BackFromGitFailure } from "../restoring/backFromGit.ts"
import type { VolumeSources } from "../restoring/InGit.ts"
import { unseen } from "../Tracked.ts"
import { type Applied, carryOut } from "./CarryOut.ts"
import { create } from "./Create.ts"
import { ifCurrent, type IsCurrent, type Outdated } from "./Outdated.ts"
import * as Payload from "./Payload.ts"
import { isWhole, stepsFor, type StepsRefused, type Wanted, wholePayload } from "./Steps.ts"

export type { Applied } from "./CarryOut.ts"

/** A manifest that is never applied, whatever the rules say. */
export class ManifestRefused extends Schema.TaggedError<ManifestRefused>()("ManifestRefused", {
  message: Schema.String
}) {}

/** The API version the manifest is written in is not served, though others of its kind are. */
export class VersionNotServed extends Schema.TaggedError<VersionNotServed>()("VersionNotServed", {
  message: Schema.String
}) {}

export type ApplyFailure =
  | ApiFailure
  | BackFromGitFailure
  | ManifestRefused
  | ManifestUnreadable
  | Outdated
  | StepsRefused
  | SurgeryIgnored
  | VersionNotServed

/** One object to bring about. */
export interface Job {
  readonly id: ObjectId
  readonly ref: ManifestRef
  readonly ownership: Ownership
  /** The live object this was decided on; `undefined`: there is none. */
  readonly live: {
    readonly uid: string
    readonly version: string
    /** `heldDigest` of our entry as it was watched last, or {@link unseen}; `undefined`: we own nothing of it. */
    readonly held: string | undefined
  } | undefined
  /** Fields of Git's that are left to other writers for now. */
  readonly paused: ReadonlyArray<FieldPath>
  /** Whether just this was applied last: then other writers can only have taken fields from us, and nothing is dropped. */
  readonly isDrift: boolean
  readonly isCurrent: IsCurrent
  /** Where claims can come back from. */
  readonly sources: VolumeSources
  /** Of fields that both sides may change it was found out who did, on this object: one that changed since must not be applied over. */
  readonly isMerged: ((live: KubernetesObject) => boolean) | undefined
}

const plain = (version: string, outcome: Applied["outcome"]): Applied => ({
  version,
  outcome,
  released: FieldsV1.empty,
  taken: [],
  ownerUnknown: false
})

/** Whether the apply of a payload that is Git's whole neither releases nor removes anything, as far as our entry shows. */
export const addsOnly = (payload: JsonObject, type: FieldType, held: string | undefined): boolean =>
  type._tag === "Unknown" ||
  held === heldDigest({ apiVersion: String(payload["apiVersion"]), fieldsV1: claimedFields(payload, type) })

/** Why a manifest can't be applied, or must not be, whatever the rules say. */
export const refusalOf = ({ kind }: KindSpec, { manifest }: ManifestRef, body: JsonObject) => {
  const id = kindId(kind)
  if (!kind.versions.some(({ version }) => version === manifest.version)) {
    const served = kind.versions.map(({ version }) => version).join(", ")
    return new VersionNotServed({
      message:
        `${id} is not served in version ${manifest.version}; the cluster serves ${served}: change apiVersion in the manifest`
    })
  }
  const refused = Payload.refusal(id, body) ?? rawExport(kind, body)
  return refused === undefined ? undefined : new ManifestRefused({ message: refused })
}

/** Carries out one job. Retried by nobody here: the kind decides when to look again. */
export const apply = Effect.fnUntraced(function*(spec: KindSpec, observer: Observer, job: Job) {
  const { isCurrent, isMerged, live, ownership, paused, ref } = job
  const reader = yield* ManifestReader
  const writer = yield* Writer
  const schemas = yield* Schemas
  const read = yield* reader.read(ref)
  const refused = refusalOf(spec, ref, read)
  if (refused !== undefined) return yield* refused
  const target: WriteTarget = { kind: spec.kind, version: ref.manifest.version, ...nameOf(job.id) }
  const id = kindId(spec.kind)
  const manifest = live === undefined ? yield* backFromGit(id, target, read, job.sources) : read
  const { name, namespace } = target
  const whole = wholePayload({ applySet: observer.applySet, manifest, namespace, ownership })
  const isAll = isWhole({ ownership, paused })
  if (spec.mode === "create" && ownsLifecycle(ownership)) {
    const { metadata } = yield* ifCurrent(isCurrent, writer.create(target, Payload.encoded(whole, {})))
    return plain(metadata.resourceVersion, "created")
  }
  if (isAll && live === undefined) {
    const { metadata } = yield* create(target, manifest, whole, isCurrent, { metadataOnly: true })
    return plain(metadata.resourceVersion, "created")
  }
  const overwrite = Effect.fnUntraced(function*({ uid, version }: Exclude<Job["live"], undefined>) {
    const body = Payload.encoded(whole, { uid })
    const { metadata } = yield* ifCurrent(isCurrent, writer.apply(target, body, { metadataOnly: true }))
    return plain(metadata.resourceVersion, metadata.resourceVersion === version ? "unchanged" : "configured")
  })
  const isBlind = isMerged === undefined
  const dropsNothing = live?.held === undefined || (job.isDrift && live.held !== unseen)
  if (isBlind && isAll && live !== undefined && dropsNothing) return yield* overwrite(live)
  const type = yield* schemas.typeOf(spec.kind, target.version)
  if (isBlind && isAll && live !== undefined && addsOnly(whole, type, live.held)) return yield* overwrite(live)
  const wanted: Wanted = { ...observer, manifest, ownership, type, namespace, name, paused }
  return yield* carryOut(target, wanted, live?.uid, isCurrent, isMerged)
})

/** Whether a live object, just seen, is as its manifest says, so that nothing has to be sent. Costs no request but for the schema. */
export const isInStep = Effect.fnUntraced(function*(
  spec: KindSpec,
  observer: Observer,
  { id, ownership, paused, ref }: Pick<Job, "id" | "ownership" | "paused" | "ref">,
  live: KubernetesObject
) {
  const reader = yield* ManifestReader
  const schemas = yield* Schemas
  const manifest = yield* reader.read(ref)
  const { version } = ref.manifest
  const type = isWhole({ ownership, paused }) ? unknown : yield* schemas.typeOf(spec.kind, version)
  return stepsFor({ ...observer, ...nameOf(id), manifest, ownership, type, paused }, live)._tag === "InStep"
})
