/**
 * The state of one kind: what is known of each object, and which of them are due.
 * Owned and changed by one KindActor only; every function is synchronous and touches only the objects concerned.
 */
import * as Claims from "../manifest/Claims.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import { type KindId, kindId, type ObjectId } from "../manifest/ObjectKey.ts"
import * as KindScope from "../rules/KindScope.ts"
import type { KindRules, Labels } from "../rules/Ruleset.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import type { KindReport, Watch } from "./KindReport.ts"
import type { KindSpec } from "./KindSpec.ts"
import type { Round, Synced } from "./Round.ts"
import { type Stage, stageOf } from "./Stage.ts"
import * as Tally from "./Tally.ts"
import {
  afterGone,
  afterList,
  afterSeen,
  judge,
  type Live,
  recalled,
  syncedOf,
  type Tracked,
  unknown,
  type Verdict
} from "./Tracked.ts"

export interface KindState {
  readonly spec: KindSpec
  readonly id: KindId
  readonly stage: Stage
  readonly tracked: Map<ObjectId, Tracked>
  readonly verdicts: Map<ObjectId, Verdict>
  readonly tally: Tally.Tally
  /** Objects to be applied, in the order in which they became due. */
  readonly due: Set<ObjectId>
  /** Objects that come back by themselves, with the time (milliseconds since the epoch). */
  readonly retries: Map<ObjectId, number>
  /** Objects that Git holds no longer and whose deletion was not asked for yet. */
  readonly leaving: Set<ObjectId>
  /** Found in step, and not told to the record yet. */
  unsaved: Map<ObjectId, Synced>
  /** Definitions that the cluster has not taken into use yet, and until when (milliseconds since the epoch) later stages wait for them. */
  readonly unready: Map<ObjectId, number | undefined>
  readonly inFlight: Set<ObjectId>
  /** Keys that the record is known to hold. */
  readonly enrolled: Set<ObjectId>
  /** Keys that have to be in the record before they are applied. */
  readonly unenrolled: Set<ObjectId>
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
  due: new Set(),
  retries: new Map(),
  leaving: new Set(),
  unsaved: new Map(),
  unready: new Map(),
  inFlight: new Set(),
  enrolled: new Set(),
  unenrolled: new Set(),
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

const gitLabels = (tracked: Tracked): Labels | undefined =>
  tracked.claim?._tag === "Declared" ? tracked.claim.ref.manifest.labels : undefined

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

const isForgettable = (tracked: Tracked) =>
  tracked.claim === undefined && tracked.live === undefined && tracked.inFlight === undefined &&
  tracked.finishedJob === undefined

/** Replaces what is known of an object, judges it and notes what follows. Returns the verdict. */
export const put = (state: KindState, id: ObjectId, known: Tracked, now: number): Verdict => {
  const recall = recalled(known, state.round?.synced.get(state.id)?.get(id))
  const synced = syncedOf(recall)
  const isNews = synced !== undefined &&
    !(recall.saved?.payload === synced.payload && recall.saved.owned === synced.owned)
  const tracked = isNews ? { ...recall, saved: synced } : recall
  if (isNews) state.unsaved.set(id, synced)
  const verdict = neverSynced(state, id, tracked) ??
    judge(tracked, ownershipOf(state, id, tracked), state.spec.mode, now)
  Tally.record(state.tally, id, state.verdicts.get(id), verdict)
  state.due.delete(id)
  state.retries.delete(id)
  if (verdict._tag === "Pending" && tracked.inFlight === undefined) state.due.add(id)
  if (verdict._tag === "AwaitsPrune" && verdict.withheld === undefined) state.leaving.add(id)
  else state.leaving.delete(id)
  if (verdict._tag === "Troubled") state.retries.set(id, verdict.trouble.retryAt)
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

const sameClaim = (a: Claims.Claim | undefined, b: Claims.Claim | undefined) => {
  if (a === b) return true
  if (a?._tag === "Declared" && b?._tag === "Declared")
    return a.ref.manifest === b.ref.manifest && a.ref.path === b.ref.path
  return false
}

/** Jobs that finished, perhaps before this process began, and are gone. */
const recallFinished = (state: KindState, finished: ReadonlyMap<ObjectId, string>, now: number): void => {
  for (const [id, digest] of finished) {
    const tracked = get(state, id)
    if (tracked.live === undefined && tracked.finishedJob !== digest)
      put(state, id, { ...tracked, finishedJob: digest }, now)
  }
}

/** Another tip may let go what the one before did not. */
const askAgain = (state: KindState, now: number): void => {
  for (const id of Array.from(state.tally.troubles.keys())) {
    const tracked = get(state, id)
    if (tracked.withheld !== undefined) put(state, id, { ...tracked, withheld: undefined }, now)
  }
}

/** What we apply, or have applied: the record has to hold it. */
const applied: ReadonlySet<Verdict["_tag"]> = new Set(["InStep", "Pending", "Troubled", "Unready", "Unusable"])

/** Takes up a round: a new tip, a new rule set, or a stage that opened. */
export const onRound = (state: KindState, round: Round, now: number): void => {
  const rulesChanged = state.round?.ruleset.number !== round.ruleset.number
  const refs = round.tip.index.kinds.get(state.id) ?? []
  const refsChanged = refs !== state.refs
  const isNewTerm = state.round?.synced !== round.synced
  const isNewTip = state.round?.tip !== round.tip
  state.round = round
  if (state.id === "Job.batch") recallFinished(state, round.finishedJobs, now)
  if (rulesChanged) state.rules = Ruleset.forKind(round.ruleset, state.spec.kind)
  if (isNewTerm) { for (const id of Array.from(state.due)) put(state, id, get(state, id), now) }
  if (isNewTip) askAgain(state, now)
  if (!rulesChanged && !refsChanged) return
  state.refs = refs
  const claims = Claims.claims(refs, state.spec.kind.namespaced, state.spec.defaultNamespace)
  for (const id of new Set([...state.tracked.keys(), ...claims.keys()])) {
    const tracked = get(state, id)
    const claim = claims.get(id)
    if (!rulesChanged && sameClaim(tracked.claim, claim)) continue
    const verdict = put(state, id, { ...tracked, claim, withheld: undefined }, now)
    const ours = claim?._tag === "Declared" && applied.has(verdict._tag)
    if (ours && !state.enrolled.has(id)) state.unenrolled.add(id)
    else if (!ours) state.unenrolled.delete(id)
  }
}

export const onListing = (state: KindState): void => {
  state.unlisted = new Set([...state.tracked].filter(([, tracked]) => tracked.live !== undefined).map(([id]) => id))
  state.watch = { _tag: "Listing" }
}

export const onSeen = (state: KindState, id: ObjectId, live: Live, now: number): Verdict => {
  state.unlisted?.delete(id)
  return put(state, id, afterSeen(get(state, id), live), now)
}

export const onGone = (state: KindState, id: ObjectId, now: number): Verdict => {
  state.unlisted?.delete(id)
  return put(state, id, afterGone(get(state, id)), now)
}

/** A list is complete: whatever it did not show is gone. */
export const onListed = (state: KindState, now: number): void => {
  for (const id of state.unlisted ?? []) put(state, id, afterGone(get(state, id)), now)
  state.unlisted = undefined
  state.watch = { _tag: "Live" }
  for (const [id, tracked] of state.tracked) {
    const listed = afterList(tracked)
    if (listed !== tracked) put(state, id, listed, now)
  }
}

/** Judges again what has waited long enough, and lets nothing wait for a definition any longer that takes too long. */
export const onTime = (state: KindState, now: number): void => {
  for (const [id, at] of Array.from(state.retries)) if (at <= now) put(state, id, get(state, id), now)
  for (const [id, until] of state.unready) if (until !== undefined && until <= now) state.unready.set(id, undefined)
}

export const onInterrupted = (state: KindState, reason: string): void => {
  state.watch = { _tag: "Interrupted", reason }
}

export const onResumed = (state: KindState): void => {
  state.watch = { _tag: "Live" }
}

/** Tries again at once what waits for a namespace that has appeared. */
export const onNamespace = (state: KindState, namespace: string, now: number): void => {
  for (const id of Array.from(state.retries.keys())) {
    const tracked = get(state, id)
    if (tracked.trouble?.cure === "namespace" && nameOf(id).namespace === namespace)
      put(state, id, { ...tracked, trouble: undefined }, now)
  }
}

/** The deletion of an object was asked for, and is not given. */
export const onWithheld = (state: KindState, id: ObjectId, withheld: string, now: number): void => {
  put(state, id, { ...get(state, id), withheld }, now)
}

const enrollAgainAfter = 1000

/** The record was asked to hold these keys. */
export const onEnrolled = (state: KindState, ids: ReadonlyArray<ObjectId>, held: boolean, now: number): void => {
  state.enrolling = false
  if (!held) {
    state.enrollAt = now + enrollAgainAfter
    return
  }
  for (const id of ids) {
    state.unenrolled.delete(id)
    state.enrolled.add(id)
  }
}

/** When something has to be looked at although nothing was heard, in milliseconds since the epoch. */
export const nextWake = (state: KindState): number | undefined => {
  let next: number | undefined = state.unenrolled.size > 0 && !state.enrolling && state.enrollAt > 0
    ? state.enrollAt
    : undefined
  for (const times of [state.retries, state.unready])
    for (const at of times.values()) if (at !== undefined && (next === undefined || at < next)) next = at
  return next
}

/** Whether the record has to be asked now. */
export const mustEnroll = (state: KindState, now: number): boolean =>
  !state.enrolling && state.unenrolled.size > 0 && state.round?.phase._tag === "Syncing" && now >= state.enrollAt

export const isOpen = (state: KindState): boolean =>
  state.round?.openStage !== undefined && state.round.openStage >= state.stage

/** Whether something is left that this kind can do by itself. */
export const isBusy = (state: KindState): boolean =>
  state.watch._tag === "Listing" || state.due.size > 0 || state.inFlight.size > 0 ||
  [...state.unready.values()].some((until) => until !== undefined)

export const report = (state: KindState): KindReport => ({
  kind: state.id,
  stage: state.stage,
  watch: state.watch,
  round: state.round?.number ?? -1,
  busy: isBusy(state),
  rules: Tally.ruleTallies(state.tally),
  troubles: Tally.worst(state.tally),
  troubleCount: state.tally.troubles.size
})
