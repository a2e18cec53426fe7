/** Looks at an object that keeps drifting: which of the fields that are Git's somebody else wrote. Costs one request, and writes nothing. */
import { Effect } from "effect"
import { ManifestReader } from "../../git/ManifestReader.ts"
import { Schemas } from "../../kubernetes/schemas/Schemas.ts"
import { Writer } from "../../kubernetes/Writer.ts"
import { everything } from "../../manifest/FieldScope.ts"
import type { Job } from "../applying/Apply.ts"
import { stepsFor } from "../applying/Steps.ts"
import type { KindSpec } from "../KindSpec.ts"
import { nameOf } from "../KindState.ts"
import type { Observer } from "../Observation.ts"
import { driftedFields, type Fought } from "./Fights.ts"

/** Without a schema no field can be named. */
export const lookForFights = Effect.fnUntraced(function*(spec: KindSpec, observer: Observer, job: Job) {
  const { id, ownership, paused, ref } = job
  const reader = yield* ManifestReader
  const schemas = yield* Schemas
  const writer = yield* Writer
  const { version } = ref.manifest
  const manifest = yield* reader.read(ref)
  const type = yield* schemas.typeOf(spec.kind, version)
  const live = yield* writer.get({ kind: spec.kind, version, ...nameOf(id) })
  const steps = stepsFor({ ...observer, ...nameOf(id), manifest, ownership, type, paused }, live)
  const payload = steps._tag === "Change" ? steps.payload : undefined
  const none: ReadonlyArray<Fought> = []
  return payload === undefined || type._tag === "Unknown"
    ? none
    : driftedFields({ live, payload, type, fieldManager: observer.fieldManager, scope: everything })
})
