/**
 * The state of one kind: what is known of each object, and which of them are due.
 * Owned and changed by one KindActor only: `put` replaces what is known of one object, and `Folding` says what with.
 */
import type { ManifestRef } from "../manifest/Manifest.ts"
import { type KindId, kindId, type ObjectId } from "../manifest/ObjectKey.ts"
import * as KindScope from "../rules/KindScope.ts"
import type { KindRules, Labels } from "../rules/Ruleset.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import { nextEnd, pausedAt } from "./fights/FieldHeat.ts"
import type { Watch } from "./KindReport.ts"
import type { KindSpec } from "./KindSpec.ts"
import { mirrorStandingOf } from "./mirroring/MirrorStanding.ts"
import { judgeInto, makeMirrorState, type MirrorState } from "./mirroring/MirrorState.ts"
import { protection } from "./pruning/Protection.ts"
import { isMissing, isUnchanged, spoiledFile } from "./pruning/Standing.ts"
import { judgeRestoring } from "./restoring/RestoringVerdict.ts"
import type { Mirroring, Round, Synced } from "./Round.ts"
import { type Stage, stageOf } from "./Stage.ts"
import * as Tally from "./Tally.ts"
import { isAnothers, noted, recalled, sameSynced, syncedOf, type Tracked, unknown } from "./Tracked.ts"
import { judge, type Verdict } from "./Verdict.ts"
import { standingOf } from "./VerdictStanding.ts"
import { wantedDigest } from "./WantedDigest.ts"

export interface KindState {
  readonly spec: KindSpec
  readonly id: KindId
  readonly stage: Stage
  readonly tracked: Map<ObjectId, Tracked>
  readonly verdicts: Map<ObjectId, Verdict>
  readonly tally: Tally.Tally
  /** What of it goes to Git, where something of the kind does. */
  readonly mirror: MirrorState
  /** Objects to be applied, in the order in which they became due. */
  readonly due: Set<ObjectId>
  /** Objects that come back by themselves, with the time (milliseconds since the epoch). */
  readonly retries: Map<ObjectId, number>
  /** Objects that Git holds no longer and whose deletion was not begun yet. */
  readonly leaving: Set<ObjectId>
  /** Objects of Git that were never there, and could not be made so far. */
  readonly missing: Set<ObjectId>
  /** Those of which it is being proved that they may go. */
  readonly proving: Set<ObjectId>
  /** In the record, and nothing of them is ours any more; not told to it yet. */
  readonly departed: Set<ObjectId>
  /** The record was told to forget them. */
  readonly forgotten: Set<ObjectId>
  /** Found in step, and not told to the record yet. */
  unsaved: Map<ObjectId, Synced>
  /** Jobs that finished, with the manifest each was made of, and not told to the record yet. */
  finished: Map<ObjectId, string>
  /** Definitions that the cluster has not taken into use yet, and until when (milliseconds since the epoch) later stages wait for them. */
  readonly unready: Map<ObjectId, number | undefined>
  readonly inFlight: Set<ObjectId>
  /** Keys that the record is known to hold. */
  readonly enrolled: Set<ObjectId>
  /** Keys that have to be in the record before they are applied. */
  readonly unenrolled: Set<ObjectId>
  /** While the cluster is being restored: what only Git has still; `failed` for what can't be brought back before a person acts. */
  readonly unrestored: Map<ObjectId, "left" | "failed">
  /** While a list is under way: what it has not shown yet. */
  unlisted: Set<ObjectId> | undefined
  round: Round | undefined
  rules: KindRules
  refs: ReadonlyArray<ManifestRef>
  watch: Watch
  enrolling: boolean
  /** Not before this time (milliseconds since the epoch) is the record asked again. */
  enrollAt: number
  /** What the applies of this actor came to. */
  readonly outcomes: Record<"created" | "configured" | "unchanged", number>
}

export const make = (spec: KindSpec): KindState => ({
  spec,
  id: kindId(spec.kind),
  stage: stageOf(spec.kind),
  tracked: new Map(),
  verdicts: new Map(),
  tally: Tally.make(),
  mirror: makeMirrorState(),
  due: new Set(),
  retries: new Map(),
  leaving: new Set(),
  missing: new Set(),
  proving: new Set(),
  departed: new Set(),
  forgotten: new Set(),
  unsaved: new Map(),
  finished: new Map(),
  unready: new Map(),
  inFlight: new Set(),
  enrolled: new Set(),
  unenrolled: new Set(),
  unrestored: new Map(),
  unlisted: undefined,
  round: undefined,
  rules: { ruleset: -1, rules: [] },
  refs: [],
  watch: { _tag: "Listing" },
  enrolling: false,
  enrollAt: 0,
  outcomes: { created: 0, configured: 0, unchanged: 0 }
})

export const get = (state: KindState, id: ObjectId): Tracked => state.tracked.get(id) ?? unknown

/** The two halves of an {@link ObjectId}. */
export const nameOf = (id: ObjectId): { readonly namespace: string; readonly name: string } => {
  const slash = id.indexOf("/")
  return slash === -1 ? { namespace: "", name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) }
}

/** Where two manifests describe it, those of the first: it stays under its rule until one of them goes. */
const gitLabels = ({ claim }: Tracked): Labels | undefined =>
  claim?._tag === "Contested" ? claim.refs[0]?.manifest.labels : claim?.ref.manifest.labels

/** Who decides about an object, as far as it is known. */
export const ownershipOf = (state: KindState, id: ObjectId, tracked: Tracked): Ruleset.Ownership =>
  Ruleset.ownership(state.rules, { ...nameOf(id), git: gitLabels(tracked), live: tracked.live?.labels })

const neverSynced = (state: KindState, id: ObjectId, { claim }: Tracked): Verdict | undefined => {
  if (claim?._tag !== "Declared") return undefined
  const { name, namespace } = nameOf(id)
  const reason = KindScope.neverSynced(state.id, namespace, name, state.spec.own)
  return reason === undefined ? undefined : { _tag: "NeverSynced", reason, ref: claim.ref }
}

/** A definition that is neither established nor refused holds up later stages for this long (milliseconds). */
const patience = 30_000

const applied: ReadonlySet<Verdict["_tag"]> = new Set(["Fought", "InStep", "Pending", "Unready", "Unusable"])

/** Whether we apply it, or have applied it: the record has to hold it. */
const isApplied = (verdict: Verdict) =>
  applied.has(verdict._tag) || (verdict._tag === "Troubled" && verdict.ref !== undefined)

/** Whether something is to be sent for it. */
const isDue = ({ _tag }: Verdict) =>
  _tag === "Pending" || _tag === "Releasing" || _tag === "Restoring" || _tag === "Sourceless"

/** When it has to be judged again although nothing was heard, in milliseconds since the epoch. */
const retryTime = (verdict: Verdict, { fieldHeats, prune }: Tracked, now: number): number | undefined => {
  if (verdict._tag === "Troubled" || verdict._tag === "Unrestored") return verdict.trouble.retryAt
  return verdict._tag === "AwaitsPrune" && prune?._tag === "Sent" ? prune.until : nextEnd(fieldHeats, now)
}

const isForgettable = (tracked: Tracked) =>
  tracked.claim === undefined && tracked.live === undefined && tracked.inFlight === undefined &&
  tracked.finishedJob === undefined && tracked.mirror.underWay === undefined &&
  tracked.mirror.answered === undefined

/** What an earlier life found in step is so still, if both sides are as they were. */
const recalling = (state: KindState, id: ObjectId, known: Tracked, ownership: Ruleset.Ownership): Tracked => {
  if (known.settled !== undefined || known.claim?._tag !== "Declared") return known
  const synced = state.round?.synced.get(state.id)?.get(id)
  return synced === undefined
    ? known
    : recalled(known, synced, wantedDigest(known.claim.ref.manifest.digest, ownership, []))
}

const finishing = (tracked: Tracked, ownership: Ruleset.Ownership, now: number): Tracked => {
  if (tracked.live?.finished !== true || tracked.claim?._tag !== "Declared") return tracked
  const paused = pausedAt(tracked.fieldHeats, now).map(({ path }) => path)
  return noted(tracked, wantedDigest(tracked.claim.ref.manifest.digest, ownership, paused))
}

/** Whether every file of the tip could be read. */
export const isTipComplete = ({ round }: KindState) => round !== undefined && round.tip.index.problems.length === 0

/** Only then is an object that is in no manifest, or not in the cluster, known to be so. */
export const isCertain = (state: KindState) => state.watch._tag === "Live" && isTipComplete(state)

/** Whether the record knows it, as far as we know. */
export const isRecorded = (state: KindState, id: ObjectId) =>
  state.enrolled.has(id) || (state.round?.synced.get(state.id)?.has(id) === true && !state.forgotten.has(id))

/** Whether the record may forget it: nothing of it is ours, and nothing that was sent may still make it so. */
const isDeparted = (state: KindState, id: ObjectId, { inFlight, live, settled }: Tracked, verdict: Verdict) =>
  verdict._tag === "Unclaimed" && isCertain(state) && inFlight === undefined && settled?.seen !== false &&
  (live === undefined || isAnothers(live) || (live.owned === undefined && !live.member)) && isRecorded(state, id)

/** Before the first round nothing is known of what Git wants. */
const verdictOn = (
  state: KindState,
  id: ObjectId,
  tracked: Tracked,
  ownership: Ruleset.Ownership,
  now: number
): Verdict =>
  state.round === undefined ?
    { _tag: "Unclaimed" } :
    judgeRestoring(tracked, ownership, state.round.phase, now) ?? judge(tracked, {
      ownership,
      mode: state.spec.mode,
      isTipComplete: isTipComplete(state),
      isRecorded: isRecorded(state, id),
      isShown: state.mirror.seen.has(id),
      isMirroring: state.round.mirroring._tag === "Open",
      isFirstContact: state.round.isFirstContact,
      protection: (rule) => protection(state.spec, nameOf(id), rule),
      spoiled: spoiledFile(state.round.tip.index, tracked, state.round.synced.get(state.id)?.get(id)),
      isUnchanged: isUnchanged(tracked, state.mirror.recorded.get(id)),
      now
    })

const isListed = ({ watch }: KindState) => watch._tag === "Live"

const notMirroring: Mirroring = { _tag: "Closed", reason: "" }

const mirrored = (
  state: KindState,
  id: ObjectId,
  tracked: Tracked,
  ownership: Ruleset.Ownership,
  now: number
): Tracked =>
  judgeInto(state.mirror, id, tracked, {
    ownership,
    mirroring: state.round?.mirroring ?? notMirroring,
    isSeen: state.mirror.seen.has(id),
    recorded: state.mirror.recorded.get(id),
    isListed: isListed(state),
    isTipComplete: isTipComplete(state),
    isFirstContact: state.round?.isFirstContact === true,
    tip: state.round?.tip.number ?? 0,
    now
  })

const isLeft = (
  verdict: Verdict
): verdict is Extract<Verdict, { readonly _tag: "Restoring" | "Sourceless" | "Unrestored" }> =>
  verdict._tag === "Restoring" || verdict._tag === "Sourceless" || verdict._tag === "Unrestored"

/** What a person has to mend is not waited for. */
const noteUnrestored = (state: KindState, id: ObjectId, verdict: Verdict): void => {
  if (!isLeft(verdict) || verdict.trouble?.cure === "none") state.unrestored.delete(id)
  else state.unrestored.set(id, verdict.trouble?.cure === "commit" ? "failed" : "left")
}

/** An object that both ways concern under one rule counts once, as what has still to be done about it. */
const count = (state: KindState, id: ObjectId, verdict: Verdict): void => {
  // That it is only in Git is what is being put right.
  const onItsWay = isLeft(verdict) ? undefined : state.mirror.verdicts.get(id)
  const [applied, mirrored] = [
    standingOf(id, verdict),
    onItsWay === undefined ? undefined : mirrorStandingOf(id, onItsWay)
  ]
  const isOne = applied !== undefined && applied.rule === mirrored?.rule
  const isMirroredOnly = isOne && (applied.standing === "inStep" || mirrored?.trouble !== undefined)
  Tally.record(state.tally, id, isMirroredOnly ? undefined : applied)
  Tally.record(state.mirror.tally, id, isOne && !isMirroredOnly ? undefined : mirrored)
}

/** Replaces what is known of an object, judges it and notes what follows. Returns the verdict. */
export const put = (state: KindState, id: ObjectId, known: Tracked, now: number): Verdict => {
  const ownership = ownershipOf(state, id, known)
  const recall = recalling(state, id, known, ownership)
  const synced = syncedOf(recall)
  const isNews = synced !== undefined && !sameSynced(recall.saved, synced)
  const finished = finishing(isNews ? { ...recall, saved: synced } : recall, ownership, now)
  const tracked = state.spec.mirrors ? mirrored(state, id, finished, ownership, now) : finished
  if (isNews) state.unsaved.set(id, synced)
  if (tracked.finishedJob !== undefined && tracked.finishedJob !== known.finishedJob)
    state.finished.set(id, tracked.finishedJob)
  const verdict = neverSynced(state, id, tracked) ??
    verdictOn(state, id, tracked, ownership, now)
  count(state, id, verdict)
  noteUnrestored(state, id, verdict)
  state.due.delete(id)
  state.retries.delete(id)
  if (isDue(verdict) && tracked.inFlight === undefined) state.due.add(id)
  if (isApplied(verdict) && !state.enrolled.has(id)) state.unenrolled.add(id)
  else state.unenrolled.delete(id)
  if (verdict._tag === "AwaitsPrune" && !verdict.isUnderWay) state.leaving.add(id)
  else state.leaving.delete(id)
  if (isMissing(tracked, verdict, state.round?.synced.get(state.id)?.get(id))) state.missing.add(id)
  else state.missing.delete(id)
  if (isDeparted(state, id, tracked, verdict)) state.departed.add(id)
  else state.departed.delete(id)
  const retryAt = retryTime(verdict, tracked, now)
  if (retryAt !== undefined) state.retries.set(id, retryAt)
  if (verdict._tag !== "Unready") state.unready.delete(id)
  else if (!state.unready.has(id)) state.unready.set(id, now + patience)
  if (isForgettable(tracked)) {
    state.tracked.delete(id)
    state.verdicts.delete(id)
  } else {
    state.tracked.set(id, tracked)
    state.verdicts.set(id, verdict)
  }
  return verdict
}
