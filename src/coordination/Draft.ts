/** What the record has to say next: everything that the Coordinator was told and that is due, and what follows from it. Pure. */
import { Duration } from "effect"
import { deletesFrom, type Side, sides, type Wish } from "./Account.ts"
import { type CoordinatorState, type RecordState } from "./CoordinatorState.ts"
import * as Gathering from "./Gathering.ts"
import * as HeldDeletions from "./HeldDeletions.ts"
import { judge, type Verdict } from "./Judging.ts"
import { isLatchedAnew, latchedBy } from "./Latching.ts"
import * as ObjectMap from "./ObjectMap.ts"
import * as Progress from "./Progress.ts"
import * as Record from "./Record.ts"
import { nextPhase } from "./restoring/nextPhase.ts"
import type { ClusterStanding } from "./standingOf.ts"

export type Loaded = Extract<RecordState, { readonly _tag: "Loaded" }>

/** How long what was mirrored may wait to be written, in milliseconds. */
export const mirroredWait = 3000

const namespaces = "Namespace"

/** Whether a namespace is to go while something that was in it has not been asked for yet: they are one set. */
const awaitsContents = ({ asked, record }: CoordinatorState): boolean => {
  if (record._tag !== "Loaded") return false
  const gone = asked.flatMap(({ removal: { id, kind } }) => kind === namespaces ? [`${id}/`] : [])
  const isAsked = new Set(asked.map(({ removal: { id, kind } }) => `${kind} ${id}`))
  return gone.some((prefix) =>
    ObjectMap.entriesOf(record.record.seen).some(({ id, kind }) =>
      id.startsWith(prefix) && !isAsked.has(`${kind} ${id}`)
    )
  )
}

/** When the removals that were asked for are judged: none came for a while, or the first has waited long enough. */
export const judgedAt = (state: CoordinatorState): number | undefined => {
  const { asked, options: { gathering } } = state
  const [first, last] = [asked.at(0), asked.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const latest = first.at + Duration.toMillis(gathering.maxAge)
  return awaitsContents(state) ? latest : Math.min(last.at + Duration.toMillis(gathering.quiet), latest)
}

/**
 * When the deletions in the cluster that were asked for are judged: once every kind has done what it can, so that all that is new is there and
 * all that is to go was asked for, and it is known whether the branch has grown from what was synced.
 */
export const deletionsJudgedAt = (state: CoordinatorState): number | undefined => {
  const { ancestry, deletions: { asked }, options: { gathering }, progress, round } = state
  const last = asked.at(-1)
  const isKnown = ancestry !== undefined && ancestry.answer !== "Unknown"
  return last === undefined || !isKnown || !Progress.isSettled(progress, round)
    ? undefined
    : last.at + Duration.toMillis(gathering.quiet)
}

/** The sides on which what was asked for is judged now. */
export const judgedNow = (state: CoordinatorState, now: number): ReadonlyArray<Side> => {
  const due = { git: judgedAt(state), cluster: deletionsJudgedAt(state) }
  return sides.filter((side) => now >= (due[side] ?? Infinity))
}

const isSettled = ({ round, settledRound }: CoordinatorState) => settledRound === round

/** Whether what was mirrored is written now. */
export const flushes = (state: CoordinatorState, isJudging: boolean, now: number): boolean =>
  state.mirroredSince !== undefined &&
  (isJudging || isSettled(state) || state.intents.length > 0 || now - state.mirroredSince >= mirroredWait)

const inventoryOf = (record: Record.Record, state: CoordinatorState): Record.Inventory => {
  const enrolled = state.enrolls.reduce(
    (held, { ids, kind }) => Record.widen(held, kind, ids.map((id) => [id, undefined] as const)),
    record.inventory
  )
  return isSettled(state)
    ? ObjectMap.narrow(Record.merge(enrolled, Gathering.all(state.synced)), state.departed)
    : enrolled
}

const withObjects = (record: Record.Record, state: CoordinatorState, isFlushing: boolean): Record.Record => {
  const inventory = inventoryOf(record, state)
  const shown = state.sees.reduce((seen, { ids, kind }) => Record.see(seen, kind, ids), record.seen)
  const seen = isFlushing
    ? ObjectMap.narrow(Record.mirror(shown, Gathering.all(state.mirrored)), state.unseen)
    : shown
  return inventory === record.inventory && seen === record.seen ? record : { ...record, inventory, seen }
}

/** Objects of which something was told, so that no removal waits for them any more. */
const toldOf = (state: CoordinatorState, isFlushing: boolean): ObjectMap.ObjectSet => {
  const told = new Map<string, Set<string>>()
  const add = (kind: string, ids: Iterable<string>) => {
    const set = told.get(kind) ?? new Set()
    for (const id of ids) set.add(id)
    told.set(kind, set)
  }
  for (const { ids, kind } of state.sees) add(kind, ids)
  if (!isFlushing) return told
  for (const [kind, entries] of Gathering.all(state.mirrored)) add(kind, entries.keys())
  for (const [kind, ids] of state.unseen) add(kind, ids)
  return told
}

const hasAll = (held: Readonly<globalThis.Record<string, string>>, wanted: ReadonlyMap<string, string>) =>
  [...wanted].every(([key, value]) => held[key] === value)

const withJobs = (head: Record.Head, { finishedJobs }: CoordinatorState): Record.Head =>
  hasAll(head.finishedJobs, finishedJobs)
    ? head
    : { ...head, finishedJobs: { ...head.finishedJobs, ...Object.fromEntries(finishedJobs) } }

const withDefinitions = (head: Record.Head, { definitions }: CoordinatorState): Record.Head =>
  hasAll(head.definitions ?? {}, definitions)
    ? head
    : { ...head, definitions: { ...head.definitions, ...Object.fromEntries(definitions) } }

const withSynced = (head: Record.Head, state: CoordinatorState): Record.Head => {
  const commit = state.git.tip?.commit
  // Else nobody would ask any more, after a restart, whether the branch has grown from what was synced before.
  const isKnown = state.ancestry !== undefined && state.ancestry.answer !== "Unknown"
  return !isKnown || !isSettled(state) || commit === undefined || head.lastSynced === commit
    ? head
    : { ...head, lastSynced: commit }
}

const withRival = (head: Record.Head, standing: ClusterStanding | undefined): Record.Head => {
  if (standing === undefined || standing.rival === head.rival) return head
  const { rival: _, ...rest } = head
  return standing.rival === undefined ? rest : { ...rest, rival: standing.rival }
}

/** Git names us now, as a person wanted: what we saw while it was another's says nothing of what it holds. */
const tookOver = (record: Record.Record, { git: { tip }, options: { stateNamespace } }: CoordinatorState): boolean =>
  record.head.takesOver !== undefined && tip?.named._tag === "Named" && tip.named.cluster === record.head.cluster &&
  tip.named.stateNamespace === stateNamespace

const afterTakeOver = (record: Record.Record): Record.Record => {
  const { takesOver: _, ...head } = record.head
  return { ...record, head, seen: new Map(), removals: new Map() }
}

export interface Draft {
  readonly record: Record.Record
  readonly isFlushing: boolean
  readonly tookOver: boolean
  readonly isConfirmed: boolean
  readonly objection: string | undefined
  /** Of what was asked for on each side, when it was judged. */
  readonly verdicts: { readonly [S in Side]?: ReadonlyArray<Verdict> }
}

const wishesOn = ({ asked, deletions }: CoordinatorState, side: Side): ReadonlyArray<Wish> =>
  side === "git"
    ? asked.map(({ removal: { document, ...removal } }) => ({ ...removal, basis: document }))
    : deletions.asked.map(({ deletion: { uid, ...deletion } }) => ({ ...deletion, basis: uid, goneWith: undefined }))

/** What was to be deleted in the cluster and isn't ours any more, or, once all is settled, is wanted no more. */
const withdrawnDeletions = (record: Record.Record, state: CoordinatorState): Record.Record => {
  const { deletions, departed, progress, round } = state
  const left = HeldDeletions.withdraw(record, "cluster", departed)
  const wanted = deletions.round === round ? deletions.wanted : new Map()
  return Progress.isSettled(progress, round)
    ? HeldDeletions.narrow(left, "cluster", progress.expected, wanted)
    : left
}

/** First it is seen whether the world is still the one of which a person said something; until that is known, what was said waits. */
const answered = (record: Record.Record, state: CoordinatorState, took: boolean, now: number): HeldDeletions.Answer => {
  const { ancestry = { of: undefined, answer: "Unknown" }, git: { tip }, options: { name }, ruleset, trailers } = state
  const known = took ? { ...ancestry, answer: "Proved" as const } : ancestry
  const among = sides.filter((side) => deletesFrom(ruleset, side))
  const latched = tip === undefined ? record : latchedBy(record, among, tip, known)
  if (isLatchedAnew(record, latched)) return HeldDeletions.answerOfBefore(latched)
  return known.answer === "Unknown"
    ? { record: latched, isConfirmed: false, objection: undefined }
    : HeldDeletions.answer(latched, trailers, name, now)
}

/** The record as it should be, the same value when nothing is missing. */
export const draft = (
  state: CoordinatorState,
  { record: before }: Loaded,
  standing: ClusterStanding | undefined,
  judging: ReadonlyArray<Side>,
  now: number
): Draft => {
  const isFlushing = flushes(state, judging.includes("git"), now)
  const shown = HeldDeletions.withdraw(withObjects(before, state, isFlushing), "git", toldOf(state, isFlushing))
  const told = withdrawnDeletions(shown, state)
  const head = [withJobs, withDefinitions, withSynced].reduce(
    (head, step) => step(head, state),
    withRival(nextPhase(told.head, state, standing, now), standing)
  )
  const took = tookOver(told, state)
  const written = head === told.head ? told : { ...told, head }
  const ours = took ? afterTakeOver(written) : written
  const answer = answered(ours, state, took, now)
  const circumstances = { limits: state.options.deletions, commit: state.git.tip?.commit, now }
  return judging.reduce<Draft>(
    (drafted, side) => {
      const { record, verdicts } = judge(drafted.record, side, wishesOn(state, side), circumstances)
      return { ...drafted, record, verdicts: { ...drafted.verdicts, [side]: verdicts } }
    },
    { ...answer, isFlushing, tookOver: took, verdicts: {} }
  )
}
