/** What is true of an object now, and so what has to be done. Pure: what is known of it, and who decides about its fields, go in. */
import type { FieldPath } from "../manifest/FieldPath.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { Ownership, Rule } from "../rules/Ruleset.ts"
import { type Paused, pausedAt } from "./fights/FieldHeat.ts"
import { gitRules, isGit, ownsLifecycle, toCluster } from "./GitScope.ts"
import type { Mode } from "./KindSpec.ts"
import { sameBasis } from "./mirroring/MirrorMemory.ts"
import { hasShared, isShared } from "./mirroring/MirrorScope.ts"
import { basisOf } from "./mirroring/MirrorVerdict.ts"
import { isAlways } from "./pruning/Protection.ts"
import { deleted } from "./pruning/PruneMemory.ts"
import { judgePrune, type PruneCircumstances, type PruneVerdict } from "./pruning/PruneVerdict.ts"
import type { RestoringVerdict } from "./restoring/RestoringVerdict.ts"
import { isAnothers, letGo, type Tracked } from "./Tracked.ts"
import type { Trouble } from "./Trouble.ts"
import { wantedDigest } from "./WantedDigest.ts"

export type Verdict =
  | RestoringVerdict
  /** Nothing in Git, or no rule that claims it. */
  | { readonly _tag: "Unclaimed" }
  | { readonly _tag: "InStep"; readonly rule: Rule }
  /** Both sides may change some of its fields, and it isn't known yet which did. */
  | { readonly _tag: "Merging"; readonly rule: Rule }
  | {
    readonly _tag: "Pending"
    readonly rule: Rule
    readonly ref: ManifestRef
    readonly uid: string | undefined
    readonly drift: boolean
    /** What it is in step with once it was applied. */
    readonly wanted: string
    /** Left to other writers for now. */
    readonly paused: ReadonlyArray<FieldPath>
    /** What kept it so far, while it is tried again. */
    readonly trouble: Trouble | undefined
  }
  /** We hold fields of it, and none of them is Git's any more: they are let go of. */
  | { readonly _tag: "Releasing"; readonly rule: Rule | undefined; readonly uid: string }
  | {
    readonly _tag: "Troubled"
    readonly rule: Rule | undefined
    readonly ref: ManifestRef | undefined
    readonly trouble: Trouble
  }
  /** As in Git, but for fields that another writer keeps changing. */
  | {
    readonly _tag: "Fought"
    readonly rule: Rule
    readonly ref: ManifestRef
    readonly fights: ReadonlyArray<Paused>
  }
  /** Left alone whatever the rules say: the cluster's own, or ours. */
  | { readonly _tag: "NeverSynced"; readonly reason: string; readonly ref: ManifestRef }
  /** As in Git, and not taken into use by the cluster yet. */
  | { readonly _tag: "Unready"; readonly rule: Rule; readonly ref: ManifestRef }
  /** As in Git, but the cluster will never take it into use. */
  | { readonly _tag: "Unusable"; readonly rule: Rule; readonly ref: ManifestRef; readonly reason: string }
  /** Two manifests describe it; neither is applied. */
  | { readonly _tag: "Contested"; readonly refs: ReadonlyArray<ManifestRef> }
  | { readonly _tag: "Suspended"; readonly rule: Rule }
  /** An annotation asks for it to be left alone. */
  | { readonly _tag: "Paused"; readonly rule: Rule | undefined; readonly where: "manifest" | "object" }
  /** Some of its fields are Git's, but whether it exists is not, and it isn't there. */
  | { readonly _tag: "Absent"; readonly rule: Rule; readonly ref: ManifestRef }
  /** Another object controls it, and no rule names its resource. */
  | { readonly _tag: "Controlled"; readonly rule: Rule; readonly controller: string }
  | PruneVerdict

/** What an object is judged by, besides what is known of itself. */
export interface Circumstances extends PruneCircumstances {
  readonly ownership: Ownership
  readonly mode: Mode
  /** Whether this cluster has shown it while its life went to Git. */
  readonly isShown: boolean
  /** Whether what changes in the cluster may be written to Git. */
  readonly isMirroring: boolean
  /** Whether what only Git has may be another world's. */
  readonly isFirstContact: boolean
}

const unclaimed: Verdict = { _tag: "Unclaimed" }

const isStepped = ({ live, settled }: Tracked, wanted: string) =>
  settled?.payload === wanted && (!settled.seen || (live !== undefined && settled.owned === live.owned))

/** The trouble that was met with just this, if any. */
const troubleWith = ({ live, trouble }: Tracked, digest: string): Trouble | undefined =>
  trouble?.digest === digest && trouble.uid === live?.uid ? trouble : undefined

/** Whether it is known which side changed what; an object that never was in this cluster is Git's to make, but for what was there before us. */
const isMerged = (tracked: Tracked, { isFirstContact, isMirroring, isShown, ownership }: Circumstances): boolean =>
  tracked.live === undefined
    ? isMirroring && (!isShared(ownership.lifecycle) || !(isShown || isFirstContact))
    : sameBasis(tracked.mirror.agreed?.basis, basisOf(tracked, ownership))

const judgeDeclared = (
  tracked: Tracked,
  rule: Rule,
  ref: ManifestRef,
  circumstances: Circumstances
): Verdict => {
  const { mode, now, ownership } = circumstances
  const { finishedJob, live, settled } = tracked
  // What we made is there, though the watch may not have shown it yet.
  if (mode === "create" && (live !== undefined || settled !== undefined)) return { _tag: "InStep", rule }
  if (live === undefined && finishedJob === ref.manifest.digest) return { _tag: "InStep", rule }
  const fights = pausedAt(tracked.fieldHeats, now)
  const shared = hasShared(circumstances.ownership)
  if (shared && !isMerged(tracked, circumstances)) return { _tag: "Merging", rule }
  // No field could be named, so the whole object is left alone.
  if (fights.some(({ path }) => path.length === 0)) return { _tag: "Fought", rule, ref, fights }
  const withheld = shared ? tracked.mirror.agreed?.withheld ?? [] : []
  const paused = [...fights.map(({ path }) => path), ...withheld]
  const wanted = wantedDigest(ref.manifest.digest, ownership, paused)
  if (isStepped(tracked, wanted)) {
    if (live?.refusal !== undefined) return { _tag: "Unusable", rule, ref, reason: live.refusal }
    if (live?.ready === false) return { _tag: "Unready", rule, ref }
    return fights.length > 0 ? { _tag: "Fought", rule, ref, fights } : { _tag: "InStep", rule }
  }
  const trouble = troubleWith(tracked, wanted)
  if (trouble !== undefined && now < trouble.retryAt) return { _tag: "Troubled", rule, ref, trouble }
  const drift = live !== undefined && settled?.payload === wanted
  return { _tag: "Pending", rule, ref, uid: live?.uid, drift, wanted, paused, trouble }
}

/**
 * Whether it is known for ours. Neither our label alone proves it, since controllers copy labels to what they make, nor an entry alone, since
 * another controller may write under our field manager's name.
 */
const isOurs = ({ live }: Tracked, isRecorded: boolean): boolean => {
  if (live === undefined || isAnothers(live)) return false
  return live.member ? live.owned !== undefined || isRecorded : live.owned !== undefined && isRecorded
}

const pausedWhere = ({ claim, live }: Tracked): "manifest" | "object" | undefined => {
  if (live?.isPaused === true) return "object"
  return claim?._tag === "Declared" && claim.ref.manifest.isPaused ? "manifest" : undefined
}

/**
 * What we hold of an object of which nothing is Git's is let go of, its label too. As long as a file can't be read, an object without a manifest
 * may have one, with labels that rules read.
 */
const judgeLeft = (
  tracked: Tracked,
  rule: Rule | undefined,
  { isRecorded, isTipComplete, now }: Circumstances
): Verdict => {
  const { claim, live, settled } = tracked
  if (live === undefined || !isOurs(tracked, isRecorded)) return unclaimed
  if (claim === undefined && !isTipComplete) return unclaimed
  if (settled?.payload === letGo && !settled.seen) return unclaimed
  const where = pausedWhere(tracked)
  if (where !== undefined) return { _tag: "Paused", rule, where }
  const trouble = troubleWith(tracked, letGo)
  if (trouble !== undefined && now < trouble.retryAt)
    return { _tag: "Troubled", rule, ref: undefined, trouble }
  return { _tag: "Releasing", rule, uid: live.uid }
}

/** Whether its rule has it deleted though nothing shows that it is ours. */
const goesAnyway = ({ live }: Tracked, { ownership: { lifecycle }, protection }: Circumstances): boolean =>
  live !== undefined && !isAnothers(live) && isGit(lifecycle) && lifecycle !== undefined && isAlways(lifecycle) &&
  (live.member || protection(lifecycle) === undefined)

const judgeLeaving = (tracked: Tracked, rule: Rule, circumstances: Circumstances): Verdict => {
  const trouble = troubleWith(tracked, deleted)
  const verdict = judgePrune(tracked, rule, trouble, circumstances) ?? unclaimed
  return verdict._tag === "AwaitsPrune" && trouble !== undefined && circumstances.now < trouble.retryAt
    ? { _tag: "Troubled", rule, ref: undefined, trouble }
    : verdict
}

/** Not in Git. What we made is to go, and stays as it is until its deletion is granted; of everything else we let go. */
const judgeUndeclared = (tracked: Tracked, rule: Rule, circumstances: Circumstances): Verdict => {
  const { live } = tracked
  const { lifecycle } = circumstances.ownership
  if (live === undefined) return unclaimed
  if (lifecycle !== undefined && toCluster(lifecycle) && (live.member || goesAnyway(tracked, circumstances))) {
    return lifecycle.suspend
      ? { _tag: "Suspended", rule: lifecycle }
      : judgeLeaving(tracked, lifecycle, circumstances)
  }
  return judgeLeft(tracked, rule, circumstances)
}

/** Nothing of it is Git's. A suspended rule touches nothing, so it lets go of nothing either. */
const judgeUngoverned = (tracked: Tracked, circumstances: Circumstances): Verdict => {
  const { filtered, lifecycle } = circumstances.ownership
  const { claim, live } = tracked
  const suspended = [...lifecycle === undefined ? [] : [lifecycle], ...filtered]
    .find(toCluster)
  if (suspended === undefined) return judgeLeft(tracked, lifecycle, circumstances)
  return claim === undefined && live?.owned === undefined && live?.member !== true
    ? unclaimed
    : { _tag: "Suspended", rule: suspended }
}

export const judge = (tracked: Tracked, circumstances: Circumstances): Verdict => {
  const { claim, live } = tracked
  const [rule] = gitRules(circumstances.ownership)
  if (rule === undefined) return judgeUngoverned(tracked, circumstances)
  if (claim?._tag === "Contested") return { _tag: "Contested", refs: claim.refs }
  if (claim === undefined && !isOurs(tracked, circumstances.isRecorded) && !goesAnyway(tracked, circumstances))
    return unclaimed
  const where = pausedWhere(tracked)
  if (where !== undefined) return { _tag: "Paused", rule, where }
  if (live?.controller !== undefined && rule.resources.length === 0)
    return { _tag: "Controlled", rule, controller: live.controller }
  if (claim === undefined) return judgeUndeclared(tracked, rule, circumstances)
  if (live === undefined && !ownsLifecycle(circumstances.ownership)) return { _tag: "Absent", rule, ref: claim.ref }
  return judgeDeclared(tracked, rule, claim.ref, circumstances)
}
