/**
 * What no kind can know alone: the round and its open stage, the record, and leave to delete.
 * One fiber and one mailbox. It publishes rounds and never calls a kind.
 */
import { Clock, Context, Deferred, Effect, FiberHandle, Layer, Queue, Schedule, Stream, SubscriptionRef } from "effect"
import { GitActor } from "../git/GitActor.ts"
import { type GitReport, noReport } from "../git/GitReport.ts"
import { Coordination, DeletionWithheld, RecordUnwritten } from "../kind/Coordination.ts"
import { type Round, sameRound } from "../kind/Round.ts"
import { Leadership } from "../kubernetes/Leadership.ts"
import { Rulesets } from "../rules/Rulesets.ts"
import type { CoordinatorMessage } from "./CoordinatorMessage.ts"
import * as CoordinatorState from "./CoordinatorState.ts"
import * as RecordKeeping from "./RecordKeeping.ts"
import * as RoundLog from "./RoundLog.ts"

const mailboxSize = 1024
const enrollTimeout = "30 seconds"
const restarts = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("30 seconds")]).pipe(
  Schedule.jittered
)

const isDefined = <A>(value: A | undefined): value is A => value !== undefined

/** As long as some file was not read, nobody can say that it does not hold the object. */
const withheldBecause = (object: string, { tip }: GitReport): string =>
  tip === undefined || tip.index.problems.length > 0 || tip.index.passedOver.length > 0
    ? `${object} is in no manifest that could be read; it is left alone, since files that were not read may hold it`
    : `${object} is no longer in Git; this version deletes nothing: delete it with kubectl if it should go`

const unanswered = () => new RecordUnwritten({ message: `the record was not written within ${enrollTimeout}` })

const make = Effect.fnUntraced(function*(options: RecordKeeping.RecordKeepingOptions) {
  const git = yield* GitActor
  const leadership = yield* Leadership
  const rulesets = yield* Rulesets
  const record = yield* RecordKeeping.make(options)
  const mailbox = yield* Queue.bounded<CoordinatorMessage>(mailboxSize)
  const rounds = yield* SubscriptionRef.make<Round | undefined>(undefined)
  const states = yield* SubscriptionRef.make(CoordinatorState.initial(yield* rulesets.latest, noReport, 0))
  const mail = (message: CoordinatorMessage) => Effect.asVoid(Queue.offer(mailbox, message))

  const publish = Effect.fnUntraced(function*(state: CoordinatorState.CoordinatorState) {
    yield* SubscriptionRef.set(states, state)
    const round = CoordinatorState.roundOf(state)
    const before = yield* SubscriptionRef.get(rounds)
    // Rules that only moved are told too: messages name where they stand.
    if (!sameRound(before, round) || before?.ruleset !== round?.ruleset) yield* SubscriptionRef.set(rounds, round)
  })

  /** Runs until it fails. What it knew of Git and of the round's number outlives it; the rest is asked for again. */
  const run = Effect.gen(function*() {
    const before = yield* SubscriptionRef.get(states)
    let state = CoordinatorState.restarted(before, yield* rulesets.latest)
    const log = RoundLog.make()
    const alarm = yield* FiberHandle.make<void>()
    const wakeLater = mail({ _tag: "Woken" }).pipe(
      Effect.delay(RecordKeeping.retryAfter),
      FiberHandle.run(alarm, { onlyIfMissing: true })
    )
    while (true) {
      for (const message of yield* Queue.takeAll(mailbox)) state = CoordinatorState.fold(state, message)
      state = CoordinatorState.advance(yield* record.attend(state))
      // What settled just now is kept before anybody hears of it: the next process may begin at once.
      if (state.settledRound === state.round) state = CoordinatorState.advance(yield* record.attend(state))
      if (CoordinatorState.needsRecord(state)) yield* wakeLater
      yield* publish(state)
      yield* log(state, yield* Clock.currentTimeMillis)
    }
  }).pipe(Effect.scoped)

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

  const loaded = Effect.map(
    SubscriptionRef.get(states),
    (state) => state.record._tag === "Loaded" ? state.record.record : undefined
  )

  const coordination = Coordination.of({
    rounds: SubscriptionRef.changes(rounds).pipe(Stream.filter(isDefined)),
    inventoryKinds: Effect.map(loaded, (held) => new Set(held?.inventory.keys())),
    recorded: (kind) => Effect.map(loaded, (held) => new Set(held?.inventory.get(kind)?.keys())),
    expect: (round, kinds) => mail({ _tag: "Expected", round, kinds }),
    report: (report) => mail({ _tag: "Reported", report }),
    synced: (kind, objects) => mail({ _tag: "SyncedTold", kind, objects }),
    departed: (kind, ids) => mail({ _tag: "Departed", kind, ids }),
    jobFinished: (id, digest) => mail({ _tag: "JobFinished", id, digest }),
    enroll: Effect.fnUntraced(function*(kind, ids) {
      const reply = yield* Deferred.make<void, RecordUnwritten>()
      yield* mail({ _tag: "EnrollAsked", kind, ids, reply })
      yield* Deferred.await(reply).pipe(
        Effect.timeoutOrElse({ duration: enrollTimeout, orElse: () => Effect.fail(unanswered()) })
      )
    }),
    requestDeletion: (kind, id) =>
      Effect.flatMap(
        SubscriptionRef.get(states),
        ({ git }) => Effect.fail(new DeletionWithheld({ message: withheldBecause(`${kind} ${id}`, git) }))
      )
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
export const layer = (options: RecordKeeping.RecordKeepingOptions) => Layer.effectContext(make(options))
