/**
 * Brings about one object: reads its manifest, cuts it to what Git owns and sends it.
 * An existing object is always named by its uid, so that a race with a deletion cannot create a stub.
 */
import { Effect, Schema } from "effect"
import { ManifestReader, type ManifestUnreadable } from "../../git/ManifestReader.ts"
import type { ApiFailure } from "../../kubernetes/ApiError.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { JsonObject, ManifestRef } from "../../manifest/Manifest.ts"
import { kindId, type ObjectId } from "../../manifest/ObjectKey.ts"
import type { Ownership } from "../../rules/Ruleset.ts"
import type { KindSpec } from "../KindSpec.ts"
import { nameOf } from "../KindState.ts"
import * as Payload from "./Payload.ts"

/** What became of the object. */
export interface Applied {
  /** The resourceVersion the server answered with. */
  readonly version: string
  readonly outcome: "created" | "configured" | "unchanged"
}

/** A manifest that is never applied, whatever the rules say. */
export class ManifestRefused extends Schema.TaggedError<ManifestRefused>()("ManifestRefused", {
  message: Schema.String
}) {}

/** The API version the manifest is written in is not served, though others of its kind are. */
export class VersionNotServed extends Schema.TaggedError<VersionNotServed>()("VersionNotServed", {
  message: Schema.String
}) {}

export type ApplyFailure = ApiFailure | ManifestUnreadable | ManifestRefused | VersionNotServed

/** One object to bring about. */
export interface Job {
  readonly id: ObjectId
  readonly ref: ManifestRef
  readonly ownership: Ownership
  /** The live object this was decided on; `undefined`: there is none. */
  readonly live: { readonly uid: string; readonly version: string } | undefined
}

const encode = (payload: JsonObject, uid: string | undefined): string =>
  encodeJson(uid === undefined ? payload : { ...payload, metadata: { ...payload["metadata"] as JsonObject, uid } })

const outcomeOf = (live: Job["live"], version: string): Applied["outcome"] =>
  live === undefined ? "created" : live.version === version ? "unchanged" : "configured"

/** Carries out one job. Retried by nobody here: the kind decides when to look again. */
export const apply = Effect.fnUntraced(function*(spec: KindSpec, applySet: string, job: Job) {
  const reader = yield* ManifestReader
  const writer = yield* Writer
  const { manifest } = job.ref
  const kind = kindId(spec.kind)
  const target: WriteTarget = { kind: spec.kind, version: manifest.version, ...nameOf(job.id) }
  if (!spec.kind.versions.some((served) => served.version === manifest.version)) {
    const served = spec.kind.versions.map((version) => version.version).join(", ")
    return yield* new VersionNotServed({
      message:
        `${kind} is not served in version ${manifest.version}; the cluster serves ${served}: change apiVersion in the manifest`
    })
  }
  const body = yield* reader.read(job.ref)
  const refused = Payload.refusal(kind, body)
  if (refused !== undefined) return yield* new ManifestRefused({ message: refused })
  const payload = Payload.desired(body, job.ownership, { ...target, applySet })
  if (spec.mode === "create") {
    const created = yield* writer.create(target, encode(payload, undefined))
    return { version: created.metadata.resourceVersion, outcome: "created" } satisfies Applied
  }
  if (job.live === undefined && Payload.defaultsItsLabels(kind, body)) {
    const created = yield* writer.apply(target, encode(Payload.unlabelled(payload), undefined))
    const labelled = yield* writer.apply(target, encode(payload, created.metadata.uid))
    return { version: labelled.metadata.resourceVersion, outcome: "created" } satisfies Applied
  }
  const applied = yield* writer.apply(target, encode(payload, job.live?.uid), { metadataOnly: true })
  return {
    version: applied.metadata.resourceVersion,
    outcome: outcomeOf(job.live, applied.metadata.resourceVersion)
  } satisfies Applied
})
