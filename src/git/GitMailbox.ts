/** What outlives a restart of the Git actor: its messages, who still waits for an answer, and what it published. */
import { Deferred, Effect, PubSub, Queue, Ref, Stream } from "effect"
import type { GitFailure } from "./GitError.ts"
import { type GitMessage, SubmitRefused } from "./GitMessages.ts"
import type { GitReport } from "./GitReport.ts"
import type { Tip } from "./Tip.ts"

const size = 256

export interface GitMailbox {
  readonly messages: Queue.Queue<GitMessage>
  readonly waiting: Set<Deferred.Deferred<Tip, GitFailure>>
  readonly report: Ref.Ref<GitReport>
  readonly publish: (report: GitReport) => Effect.Effect<void>
  /** The latest report, and each after it; whoever is slow gets only the latest. */
  readonly changes: Stream.Stream<GitReport>
}

export const makeGitMailbox = Effect.gen(function*() {
  const published = yield* PubSub.sliding<GitReport>({ capacity: 1, replay: 1 })
  const report = yield* Ref.make<GitReport>({ tip: undefined, failure: undefined, checkedAt: undefined })
  yield* PubSub.publish(published, yield* Ref.get(report))
  return {
    messages: yield* Queue.bounded<GitMessage>(size),
    waiting: new Set(),
    report,
    publish: (next) => Effect.andThen(Ref.set(report, next), PubSub.publish(published, next)),
    changes: Stream.fromPubSub(published)
  } satisfies GitMailbox
})

/** Answers everybody who waits for the tip of now. */
export const answer = ({ waiting }: GitMailbox, tip: Effect.Effect<Tip, GitFailure>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const replies = [...waiting]
    waiting.clear()
    return Effect.forEach(replies, (reply) => Deferred.complete(reply, tip), { discard: true })
  })

/** Takes a message in; `true` if it asks for a look. */
export const receive = Effect.fnUntraced(function*({ waiting }: GitMailbox, message: GitMessage) {
  switch (message._tag) {
    case "Look":
      return true
    case "Refresh":
      waiting.add(message.reply)
      return true
    case "Submit":
      yield* Deferred.fail(
        message.reply,
        new SubmitRefused({ sender: message.sender, reason: "writing to Git isn't built yet; use syncTo: kubernetes" })
      )
      return false
    case "Withdraw":
    case "Drain":
      yield* Deferred.succeed(message.reply, undefined)
      return false
  }
})

const refuse = (message: GitMessage): Effect.Effect<unknown> => {
  switch (message._tag) {
    case "Look":
      return Effect.void
    case "Refresh":
      return Deferred.interrupt(message.reply)
    case "Submit":
      return Deferred.interrupt(message.reply)
    case "Withdraw":
    case "Drain":
      return Deferred.interrupt(message.reply)
  }
}

/** Nobody is left waiting for an actor that has stopped. */
export const dismiss = ({ messages, waiting }: GitMailbox): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (const message of yield* Queue.clear(messages)) yield* refuse(message)
    for (const reply of waiting) yield* Deferred.interrupt(reply)
    yield* Queue.shutdown(messages)
  })
