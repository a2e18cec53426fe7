/**
 * What the Coordinator does about the record: reads it for a new term, and writes it before anything it must hold first.
 * Requests that came together are written together.
 */
import { Cause, Clock, Deferred, Effect } from "effect"
import { RecordUnwritten } from "../kind/Coordination.ts"
import { Writer } from "../kubernetes/Writer.ts"
import * as Admission from "./Admission.ts"
import { clusterId } from "./ClusterId.ts"
import type { CoordinatorState, RecordState } from "./CoordinatorState.ts"
import * as Gathering from "./Gathering.ts"
import * as Record from "./Record.ts"
import { RecordStore } from "./RecordStore.ts"

export interface RecordKeepingOptions {
  /** `namespace/name` of the record's head. */
  readonly record: string
  /** The repository without credentials. */
  readonly repository: string
  readonly gitPath: string
}

const replyAll = (state: CoordinatorState, failure: RecordUnwritten | undefined) =>
  Effect.forEach(
    state.enrolls,
    ({ reply }) => failure === undefined ? Deferred.succeed(reply, undefined) : Deferred.fail(reply, failure),
    { discard: true }
  )

const knownOf = (record: RecordState): Record.Inventory => {
  switch (record._tag) {
    case "Loaded":
      return record.record.inventory
    case "Unread":
      return record.known
    case "Unusable":
      return new Map()
  }
}

/** Milliseconds between two attempts after a failure. */
export const retryAfter = 1000

const withJobs = (head: Record.Head, jobs: ReadonlyMap<string, string>): Record.Head =>
  [...jobs].every(([id, digest]) => head.finishedJobs[id] === digest)
    ? head
    : { ...head, finishedJobs: { ...head.finishedJobs, ...Object.fromEntries(jobs) } }

const withSynced = (head: Record.Head, state: CoordinatorState): Record.Head => {
  const commit = state.git.tip?.commit
  return state.settledRound !== state.round || commit === undefined || head.lastSynced === commit
    ? head
    : { ...head, lastSynced: commit }
}

/** The record as it should be, the same value when nothing is missing. */
const wanted = (record: Record.Record, state: CoordinatorState): Record.Record => {
  const enrolled = state.enrolls.reduce(
    (held, { ids, kind }) => Record.widen(held, kind, ids.map((id) => [id, undefined] as const)),
    record.inventory
  )
  const inventory = state.settledRound === state.round
    ? Record.narrow(Record.merge(enrolled, Gathering.inventoryOf(state.synced)), state.departed)
    : enrolled
  const head = withJobs(withSynced(record.head, state), state.finishedJobs)
  return inventory === record.inventory && head === record.head ? record : { head, inventory }
}

export const make = Effect.fnUntraced(function*(options: RecordKeepingOptions) {
  const store = yield* RecordStore
  const writer = yield* Writer

  let notBefore = 0

  const read = Effect.fnUntraced(function*(branch: string, term: number, known: Record.Inventory) {
    const cluster = yield* clusterId(writer)
    const here: Admission.Here = {
      record: options.record,
      cluster,
      source: { repository: options.repository, branch, gitPath: options.gitPath }
    }
    const stored = yield* store.load
    if (stored === undefined) {
      const { head } = Admission.firstContact(here, term)
      return { _tag: "Loaded", stored, record: { head, inventory: known }, found: known } satisfies RecordState
    }
    const objection = Admission.objection(stored.record, here)
    if (objection !== undefined) return { _tag: "Unusable", reason: objection.message } satisfies RecordState
    const record: Record.Record = {
      head: { ...stored.record.head, term },
      inventory: Record.merge(stored.record.inventory, known)
    }
    return { _tag: "Loaded", stored, record, found: record.inventory } satisfies RecordState
  })

  const load = Effect.fnUntraced(function*(state: CoordinatorState) {
    const { git: { tip }, standing } = state
    if (tip === undefined || standing._tag !== "Leading" || state.record._tag !== "Unread") return state
    if ((yield* Clock.currentTimeMillis) < notBefore) return state
    const record: RecordState = yield* read(tip.branch, standing.term, state.record.known).pipe(
      Effect.catchTag(
        "RecordUnreadable",
        (error) => Effect.succeed({ _tag: "Unusable", reason: error.message } as const)
      )
    )
    if (record._tag === "Unusable") yield* Effect.logError(record.reason)
    return { ...state, record }
  })

  const save = Effect.fnUntraced(function*(state: CoordinatorState) {
    if (state.record._tag !== "Loaded") return state
    const { found, record, stored } = state.record
    const next = wanted(record, state)
    const unwritten = stored === undefined ? state.enrolls.length > 0 : next !== record
    if (unwritten) {
      const written = yield* store.save(next, stored)
      yield* replyAll(state, undefined)
      const loaded: RecordState = { _tag: "Loaded", stored: written, record: written.record, found }
      const told = state.settledRound === state.round ? { synced: Gathering.nothing, departed: new Map() } : {}
      return { ...state, ...told, record: loaded, enrolls: [] }
    }
    yield* replyAll(state, undefined)
    return { ...state, enrolls: [] }
  })

  const onFailure = Effect.fnUntraced(function*(state: CoordinatorState, message: string) {
    yield* Effect.logWarning(`The record ${options.record} could not be read or written: ${message}`)
    yield* replyAll(state, new RecordUnwritten({ message }))
    notBefore = (yield* Clock.currentTimeMillis) + retryAfter
    const record: RecordState = { _tag: "Unread", known: knownOf(state.record) }
    return { ...state, record, enrolls: [] }
  })

  /** Reads or writes the record as far as the state asks for it. After a failure it is read again; who asked is told. */
  const attend = (state: CoordinatorState): Effect.Effect<CoordinatorState> =>
    load(state).pipe(
      Effect.flatMap(save),
      Effect.catch((failure) => onFailure(state, failure.message)),
      Effect.tapCause((cause) => replyAll(state, new RecordUnwritten({ message: String(Cause.squash(cause)) })))
    )

  return { attend }
})
