/**
 * What the Coordinator does about the record: reads it for a new term and before anything is granted, and writes it before anything it must
 * hold first. Requests that came together are written together.
 */
import { Cause, Clock, Deferred, Effect } from "effect"
import { RecordUnwritten } from "../kind/Coordination.ts"
import { Writer } from "../kubernetes/Writer.ts"
import type { Side } from "./Account.ts"
import { admit, type Here, toBeRead } from "./Admission.ts"
import { clusterId } from "./ClusterId.ts"
import { clusterStandingOf, type CoordinatorState, needsRecord, writesToGit } from "./CoordinatorState.ts"
import * as DeletionAnswers from "./DeletionAnswers.ts"
import { draft, judgedNow } from "./Draft.ts"
import { heldIn } from "./HeldDeletions.ts"
import { serialOf } from "./Record.ts"
import * as RecordNews from "./RecordNews.ts"
import { RecordStore } from "./RecordStore.ts"
import * as RemovalAnswers from "./RemovalAnswers.ts"

/** Milliseconds between two attempts after a failure. */
export const retryAfter = 1000

/** Milliseconds between two looks for what a person says, while something waits for that. */
export const personAfter = 2000

const replyAll = ({ enrolls, intents, sees }: CoordinatorState, failure: RecordUnwritten | undefined) =>
  Effect.forEach(
    [...enrolls, ...intents, ...sees],
    ({ reply }) => failure === undefined ? Deferred.succeed(reply, undefined) : Deferred.fail(reply, failure),
    { discard: true }
  )

/** Whether something goes on only when a person says so. */
export const awaitsPerson = (state: CoordinatorState): boolean => {
  if (state.record._tag !== "Loaded") return false
  const standing = clusterStandingOf(state)
  const isShut = standing?.mirroring._tag === "Closed" && standing.mirroring.reason !== ""
  return isShut || heldIn(state.record.record).length > 0
}

const refuseAll = (state: CoordinatorState, reason: string) =>
  Effect.flatMap(RemovalAnswers.refuseAll(state, reason), (left) => DeletionAnswers.refuseAll(left, reason))

const isBegunAnew = (state: CoordinatorState): boolean =>
  state.record._tag === "Loaded" && state.record.stored === undefined && state.git.tip?.named._tag === "Named" &&
  state.git.tip.named.cluster === state.record.record.head.cluster && writesToGit(state.ruleset)

export const make = Effect.gen(function*() {
  const store = yield* RecordStore
  const writer = yield* Writer
  let notBefore = 0
  let lookedAt = 0

  const read = Effect.fnUntraced(function*(state: CoordinatorState, branch: string) {
    const { gitPath, record, repository } = state.options
    const here: Here = { record, cluster: yield* clusterId(writer), source: { repository, branch, gitPath } }
    const known = yield* store.load.pipe(
      Effect.map((stored) => admit(state, stored, here)),
      Effect.catchTag(
        "RecordUnreadable",
        (error) => Effect.succeed({ _tag: "Unusable", reason: error.message } as const)
      )
    )
    if (known._tag === "Unusable") yield* Effect.logError(known.reason)
    return RecordNews.wasRead(state, known)
  })

  const load = Effect.fnUntraced(function*(state: CoordinatorState) {
    const { git: { tip } } = state
    if (tip === undefined || !needsRecord(state) || (yield* Clock.currentTimeMillis) < notBefore) return state
    const after = yield* read(state, tip.branch)
    if (isBegunAnew(after)) {
      yield* Effect.logWarning(
        `Git names this cluster, but its record ${state.options.record} is not there: it is begun anew. What only Git has stays there`
      )
    }
    return after
  })

  /** What a person wrote into the record. */
  const listen = Effect.fnUntraced(function*(state: CoordinatorState, now: number) {
    const { git: { tip }, record } = state
    if (tip === undefined || record._tag !== "Loaded" || record.stored === undefined) return state
    if (!awaitsPerson(state) || now < lookedAt + personAfter) return state
    lookedAt = now
    return (yield* store.isCurrent(record.stored)) ? state : yield* read(state, tip.branch)
  })

  /** Reads the record before anything is granted: one that lost something since grants nothing now. */
  const verify = Effect.fnUntraced(function*(state: CoordinatorState) {
    const { git: { tip }, record: before } = state
    if (tip === undefined || before._tag !== "Loaded") return state
    const next = yield* read(state, tip.branch)
    return next.record._tag === "Loaded" && next.record.found === before.found
      ? next
      : yield* refuseAll(next, RemovalAnswers.recordLost)
  })

  const save = Effect.fnUntraced(function*(state: CoordinatorState, judging: ReadonlyArray<Side>, now: number) {
    if (state.record._tag !== "Loaded") return state
    const { record, stored } = state.record
    const standing = clusterStandingOf(state)
    const next = draft(state, state.record, standing, judging, now)
    const isNeeded = state.enrolls.length > 0 || state.sees.length > 0 || state.intents.length > 0 ||
      judging.length > 0 ||
      standing?.step === "WriteRecord" || standing?.step === "WriteUndecided"
    const isPutBack = serialOf(record.head) > (stored === undefined ? 0 : serialOf(stored.record.head))
    const unwritten = isPutBack || (stored === undefined ? isNeeded : next.record !== record)
    const written = unwritten ? yield* store.save(next.record, stored) : stored
    yield* replyAll(state, undefined)
    yield* RemovalAnswers.answerAll(state, next)
    yield* DeletionAnswers.answerAll(state, next)
    const after = written === undefined ? state : RecordNews.wasWritten(state, state.record, next, written)
    return { ...after, enrolls: [], intents: [], sees: [] }
  })

  const onFailure = Effect.fnUntraced(function*(state: CoordinatorState, message: string) {
    const told = `record ${state.options.record} could not be read or written: ${message}`
    yield* Effect.logWarning(`The ${told}`)
    yield* replyAll(state, new RecordUnwritten({ message }))
    notBefore = (yield* Clock.currentTimeMillis) + retryAfter
    const refused = yield* refuseAll(state, `the ${told}`)
    return { ...refused, record: toBeRead(state.record), enrolls: [], intents: [], sees: [] }
  })

  const once = Effect.fnUntraced(function*(before: CoordinatorState) {
    const now = yield* Clock.currentTimeMillis
    const state = yield* Effect.flatMap(load(before), (loaded) => listen(loaded, now))
    const asked = yield* Effect.flatMap(RemovalAnswers.refuseClosed(state), DeletionAnswers.refuseOutdated)
    const ready = judgedNow(asked, now).includes("cluster") ? yield* DeletionAnswers.refuseEarly(asked) : asked
    const verified = judgedNow(ready, now).length > 0 ? yield* verify(ready) : ready
    return yield* save(verified, judgedNow(verified, now), now)
  })

  /**
   * Reads or writes the record as far as the state asks for it. What somebody else wrote is read and counts; after another failure it is
   * read again later, and who asked is told.
   */
  const attend = (state: CoordinatorState): Effect.Effect<CoordinatorState> =>
    once(state).pipe(
      Effect.catchTag("VersionConflict", () => once({ ...state, record: toBeRead(state.record) })),
      Effect.catch((failure) => onFailure(state, failure.message)),
      Effect.tapCause((cause) => replyAll(state, new RecordUnwritten({ message: String(Cause.squash(cause)) })))
    )

  return { attend }
})
