/**
 * Creates an object that only Git has, while the cluster is being restored. One that is there after all is never touched: it fails with
 * VersionConflict then.
 */
import { Effect } from "effect"
import { ManifestReader } from "../../git/ManifestReader.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { Schemas } from "../../kubernetes/schemas/Schemas.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import { portable } from "../../manifest/portable/portable.ts"
import { type Job, refusalOf } from "../applying/Apply.ts"
import { type Applied, carryOut } from "../applying/CarryOut.ts"
import { ifCurrent } from "../applying/Outdated.ts"
import * as Payload from "../applying/Payload.ts"
import type { KindSpec } from "../KindSpec.ts"
import { nameOf } from "../KindState.ts"
import { isShared } from "../mirroring/MirrorScope.ts"
import { mirrorView } from "../mirroring/MirrorView.ts"
import type { Observer } from "../Observation.ts"
import { backFromGit } from "./backFromGit.ts"

/**
 * Whatever it creates is the cluster's to change from then on, so it is not stated by our own field manager: of what that states Git is the
 * owner. By server-side apply, so that it is known what of it was in Git and what the server filled in.
 */
export const restorer = (fieldManager: string): string => `${fieldManager}-restore`

/** No object is ever in this version, so one that is there after all is not applied over. */
const absent = { resourceVersion: "1" }

/** Carries out one job. Retried by nobody here: the kind decides when to look again. */
export const bringBack = Effect.fnUntraced(function*(
  spec: KindSpec,
  observer: Observer,
  { id, isCurrent, ownership, ref, sources }: Pick<Job, "id" | "isCurrent" | "ownership" | "ref" | "sources">
) {
  const reader = yield* ManifestReader
  const schemas = yield* Schemas
  const writer = yield* Writer
  // Without what holds only in the cluster it came from, as an old uid.
  const stated = portable(spec.kind, yield* reader.read(ref))
  const refused = refusalOf(spec, ref, stated)
  if (refused !== undefined) return yield* refused
  const target: WriteTarget = { kind: spec.kind, version: ref.manifest.version, ...nameOf(id) }
  const { name, namespace } = target
  const manifest = yield* backFromGit(kindId(spec.kind), target, stated, sources)
  if (isShared(ownership.lifecycle)) {
    const type = yield* schemas.typeOf(spec.kind, target.version)
    return yield* carryOut(
      target,
      { ...observer, manifest, ownership, type, namespace, name, paused: [] },
      undefined,
      isCurrent
    )
  }
  const body = Payload.encoded(Payload.whole(manifest, { namespace, applySet: undefined }), absent)
  const made = yield* ifCurrent(
    isCurrent,
    writer.apply(target, body, { fieldManager: restorer(observer.fieldManager) })
  )
  const { portable: madeAs } = mirrorView(spec.kind, made, spec.own)
  return {
    version: made.metadata.resourceVersion,
    outcome: "created",
    released: FieldsV1.empty,
    taken: [],
    ownerUnknown: false,
    ...madeAs === undefined || ownership.filtered.length > 0 ? {} : { madeAs }
  } satisfies Applied
})
