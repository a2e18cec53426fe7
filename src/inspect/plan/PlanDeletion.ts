/** What would become of an object that Git holds no longer: proved as the controller does, and judged with all that goes with it. */
import { Effect } from "effect"
import type { Limits } from "../../coordination/Budget.ts"
import { heldMessage, heldOn } from "../../coordination/HeldDeletions.ts"
import { judge, type Verdict as Judged } from "../../coordination/Judging.ts"
import type { Record } from "../../coordination/Record.ts"
import { nameOf } from "../../kind/KindState.ts"
import { mirrorView } from "../../kind/mirroring/MirrorView.ts"
import { proveDeletion } from "../../kind/pruning/DeletionProof.ts"
import { isAlways } from "../../kind/pruning/Protection.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import { Survey } from "../Survey.ts"
import type { Outcome, PlannedObject } from "./Plan.ts"
import type { Surroundings } from "./PlanTrial.ts"
import type { Due } from "./PlanVerdict.ts"

/** One object, as if all of it were granted. */
export const planDeletion = Effect.fnUntraced(function*(
  { observer, spec }: Surroundings,
  id: ObjectId,
  live: KubernetesObject | undefined,
  { rule, uid }: Extract<Due, { readonly _tag: "AwaitsPrune" }>
) {
  const { tip } = yield* Survey
  const always = isAlways(rule)
  const portable = rule.syncTo === "both" && live !== undefined
    ? mirrorView(spec.kind, live, spec.own).portable
    : undefined
  const target = { kind: spec.kind, version: spec.version, ...nameOf(id) }
  return yield* proveDeletion({ spec, target, uid, always, observer, portable, index: tip.index }).pipe(
    Effect.map((): Outcome => ({ _tag: "Delete", uid, always, reason: "Git holds it no longer" })),
    Effect.catchTag("DeletionUnproved", ({ message }) => Effect.succeed<Outcome>({ _tag: "Held", reason: message })),
    Effect.catchTag(
      "SetAsideUnreadable",
      ({ message }) => Effect.succeed<Outcome>({ _tag: "Waiting", reason: message })
    ),
    Effect.catchTag("ObjectNotFound", () => Effect.succeed<Outcome>({ _tag: "InStep" }))
  )
})

const isDeletion = (
  object: PlannedObject
): object is PlannedObject & { readonly outcome: { readonly _tag: "Delete" } } => object.outcome._tag === "Delete"

const unrecorded = "no longer in Git, and stays: the record doesn't say that it was applied from Git"

/** All that would be deleted, as one set: what a person would have to confirm says so. */
export const judgeDeletions = (
  objects: ReadonlyArray<PlannedObject>,
  record: Record | undefined,
  circumstances: { readonly limits: Limits; readonly name: string; readonly now: number }
): ReadonlyArray<PlannedObject> => {
  if (record === undefined) return objects
  const wanted = objects.filter(isDeletion)
  const wishes = wanted.map(({ kind, object, outcome: { always, uid } }) => ({
    kind,
    id: object,
    basis: uid,
    always,
    goneWith: undefined
  }))
  const judged = judge(record, "cluster", wishes, { ...circumstances, commit: undefined })
  const verdicts = new Map<PlannedObject, Judged | undefined>(
    wanted.map((object, index) => [object, judged.verdicts[index]])
  )
  const held = heldOn(judged.record, "cluster")
  const waits = held === undefined ? "" : heldMessage(held, judged.record, circumstances.name)
  return objects.map((object) => {
    if (!isDeletion(object)) return object
    switch (verdicts.get(object)) {
      case "Unknown":
        return { ...object, outcome: { _tag: "Held", reason: unrecorded } }
      case "Held":
        return { ...object, outcome: { ...object.outcome, reason: waits } }
      default:
        return object
    }
  })
}
