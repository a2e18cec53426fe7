/**
 * Whether an object may be deleted, by what the API server says of it right now: it is the one that was decided about, it is ours, nobody
 * wants it to stay, and no file that is passed over describes it.
 */
import { Effect, Schema } from "effect"
import { SetAside } from "../../git/SetAside.ts"
import { ownEntry } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import { isPaused, pauseAnnotation } from "../../manifest/PauseAnnotation.ts"
import { notMirrored } from "../../manifest/portable/notMirrored.ts"
import { isNeverPruned, pruneAnnotation } from "../../manifest/PruneAnnotation.ts"
import { Outdated } from "../applying/Outdated.ts"
import { memberLabel } from "../ApplySet.ts"
import type { KindSpec } from "../KindSpec.ts"
import { mirrorView } from "../mirroring/MirrorView.ts"
import type { Observer } from "../Observation.ts"
import { holdsOwnRights } from "./OwnRights.ts"

/** An object that Git holds no longer has to stay as it is now; why, and what to do. */
export class DeletionUnproved extends Schema.TaggedError<DeletionUnproved>()("DeletionUnproved", {
  message: Schema.String
}) {}

export const unproved = (reason: string) => new DeletionUnproved({ message: `no longer in Git, and stays: ${reason}` })

export interface Suspect {
  readonly spec: KindSpec
  readonly target: WriteTarget
  readonly uid: string
  /** Whether it need not be ours. */
  readonly always: boolean
  readonly observer: Observer
  /** Of what both sides may change: digest of the portable form it must have, as it was last the same on both sides. */
  readonly portable: string | undefined
  /** Of the tip that holds it no longer. */
  readonly index: ManifestIndex
}

const whoseProblem = (live: KubernetesObject, { always, observer }: Suspect): string | undefined => {
  const label = live.metadata.labels?.[memberLabel]
  if (label !== observer.applySet && label !== undefined) return `its label ${memberLabel} names another set`
  if (always) return undefined
  if (label === undefined) return `its label ${memberLabel} is gone, which shows that it was applied from Git`
  return ownEntry(live, observer.fieldManager) === undefined
    ? "nothing in its metadata.managedFields is ours any more"
    : undefined
}

const problemWith = (live: KubernetesObject, suspect: Suspect): string | undefined => {
  const { annotations, ownerReferences } = live.metadata
  if (isPaused(annotations)) return `its annotation ${pauseAnnotation} says "paused"`
  if (isNeverPruned(annotations)) return `its annotation ${pruneAnnotation} says "never"`
  const owner = ownerReferences?.find(({ controller }) => controller === true)
  if (owner !== undefined) return `${owner.kind} ${owner.name} made it and controls it`
  const { portable, spec } = suspect
  if (portable !== undefined && mirrorView(spec.kind, live, spec.own).portable !== portable)
    return "it was changed in the cluster since it was last the same as in Git"
  const natural = notMirrored(spec.kind, live)
  return natural === undefined ? whoseProblem(live, suspect) : `it ${natural}`
}

/** Answers the version that was looked at; fails with ObjectNotFound when it is gone already. */
export const proveDeletion = Effect.fn("DeletionProof.proveDeletion")(function*(suspect: Suspect) {
  const { index, spec, target, uid } = suspect
  const writer = yield* Writer
  const aside = yield* SetAside
  const live = yield* writer.get(target)
  if (live.metadata.uid !== uid) return yield* new Outdated({ reason: "object" })
  if (live.metadata.deletionTimestamp !== undefined) return yield* new Outdated({ reason: "changed" })
  const problem = problemWith(live, suspect) ?? (yield* holdsOwnRights(spec, live))
  if (problem !== undefined) return yield* unproved(problem)
  const path = yield* aside.find(index, kindId(spec.kind), target.name)
  return path === undefined
    ? live.metadata.resourceVersion
    : yield* unproved(
      `${path} describes one of its kind and name, and is passed over: move it, or delete the object with kubectl`
    )
})
