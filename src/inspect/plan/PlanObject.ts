/** What would become of one object that the controller would send something for: decided as the controller does, tried as a dry run. */
import { Effect } from "effect"
import { addsOnly, refusalOf } from "../../kind/applying/Apply.ts"
import { lettingGo } from "../../kind/applying/LetGo.ts"
import { type Change, isWhole, stepsFor, type Wanted, wholePayload } from "../../kind/applying/Steps.ts"
import * as ApplySet from "../../kind/ApplySet.ts"
import { ownsLifecycle } from "../../kind/GitScope.ts"
import { nameOf } from "../../kind/KindState.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { ownEntry } from "../../kubernetes/fields/ManagedFields.ts"
import { heldDigest } from "../../kubernetes/fields/OwnedDigest.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { WriteTarget } from "../../kubernetes/Writer.ts"
import { unknown } from "../../manifest/FieldType.ts"
import { kindId, type ObjectId } from "../../manifest/ObjectKey.ts"
import type { Ownership } from "../../rules/Ruleset.ts"
import { Survey } from "../Survey.ts"
import type { Outcome } from "./Plan.ts"
import { planDeletion } from "./PlanDeletion.ts"
import { touchOf } from "./PlanTouch.ts"
import { failed, type Surroundings, tryChange, tryCreate } from "./PlanTrial.ts"
import type { Due } from "./PlanVerdict.ts"

export interface DueObject {
  readonly id: ObjectId
  readonly ownership: Ownership
  readonly live: KubernetesObject | undefined
}

const inStep: Outcome = { _tag: "InStep" }

/** Where everything is Git's and our entry neither gains nor loses a field, the controller leaves all other entries as they are. */
const asSent = (wanted: Wanted, change: Change, live: KubernetesObject): Change => {
  if (change.payload === undefined || !isWhole(wanted)) return change
  const held = ownEntry(live, wanted.fieldManager)
  const isPlain = held === undefined || addsOnly(change.payload, wanted.type, heldDigest(held))
  return isPlain ? { ...change, surgery: undefined } : change
}

const bringingAbout = Effect.fnUntraced(function*(
  surroundings: Surroundings,
  { id, live, ownership }: DueObject,
  { paused, ref }: Extract<Due, { readonly _tag: "Pending" }>
) {
  const survey = yield* Survey
  const { observer, spec } = surroundings
  const { version } = ref.manifest
  const manifest = yield* survey.manifest(ref)
  const refused = refusalOf(spec, ref, manifest)
  if (refused !== undefined) return failed(refused)
  const target: WriteTarget = { kind: spec.kind, version, ...nameOf(id) }
  const { name, namespace } = target
  if (spec.mode === "create" && ownsLifecycle(ownership)) {
    const payload = wholePayload({ applySet: observer.applySet, manifest, namespace, ownership })
    return yield* tryCreate(surroundings, target, { payload, givenBack: FieldsV1.empty })
  }
  const type = yield* survey.typeOf(spec.kind, version)
  const wanted: Wanted = { ...observer, manifest, ownership, type, namespace, name, paused }
  const decided = Effect.fnUntraced(function*(object: KubernetesObject | undefined) {
    const steps = stepsFor(wanted, object)
    switch (steps._tag) {
      case "InStep":
        return inStep
      case "Refused":
        return failed(steps.failure)
      case "Create":
        return yield* tryCreate(surroundings, target, steps)
      case "Change":
        return object === undefined
          ? inStep
          : yield* tryChange(surroundings, target, type, object, asSent(wanted, steps, object))
    }
  })
  const again = Effect.flatMap(survey.live(spec.kind, version, namespace, name), decided)
  if (live !== undefined && version !== spec.version) return yield* again
  return yield* Effect.catchTag(decided(live), "VersionConflict", () => again)
})

/** Of a field's value nothing changes. */
const letGoOf = ({ observer, spec }: Surroundings, live: KubernetesObject): Outcome => {
  const patch = lettingGo(live, observer)
  if (patch._tag !== "Patch") return inStep
  const isOurs = live.metadata.labels?.[ApplySet.memberLabel] === observer.applySet
  const { [ApplySet.memberLabel]: _, ...labels } = live.metadata.labels ?? {}
  const after = isOurs ? { ...live, metadata: { ...live.metadata, labels } } : live
  const kind = kindId(spec.kind)
  const { released } = patch
  return {
    _tag: "Touch",
    ...touchOf({
      kind,
      type: unknown,
      live,
      after,
      released,
      taken: [],
      fieldManager: observer.fieldManager,
      ownerUnknown: (live.metadata.managedFields ?? []).length === 0,
      isEstimated: false
    })
  }
}

/** What would become of it. Fails only with what keeps everything from being looked at. */
export const planObject = Effect.fnUntraced(
  function*(surroundings: Surroundings, object: DueObject, verdict: Due) {
    if (verdict._tag === "Pending") return yield* bringingAbout(surroundings, object, verdict)
    if (verdict._tag === "AwaitsPrune") return yield* planDeletion(surroundings, object.id, object.live, verdict)
    return object.live === undefined ? inStep : letGoOf(surroundings, object.live)
  },
  Effect.catch((failure) => Effect.succeed(failed(failure)))
)
