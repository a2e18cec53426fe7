/** What outlives a restart of the Git actor: its messages, who still waits for an answer, and what it published. */
import { Clock, Deferred, Effect, Exit, PubSub, Queue, Ref, Semaphore, Stream } from "effect"
import type { KindId } from "../manifest/ObjectKey.ts"
import type { GitFailure } from "./GitError.ts"
import {
  DecideAgain,
  type GitMessage,
  type HistoryQuestion,
  type SubmitAnswer,
  type SubmitFailure,
  SubmitRefused,
  type Wish
} from "./GitMessages.ts"
import { type GitReport, noReport } from "./GitReport.ts"
import type { History } from "./History.ts"
import type { Tip } from "./Tip.ts"
import type { Answer } from "./writing/Submission.ts"
import { mostWeight, weightOf } from "./writing/weightOf.ts"

const size = 256

/** One that submitted something and waits. */
interface Sender {
  readonly sender: KindId
  readonly reply: Deferred.Deferred<SubmitAnswer, SubmitFailure>
  /** Of the room for changes. */
  readonly taken: number
}

export interface GitMailbox {
  readonly messages: Queue.Queue<GitMessage>
  /** Who waits for the tip of now. */
  readonly waiting: Set<Deferred.Deferred<Tip, GitFailure>>
  /** Who waits for what the history tells. */
  readonly questions: Set<HistoryQuestion>
  /** Who submitted something, by number; also while the message is still in the queue. */
  readonly senders: Map<number, Sender>
  /** Who waits until nothing is left to be written, by number. */
  readonly drains: Map<number, Deferred.Deferred<void>>
  /** Whoever submits more than there is room for waits. */
  readonly room: Semaphore.Semaphore
  /** Where those who wait for room stand in line, so that no large set of changes waits for ever. */
  readonly door: Semaphore.Semaphore
  readonly report: Ref.Ref<GitReport>
  readonly publish: (change: Partial<GitReport>) => Effect.Effect<void>
  /** The latest report, and each after it; whoever is slow gets only the latest. */
  readonly changes: Stream.Stream<GitReport>
  /** Nothing more is taken in. */
  readonly closed: Ref.Ref<boolean>
  /** Another number every time. */
  readonly number: Effect.Effect<number>
}

export const makeGitMailbox = Effect.gen(function*() {
  const published = yield* PubSub.sliding<GitReport>({ capacity: 1, replay: 1 })
  const report = yield* Ref.make(noReport)
  const numbers = yield* Ref.make(0)
  yield* PubSub.publish(published, noReport)
  return {
    messages: yield* Queue.bounded<GitMessage>(size),
    waiting: new Set(),
    questions: new Set(),
    senders: new Map(),
    drains: new Map(),
    room: yield* Semaphore.make(mostWeight),
    door: yield* Semaphore.make(1),
    report,
    publish: (change) =>
      Ref.updateAndGet(report, (report) => ({ ...report, ...change })).pipe(
        Effect.flatMap((report) => PubSub.publish(published, report))
      ),
    changes: Stream.fromPubSub(published),
    closed: yield* Ref.make(false),
    number: Ref.updateAndGet(numbers, (number) => number + 1)
  } satisfies GitMailbox
})

/** Answers everybody who waits for the tip of now. */
export const answer = ({ waiting }: GitMailbox, tip: Effect.Effect<Tip, GitFailure>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const replies = [...waiting]
    waiting.clear()
    return Effect.forEach(replies, (reply) => Deferred.complete(reply, tip), { discard: true })
  })

/** Answers everybody who asked what the history tells. */
export const answerQuestions = (
  { questions }: GitMailbox,
  tell: (since: string) => Effect.Effect<History, GitFailure>
): Effect.Effect<void> =>
  Effect.forEach([...questions], (question) =>
    Effect.flatMap(Effect.exit(tell(question.since)), (exit) => {
      questions.delete(question)
      return Deferred.done(question.reply, exit)
    }), { discard: true })

const exitOf = (sender: KindId, answer: Answer): Exit.Exit<SubmitAnswer, SubmitFailure> => {
  switch (answer._tag) {
    case "DecideAgain":
      return Exit.fail(new DecideAgain({ sender, keys: answer.keys }))
    case "Refused":
      return Exit.fail(new SubmitRefused({ sender, reason: answer.reason, words: answer.words }))
    default:
      return Exit.succeed(answer)
  }
}

const reply = Effect.fnUntraced(
  function*(
    { room, senders }: GitMailbox,
    id: number,
    exit: (sender: KindId) => Exit.Exit<SubmitAnswer, SubmitFailure>
  ) {
    const sender = senders.get(id)
    if (sender === undefined) return
    senders.delete(id)
    yield* room.release(sender.taken)
    yield* Deferred.done(sender.reply, exit(sender.sender))
  }
)

/** Tells a sender what became of its changes. */
export const tell = (mailbox: GitMailbox, id: number, answer: Answer): Effect.Effect<void> =>
  reply(mailbox, id, (sender) => exitOf(sender, answer))

/** Tells these senders that nobody knows what became of their changes. */
export const disappoint = (mailbox: GitMailbox, ids: Iterable<number>, failure: SubmitFailure): Effect.Effect<void> =>
  Effect.forEach([...ids], (id) => reply(mailbox, id, () => Exit.fail(failure)), { discard: true })

/** Nothing waits any more for whom these drains were asked. */
export const drained = ({ drains }: GitMailbox, ids: Iterable<number>): Effect.Effect<void> =>
  Effect.forEach([...ids], (id) => {
    const reply = drains.get(id)
    drains.delete(id)
    return reply === undefined ? Effect.void : Deferred.succeed(reply, undefined)
  }, { discard: true })

const stopping: Answer = { _tag: "Refused", reason: "Stopping", words: "this process ends; the next one decides again" }

/** Puts a wish into the mailbox once there is room, and waits for what becomes of them. */
export const submit = (
  mailbox: GitMailbox,
  sender: KindId,
  wish: Wish
): Effect.Effect<SubmitAnswer, SubmitFailure> => {
  // A name has no time to wait for room: others are refused until it is there.
  const taken = wish._tag === "Name" ? 0 : Math.min(weightOf(wish.changes), mostWeight)
  return Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      if (taken > 0) yield* restore(mailbox.door.withPermit(mailbox.room.take(taken)))
      const id = yield* mailbox.number
      const reply = yield* Deferred.make<SubmitAnswer, SubmitFailure>()
      const at = yield* Clock.currentTimeMillis
      mailbox.senders.set(id, { sender, reply, taken })
      const message: GitMessage = { _tag: "Submit", id, sender, wish, at }
      const isIn = !(yield* Ref.get(mailbox.closed)) && (yield* restore(Queue.offer(mailbox.messages, message)).pipe(
        Effect.onInterrupt(() => tell(mailbox, id, stopping))
      ))
      if (!isIn) yield* tell(mailbox, id, stopping)
      return yield* restore(Deferred.await(reply))
    })
  )
}

/** Asks for something that is answered in any case. */
export const ask = <A, E>(
  mailbox: GitMailbox,
  message: (reply: Deferred.Deferred<A, E>) => GitMessage
): Effect.Effect<A, E> =>
  Effect.gen(function*() {
    const reply = yield* Deferred.make<A, E>()
    return (yield* Queue.offer(mailbox.messages, message(reply)))
      ? yield* Deferred.await(reply)
      : yield* Effect.interrupt
  })

/** Takes nothing more in, and sees to what was: `drain` is only needed when somebody waits. */
export const close = (mailbox: GitMailbox, drain: Effect.Effect<unknown>): Effect.Effect<void> =>
  Effect.andThen(
    Ref.set(mailbox.closed, true),
    Effect.suspend(() => mailbox.senders.size > 0 ? Effect.asVoid(drain) : Effect.void)
  )

/** Nobody is left waiting for an actor that has stopped. */
export const dismiss = (mailbox: GitMailbox): Effect.Effect<void> =>
  Effect.gen(function*() {
    const { drains, messages, questions, senders, waiting } = mailbox
    const left = yield* Queue.clear(messages)
    yield* Queue.shutdown(messages)
    for (const message of left) {
      if (message._tag === "Refresh") waiting.add(message.reply)
      else if (message._tag === "History") questions.add(message.question)
      else if ("reply" in message) yield* Deferred.interrupt(message.reply)
    }
    for (const reply of waiting) yield* Deferred.interrupt(reply)
    for (const { reply } of questions) yield* Deferred.interrupt(reply)
    for (const reply of drains.values()) yield* Deferred.interrupt(reply)
    for (const id of senders.keys())
      yield* tell(mailbox, id, stopping)
  })
