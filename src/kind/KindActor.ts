/**
 * One supervised fiber per watched kind. It owns the state of its kind, folds watch events, rounds and answers into it,
 * and applies what is due. Ends only by failing: with what the watch says, or with a defect.
 */
import { Clock, Effect, Exit, Option, Queue, Stream } from "effect"
import { Landscape } from "../kubernetes/Landscape.ts"
import { Reflector } from "../kubernetes/Reflector.ts"
import type { ReflectionEnd } from "../kubernetes/ReflectorState.ts"
import { Schemas } from "../kubernetes/schemas/Schemas.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import { makeAnnounce } from "./Announce.ts"
import * as Answers from "./Answers.ts"
import * as Applying from "./Applying.ts"
import { Coordination } from "./Coordination.ts"
import * as Folding from "./Folding.ts"
import type { KindMessage } from "./KindMessage.ts"
import type { KindSpec } from "./KindSpec.ts"
import * as KindState from "./KindState.ts"
import * as LeftToDo from "./LeftToDo.ts"
import * as MirrorAnswers from "./mirroring/MirrorAnswers.ts"
import * as MirrorFolding from "./mirroring/MirrorFolding.ts"
import * as Mirroring from "./mirroring/Mirroring.ts"
import type { Observer } from "./Observation.ts"
import * as PruneAnswers from "./pruning/PruneAnswers.ts"
import * as Pruning from "./pruning/Pruning.ts"
import { reportOf } from "./reportOf.ts"
import * as Watching from "./Watching.ts"

const mailboxSize = 1024
/** How many messages are folded before other fibers get a turn. */
const slice = 64

/** Runs one kind. */
export const run = Effect.fnUntraced(function*(spec: KindSpec, observer: Observer) {
  const coordination = yield* Coordination
  const landscape = yield* Landscape
  const reflector = yield* Reflector
  const schemas = yield* Schemas
  const state = KindState.make(spec)
  for (const id of yield* coordination.recorded(state.id)) state.enrolled.add(id)
  const mailbox = yield* Queue.bounded<KindMessage, ReflectionEnd>(mailboxSize)
  const mail = (message: KindMessage) => Queue.offer(mailbox, message)
  const watching = yield* Watching.make(state, observer)
  const applying = yield* Applying.make(state, observer, mail)
  const announce = yield* makeAnnounce(state)
  const onAnswer = yield* Answers.make(state, announce)
  const mirroring = yield* Mirroring.make(state, observer, mail)
  const onMirrorAnswer = yield* MirrorAnswers.make(state, mirroring, announce)

  const pruning = yield* Pruning.make(state, observer, mail)
  const onPruneAnswer = PruneAnswers.make(state, announce)

  const onMessage = (message: KindMessage, now: number): Effect.Effect<void> => {
    switch (message._tag) {
      case "Watched":
        return watching(message.event, now)
      case "RoundChanged":
        return Effect.suspend(() => {
          const before = state.round?.ruleset.number
          Folding.onRound(state, message.round, now)
          return before === undefined || before === message.round.ruleset.number
            ? Effect.void
            : mirroring.decideAgain(now)
        })
      case "NamespaceAppeared":
        return Effect.sync(() => Folding.onNamespace(state, message.namespace, now))
      case "NamespaceVanished":
        return Effect.sync(() => MirrorFolding.onNamespaceVanished(state, message.namespace, now))
      case "Enrolled":
        return Effect.sync(() => Folding.onEnrolled(state, message.ids, Exit.isSuccess(message.exit), now))
      case "SchemaChanged":
        return Effect.sync(() => Folding.onSchema(state, now))
      case "Finished":
      case "Looked":
      case "Released":
        return onAnswer(message, now)
      case "Deleted":
      case "DeletionAwaited":
        return onPruneAnswer(message, now)
      case "Compared":
      case "Defined":
      case "Proved":
      case "RemovalAnswered":
      case "SeeAnswered":
      case "ShownTold":
      case "Submitted":
        return onMirrorAnswer(message, now)
    }
  }

  const messages = Effect.suspend(() => {
    const next = LeftToDo.nextWake(state)
    if (next === undefined) return Queue.takeBetween(mailbox, 1, slice)
    return Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) =>
        Queue.takeBetween(mailbox, 1, slice).pipe(
          Effect.timeoutOrElse({
            duration: Math.max(1, next - now),
            orElse: () => Effect.succeed<ReadonlyArray<KindMessage>>([])
          })
        )
      )
    )
  })

  yield* coordination.rounds.pipe(
    Stream.runForEach((round) => mail({ _tag: "RoundChanged", round })),
    Effect.forkScoped
  )
  yield* landscape.namespacesAppeared.pipe(
    Stream.runForEach((namespace) => mail({ _tag: "NamespaceAppeared", namespace })),
    Effect.forkScoped
  )
  yield* landscape.namespacesVanished.pipe(
    Stream.runForEach((namespace) => mail({ _tag: "NamespaceVanished", namespace })),
    Effect.forkScoped
  )
  yield* Stream.zipLatest(coordination.rounds, schemas.changes).pipe(
    // Without filters nothing depends on it, and it need not be asked for. The rules come with the round: the state may not have them yet.
    Stream.filter(([{ ruleset }]) =>
      Ruleset.forKind(ruleset, spec.kind).rules.some(({ filters }) => filters.length > 0)
    ),
    Stream.mapEffect(() => Effect.option(schemas.typeOf(spec.kind, spec.version))),
    Stream.zipWithPrevious,
    Stream.filter(([before, now]) =>
      Option.isSome(before) && Option.getOrUndefined(before.value) !== Option.getOrUndefined(now)
    ),
    Stream.runForEach(() => mail({ _tag: "SchemaChanged" })),
    Effect.forkScoped
  )
  yield* reflector.reflect(spec.kind, spec.version).pipe(
    Stream.runForEach((event) => mail({ _tag: "Watched", event })),
    Effect.onExit((exit) => Exit.isFailure(exit) ? Queue.failCause(mailbox, exit.cause) : Effect.void),
    Effect.forkScoped
  )
  while (true) {
    const batch = yield* messages
    const now = yield* Clock.currentTimeMillis
    for (const message of batch) yield* onMessage(message, now)
    Folding.onTime(state, now)
    yield* applying.enroll(now)
    yield* applying.startDue(now)
    yield* pruning.start(now)
    yield* mirroring.see(now)
    yield* mirroring.startDue(now)
    yield* mirroring.tell
    const { unsaved } = state
    if (unsaved.size > 0) {
      state.unsaved = new Map()
      yield* coordination.synced(state.id, unsaved)
    }
    for (const [id, digest] of Folding.takeFinished(state)) yield* coordination.jobFinished(id, digest)
    const departed = Folding.takeDeparted(state)
    if (departed.length > 0) yield* coordination.departed(state.id, departed)
    yield* coordination.report(reportOf(state))
    yield* Effect.yieldNow
  }
}, Effect.scoped)
