/**
 * What no kind can know alone: the round and its open stage, the record, and leave to delete.
 * One fiber and one mailbox. It publishes rounds and never calls a kind.
 */
import {
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  FiberHandle,
  Layer,
  Queue,
  Schedule,
  Stream,
  SubscriptionRef
} from "effect"
import { GitActor } from "../git/GitActor.ts"
import { noReport } from "../git/GitReport.ts"
import {
  Coordination,
  type DeletionHeld,
  type DeletionRefused,
  RecordUnwritten,
  type Removal,
  RemovalHeld
} from "../kind/Coordination.ts"
import { type Round, sameRound } from "../kind/Round.ts"
import { Leadership } from "../kubernetes/Leadership.ts"
import { Reflector } from "../kubernetes/Reflector.ts"
import { Rulesets } from "../rules/Rulesets.ts"
import type { CoordinatorMessage } from "./CoordinatorMessage.ts"
import type { CoordinatorOptions } from "./CoordinatorOptions.ts"
import * as CoordinatorState from "./CoordinatorState.ts"
import * as DeletionAnswers from "./DeletionAnswers.ts"
import { deletionsJudgedAt, judgedAt, mirroredWait } from "./Draft.ts"
import { fold } from "./Folding.ts"
import * as GitErrands from "./GitErrands.ts"
import * as MirroringLog from "./MirroringLog.ts"
import * as RecordKeeping from "./RecordKeeping.ts"
import * as RestoringLog from "./restoring/RestoringLog.ts"
import * as RoundLog from "./RoundLog.ts"
import { roundOf } from "./roundOf.ts"
import { shownOf } from "./shownOf.ts"

const mailboxSize = 1024
const writeTimeout = "30 seconds"
const flushTime = "3 seconds"
const restarts = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("30 seconds")]).pipe(
  Schedule.jittered
)

const isDefined = <A>(value: A | undefined): value is A => value !== undefined

const unanswered = () => new RecordUnwritten({ message: `the record was not written within ${writeTimeout}` })

const unjudged = ({ id, kind }: Removal) =>
  new RemovalHeld({ message: `${kind} ${id} stays in Git: nobody judged its removal in time; it is asked for again` })

/** When there is something to do though no message comes, in milliseconds since the epoch. */
const wokenAt = (
  state: CoordinatorState.CoordinatorState,
  errands: ReadonlyArray<number | undefined>,
  now: number
): number | undefined => {
  const times = [
    CoordinatorState.needsRecord(state) ? now + RecordKeeping.retryAfter : undefined,
    RecordKeeping.awaitsPerson(state) ? now + RecordKeeping.personAfter : undefined,
    state.mirroredSince === undefined ? undefined : state.mirroredSince + mirroredWait,
    judgedAt(state),
    deletionsJudgedAt(state),
    ...errands
  ].filter(isDefined)
  return times.length === 0 ? undefined : Math.min(...times)
}

const make = Effect.fnUntraced(function*(options: CoordinatorOptions) {
  const git = yield* GitActor
  const leadership = yield* Leadership
  const reflector = yield* Reflector
  const rulesets = yield* Rulesets
  const record = yield* RecordKeeping.make
  const mailbox = yield* Queue.bounded<CoordinatorMessage>(mailboxSize)
  const rounds = yield* SubscriptionRef.make<Round | undefined>(undefined)
  const states = yield* SubscriptionRef.make(
    CoordinatorState.initial(yield* rulesets.latest, noReport, 0, options)
  )
  const mail = (message: CoordinatorMessage) => Effect.asVoid(Queue.offer(mailbox, message))

  const publish = Effect.fnUntraced(function*(state: CoordinatorState.CoordinatorState) {
    yield* SubscriptionRef.set(states, state)
    const round = roundOf(state)
    const before = yield* SubscriptionRef.get(rounds)
    // Rules that only moved are told too: messages name where they stand.
    if (!sameRound(before, round) || before?.ruleset !== round?.ruleset) yield* SubscriptionRef.set(rounds, round)
  })

  /** With all that was told so far, whatever became of it. */
  let folded = yield* SubscriptionRef.get(states)

  /**
   * Runs until it fails. What it was told of Git and of who leads, which nobody tells twice, and the round's number outlive it; the rest is asked
   * for again.
   */
  const run = Effect.gen(function*() {
    const before = yield* DeletionAnswers.refuseAll(folded, "the Coordinator failed and is started again")
    let state = CoordinatorState.restarted(before, yield* rulesets.latest)
    const logs = [RoundLog.make(), MirroringLog.make(), RestoringLog.make()]
    const errands = yield* GitErrands.make(mail)
    const alarm = yield* FiberHandle.make<void>()
    // Perhaps nobody has anything to tell, and the round is another.
    yield* Effect.forkScoped(mail({ _tag: "Woken" }))
    while (true) {
      for (const message of yield* Queue.takeAll(mailbox)) state = fold(state, message)
      folded = state
      const { losses } = state
      state = CoordinatorState.advance(yield* record.attend(state))
      if (state.losses !== losses) yield* reflector.relist
      // What settled just now is kept before anybody hears of it: the next process may begin at once.
      if (state.settledRound === state.round) state = CoordinatorState.advance(yield* record.attend(state))
      state = yield* DeletionAnswers.handOut(state)
      const now = yield* Clock.currentTimeMillis
      const due = wokenAt(state, yield* errands(state), now)
      yield* due === undefined
        ? FiberHandle.clear(alarm)
        : FiberHandle.run(alarm, Effect.delay(mail({ _tag: "Woken" }), Math.max(0, due - now)))
      folded = state
      yield* publish(state)
      for (const log of logs) yield* log(state, now)
    }
  }).pipe(Effect.scoped)

  /** What waited to be written is written when the process ends, so that the next one need not find it out again. */
  const flush = Effect.gen(function*() {
    const told = (yield* Queue.clear(mailbox)).reduce(fold, folded)
    if (told.standing._tag === "Leading" && told.mirroredSince !== undefined)
      yield* record.attend({ ...told, mirroredSince: -Infinity })
  })
  yield* Effect.addFinalizer(() => Effect.timeoutOption(flush, flushTime))

  yield* run.pipe(
    Effect.sandbox,
    Effect.tapError((cause) => Effect.logError("The Coordinator failed and is started again", cause)),
    Effect.retry(restarts),
    Effect.forkScoped
  )
  yield* git.changes.pipe(
    Stream.runForEach((report) => mail({ _tag: "GitReported", report })),
    Effect.forkScoped
  )
  yield* rulesets.changes.pipe(
    Stream.runForEach((ruleset) => mail({ _tag: "RulesChanged", ruleset })),
    Effect.forkScoped
  )
  yield* leadership.standing.pipe(
    Stream.runForEach((standing) => mail({ _tag: "StandingChanged", standing })),
    Effect.forkScoped
  )

  /** Answered once it is in the record. */
  const written = Effect.fnUntraced(function*(
    asking: (reply: Deferred.Deferred<void, RecordUnwritten>) => CoordinatorMessage
  ) {
    const reply = yield* Deferred.make<void, RecordUnwritten>()
    yield* mail(asking(reply))
    yield* Deferred.await(reply).pipe(
      Effect.timeoutOrElse({ duration: writeTimeout, orElse: () => Effect.fail(unanswered()) })
    )
  })

  const timed = (telling: (at: number) => CoordinatorMessage) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => mail(telling(now)))

  const removalTimeout = Duration.sum(options.gathering.maxAge, Duration.fromInputUnsafe(writeTimeout))

  const loaded = Effect.map(
    SubscriptionRef.get(states),
    (state) => state.record._tag === "Loaded" ? state.record.record : undefined
  )

  const coordination = Coordination.of({
    rounds: SubscriptionRef.changes(rounds).pipe(Stream.filter(isDefined)),
    inventoryKinds: Effect.map(loaded, (held) => new Set(held?.inventory.keys())),
    recorded: (kind) => Effect.map(loaded, (held) => new Set(held?.inventory.get(kind)?.keys())),
    expect: (round, kinds, unserved) => mail({ _tag: "Expected", round, kinds, unserved }),
    report: (report) => mail({ _tag: "Reported", report }),
    synced: (kind, objects) => mail({ _tag: "SyncedTold", kind, objects }),
    departed: (kind, ids) => mail({ _tag: "Departed", kind, ids }),
    jobFinished: (id, digest) => mail({ _tag: "JobFinished", id, digest }),
    enroll: (kind, ids) => written((reply) => ({ _tag: "EnrollAsked", kind, ids, reply })),
    shown: (kind) => Effect.map(SubscriptionRef.get(states), (state) => shownOf(state, kind)),
    see: (kind, ids) => written((reply) => ({ _tag: "SeeAsked", kind, ids, reply })),
    mirrored: (kind, objects) => timed((at) => ({ _tag: "MirroredTold", kind, objects, at })),
    intend: (kind, id, intended) =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (at) => written((reply) => ({ _tag: "IntendAsked", kind, objects: new Map([[id, intended]]), at, reply }))
      ),
    unseen: (kind, ids) => timed((at) => ({ _tag: "UnseenTold", kind, ids, at })),
    defined: (kind, uid) => mail({ _tag: "DefinedTold", kind, uid }),
    requestRemoval: Effect.fnUntraced(function*(removal) {
      const reply = yield* Deferred.make<void, RemovalHeld>()
      yield* timed((at) => ({ _tag: "RemovalAsked", removal, at, reply }))
      yield* Deferred.await(reply).pipe(
        Effect.timeoutOrElse({ duration: removalTimeout, orElse: () => Effect.fail(unjudged(removal)) })
      )
    }),
    requestDeletion: Effect.fnUntraced(function*(deletion) {
      const reply = yield* Deferred.make<void, DeletionHeld | DeletionRefused>()
      yield* Effect.addFinalizer(() => mail({ _tag: "DeletionReturned", reply }))
      yield* timed((at) => ({ _tag: "DeletionAsked", deletion, at, reply }))
      return Deferred.await(reply)
    })
  })
  return Context.make(Coordination, coordination).pipe(
    Context.add(
      Coordinator,
      Coordinator.of({ states: SubscriptionRef.changes(states), state: SubscriptionRef.get(states) })
    )
  )
})

export class Coordinator extends Context.Service<Coordinator, {
  /** What the Coordinator knows, as of its last message. */
  readonly state: Effect.Effect<CoordinatorState.CoordinatorState>
  /** The same, now and whenever it changes. */
  readonly states: Stream.Stream<CoordinatorState.CoordinatorState>
}>()("gitops/coordination/Coordinator") {}

/** Provides the Coordinator, and itself to the kinds as {@link Coordination}. */
export const layer = (options: CoordinatorOptions) => Layer.effectContext(make(options))
