/**
 * How the state of a kind changes with what it hears: rounds, watch events, answers and time. Every function touches only the objects
 * concerned, and leaves what is due to be read from the state.
 */
import * as Claims from "../manifest/Claims.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import { cold } from "./fights/FieldHeat.ts"
import { isWhollyGits } from "./GitScope.ts"
import { get, isCertain, isRecorded, isTipComplete, type KindState, nameOf, ownershipOf, put } from "./KindState.ts"
import * as MirrorFolding from "./mirroring/MirrorFolding.ts"
import { afterEdit } from "./mirroring/MirrorMemory.ts"
import { shownTip } from "./mirroring/shownTip.ts"
import { askedAgain } from "./pruning/PruneMemory.ts"
import type { Round } from "./Round.ts"
import { afterGone, afterList, afterSeen, type Live } from "./Tracked.ts"
import type { Verdict } from "./Verdict.ts"

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

/** Another tip, or a person, may let go what was held. */
const askAgain = (state: KindState, now: number): void => {
  for (const id of Array.from(state.tally.troubles.keys())) {
    const tracked = get(state, id)
    if (tracked.prune?._tag === "Held" || tracked.claim === undefined)
      put(state, id, { ...tracked, prune: askedAgain(tracked.prune) }, now)
  }
}

/** Whether an object is in no manifest is known again, or not known any more. */
const judgeUndeclared = (state: KindState, now: number): void => {
  for (const [id, tracked] of Array.from(state.tracked))
    if (tracked.claim === undefined) put(state, id, tracked, now)
}

/** What only Git has is to be brought back, or no more. */
const judgeAll = (state: KindState, now: number): void => {
  for (const [id, tracked] of Array.from(state.tracked)) put(state, id, tracked, now)
}

/** Another leader may have written the record since: what it holds, and so what is ours, is asked anew. */
const readAgain = (state: KindState, now: number): void => {
  state.enrolled.clear()
  state.forgotten.clear()
  for (const [id, tracked] of Array.from(state.tracked)) put(state, id, tracked, now)
}

/** What the record knows, and neither Git nor the cluster has any more. */
const departUnknown = (state: KindState): void => {
  if (!isCertain(state)) return
  for (const id of state.round?.synced.get(state.id)?.keys() ?? [])
    if (!state.tracked.has(id) && isRecorded(state, id)) state.departed.add(id)
}

const pathOf = (claim: Claims.Claim | undefined): string | undefined =>
  claim?._tag === "Declared" ? claim.ref.path : claim?.refs[0]?.path

const declare = (state: KindState, refs: ReadonlyArray<ManifestRef>, rulesChanged: boolean, now: number): void => {
  state.refs = refs
  const claims = Claims.claims(refs, state.spec.kind.namespaced, state.spec.defaultNamespace)
  for (const id of new Set([...state.tracked.keys(), ...claims.keys()])) {
    const tracked = get(state, id)
    const claim = claims.get(id)
    const isEdited = !sameClaim(tracked.claim, claim)
    if (!rulesChanged && !isEdited) continue
    const { tip } = state.round ?? {}
    const mirror = isEdited && state.spec.mirrors && tip !== undefined
      ? afterEdit(tracked.mirror, shownTip(tip))
      : tracked.mirror
    const leftFrom = claim === undefined ? pathOf(tracked.claim) ?? tracked.leftFrom : undefined
    put(state, id, { ...tracked, claim, leftFrom, prune: askedAgain(tracked.prune), fieldHeats: cold, mirror }, now)
  }
}

/** Takes up a round: a new tip, a new rule set, or a stage that opened. */
export const onRound = (state: KindState, round: Round, now: number): void => {
  const moved = state.round?.ruleset !== round.ruleset
  const rulesChanged = state.round?.ruleset.number !== round.ruleset.number
  const refs = round.tip.index.kinds.get(state.id) ?? []
  const refsChanged = refs !== state.refs
  const isNewTerm = state.round?.synced !== round.synced
  const isNewTip = state.round?.tip !== round.tip
  const before = state.round
  const hadRound = state.round !== undefined
  const wasComplete = isTipComplete(state)
  state.round = round
  if (state.id === "Job.batch") recallFinished(state, round.finishedJobs, now)
  if (moved) state.rules = Ruleset.forKind(round.ruleset, state.spec.kind)
  if (isNewTerm && hadRound) readAgain(state, now)
  if (isNewTip || before?.confirmed !== round.confirmed) askAgain(state, now)
  if (rulesChanged || refsChanged) declare(state, refs, rulesChanged, now)
  if (wasComplete !== isTipComplete(state)) judgeUndeclared(state, now)
  if (before !== undefined && (before.phase._tag === "Restoring") !== (round.phase._tag === "Restoring"))
    judgeAll(state, now)
  departUnknown(state)
  MirrorFolding.onRound(state, before, round, now)
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
    if (listed !== tracked || tracked.claim === undefined) put(state, id, listed, now)
  }
  departUnknown(state)
  MirrorFolding.onCertain(state, now)
}

/** Takes what the record may forget, to tell it. */
export const takeDeparted = (state: KindState): ReadonlyArray<ObjectId> => {
  if (state.departed.size === 0 || state.round?.phase._tag !== "Syncing") return []
  const ids = [...state.departed]
  for (const id of ids) {
    state.enrolled.delete(id)
    state.forgotten.add(id)
  }
  state.departed.clear()
  return ids
}

/** Takes which Jobs finished, to tell the record. */
export const takeFinished = (state: KindState): ReadonlyMap<ObjectId, string> => {
  const { finished } = state
  state.finished = new Map()
  return finished
}

/** What the schema of the kind says of fields has changed: what it matters to is looked at again. */
export const onSchema = (state: KindState, now: number): void => {
  for (const [id, tracked] of Array.from(state.tracked)) {
    if (tracked.claim?._tag !== "Declared" || isWhollyGits(ownershipOf(state, id, tracked))) continue
    put(state, id, { ...tracked, settled: undefined, trouble: undefined }, now)
  }
}

/** Judges again what has waited long enough, and lets nothing wait for a definition any longer that takes too long. */
export const onTime = (state: KindState, now: number): void => {
  for (const [id, at] of Array.from(state.retries)) if (at <= now) put(state, id, get(state, id), now)
  for (const [id, until] of state.unready) if (until !== undefined && until <= now) state.unready.set(id, undefined)
  MirrorFolding.onTime(state, now)
}

export const onInterrupted = (state: KindState, reason: string): void => {
  state.watch = { _tag: "Interrupted", reason }
}

export const onResumed = (state: KindState, now: number): void => {
  state.watch = { _tag: "Live" }
  judgeUndeclared(state, now)
  departUnknown(state)
  MirrorFolding.onCertain(state, now)
}

/** Tries again at once what waits for a namespace that has appeared. */
export const onNamespace = (state: KindState, namespace: string, now: number): void => {
  for (const id of Array.from(state.retries.keys())) {
    const tracked = get(state, id)
    if (tracked.trouble?.cure === "namespace" && nameOf(id).namespace === namespace)
      put(state, id, { ...tracked, trouble: undefined }, now)
  }
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
    state.forgotten.delete(id)
    state.enrolled.add(id)
  }
}
