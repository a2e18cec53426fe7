/** What of a kind's objects goes to Git: judged and compared as the controller does, with the objects that were listed. */
import { Clock, Effect } from "effect"
import type { KindSpec } from "../../kind/KindSpec.ts"
import * as KindState from "../../kind/KindState.ts"
import { compare } from "../../kind/mirroring/Comparison.ts"
import { afterAgreement, type Agreed } from "../../kind/mirroring/MirrorMemory.ts"
import type { MirrorVerdict } from "../../kind/mirroring/MirrorVerdict.ts"
import { shownTip } from "../../kind/mirroring/shownTip.ts"
import { stageOf } from "../../kind/Stage.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import { Survey } from "../Survey.ts"
import type { Outcome, PlannedObject } from "./Plan.ts"
import type { ToGit } from "./PlanCommit.ts"
import type { SeenKind } from "./PlanKind.ts"
import { failed } from "./PlanTrial.ts"

export interface MirroredKind {
  readonly toGit: ReadonlyArray<ToGit>
  /** Of which something is to be said beside that. */
  readonly objects: ReadonlyArray<PlannedObject>
}

type Due = Extract<MirrorVerdict, { readonly _tag: "Due" }>

const objectsAtOnce = 8

const gone =
  "gone from the cluster: its manifest goes from Git once it is proved that the object was deleted, and granted"

const agreement = ({ notes }: Pick<Agreed, "notes">): Outcome =>
  notes.length === 0 ? { _tag: "InStep" } : { _tag: "Held", reason: notes.join("\n") }

/** Of an object that isn't compared. What its other side says already is not said twice. */
const outcomeOf = (
  { mirror, verdicts }: KindState.KindState,
  id: ObjectId,
  verdict: MirrorVerdict
): Outcome | undefined => {
  const reason = mirror.tally.troubles.get(id)?.message ?? ""
  switch (verdict._tag) {
    case "Unconcerned":
    case "UnderWay":
    case "Due":
      return undefined
    case "Mirrored":
      return agreement(verdict)
    case "Gone":
      return { _tag: "Waiting", reason: gone }
    case "Contested":
    case "Paused":
      return verdicts.get(id)?._tag === verdict._tag
        ? undefined
        : { _tag: verdict._tag === "Paused" ? "Held" : "Refused", reason }
    case "NoManifest":
    case "Troubled":
      return { _tag: "Waiting", reason }
    case "Held":
    case "OnlyInGit":
    case "Unwritable":
      return { _tag: "Held", reason }
  }
}

/** In the version of its manifest. */
const inItsVersion = Effect.fnUntraced(function*(spec: KindSpec, { ref }: Due, object: KubernetesObject) {
  const survey = yield* Survey
  const { name, namespace = "" } = object.metadata
  const stated = ref?.manifest.version
  const isServed = spec.kind.versions.some(({ version }) => version === stated)
  return stated === undefined || stated === spec.version || !isServed
    ? object
    : yield* survey.live(spec.kind, stated, namespace, name)
})

const compared = Effect.fnUntraced(function*(
  { objects, state }: SeenKind,
  id: ObjectId,
  verdict: Due,
  fieldManager: string
) {
  const { ruleset, tip } = yield* Survey
  const { kind } = state.spec
  const listed = objects.get(id)
  const object = listed === undefined ? undefined : yield* inItsVersion(state.spec, verdict, listed)
  if (object === undefined) return undefined
  const tracked = KindState.get(state, id)
  const key = { group: kind.group, kind: kind.kind, ...KindState.nameOf(id) }
  const ownership = KindState.ownershipOf(state, id, tracked)
  const last = state.mirror.recorded.get(id)
  const comparison = yield* compare(
    state.spec,
    { key, ref: verdict.ref, ownership, last, fieldManager, ruleset, tip: shownTip(tip) },
    object
  )
  if (comparison._tag === "Differs") return comparison.change
  // Of fields that both sides may change, only now is it known what goes to the cluster
  const mirror = afterAgreement(tracked.mirror, comparison.agreed)
  KindState.put(state, id, { ...tracked, mirror }, yield* Clock.currentTimeMillis)
  return agreement(comparison.agreed)
})

/** Afterwards the state knows what both sides agree upon. */
export const planMirror = Effect.fnUntraced(function*(seen: SeenKind, fieldManager: string) {
  const { state } = seen
  const stage = stageOf(state.spec.kind)
  const toGit: Array<ToGit> = []
  const objects: Array<PlannedObject> = []
  const tell = (id: ObjectId, outcome: Outcome | undefined) => {
    // An object of which something goes to the cluster as well is counted there
    const isCounted = outcome?._tag !== "InStep" || state.verdicts.get(id)?._tag === "Unclaimed"
    const place = state.mirror.tally.troubles.get(id)?.place
    if (outcome !== undefined && isCounted) objects.push({ stage, kind: state.id, object: id, place, outcome })
  }
  yield* Effect.forEach([...state.mirror.verdicts], ([id, verdict]) =>
    verdict._tag === "Due"
      ? compared(seen, id, verdict, fieldManager).pipe(
        Effect.catch((failure) => Effect.succeed(failed(failure))),
        Effect.map((found) => {
          if (found === undefined) return
          if ("key" in found) toGit.push({ stage, change: found })
          else tell(id, found)
        })
      )
      : Effect.sync(() => tell(id, outcomeOf(state, id, verdict))), { concurrency: objectsAtOnce, discard: true })
  return { toGit, objects } satisfies MirroredKind
})
