/**
 * The only owner of the repository: one fiber, one mailbox. `Reading` looks at the branch and moves to a new tip once that was fetched,
 * verified and parsed; `Writing` commits what was submitted and pushes it. A failure never takes the last good tip away.
 */
import { Cause, Clock, Context, Effect, Layer, Metric, Queue, Ref, type Stream } from "effect"
import type { KindId, ObjectKey } from "../manifest/ObjectKey.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import { ownFile } from "../manifest/Screening.ts"
import { GitActorFailed, type GitFailure } from "./GitError.ts"
import {
  answer,
  answerQuestions,
  ask,
  close,
  disappoint,
  dismiss,
  drained,
  type GitMailbox,
  makeGitMailbox,
  submit
} from "./GitMailbox.ts"
import type { Changes, Naming, SubmitAnswer, SubmitFailure } from "./GitMessages.ts"
import * as GitMetrics from "./GitMetrics.ts"
import { GitOptions } from "./GitOptions.ts"
import type { GitReport } from "./GitReport.ts"
import type { History } from "./History.ts"
import { openTransport } from "./openTransport.ts"
import { Payloads } from "./Payloads.ts"
import { makeReading } from "./Reading.ts"
import { makeRemote, type Remote } from "./Remote.ts"
import { makeRepository } from "./Repository.ts"
import type { Tip } from "./Tip.ts"
import { words } from "./wire/WireFault.ts"
import { makeWriting, type SubmissionMessage } from "./writing/Writing.ts"

const firstRestart = 250
const longestRestart = 60_000
/** How long stopping waits for what was submitted: less than the ten seconds that a supervisor grants. */
const drainTime = "8 seconds"

/** One life of the actor: everything it knows comes from the remote. Ends only by a defect. */
const live = Effect.fnUntraced(function*(remote: Remote, mailbox: GitMailbox, received: Set<number>) {
  const repository = yield* makeRepository(remote, yield* GitOptions)
  const reading = yield* makeReading(repository, mailbox)
  const writing = yield* makeWriting(repository, reading, remote, mailbox)
  const look = Effect.flatMap(reading.look, writing.looked)

  yield* look
  while (true) {
    yield* writing.work
    const submissions: Array<SubmissionMessage> = []
    let isAsked = false
    for (const message of yield* Queue.takeAll(mailbox.messages)) {
      switch (message._tag) {
        case "Refresh":
          mailbox.waiting.add(message.reply)
          isAsked = true
          break
        case "Look":
          isAsked = true
          break
        case "History":
          mailbox.questions.add(message.question)
          break
        case "Wake":
          break
        case "Submit":
          received.add(message.id)
          submissions.push(message)
          break
        default:
          submissions.push(message)
      }
    }
    yield* writing.receive(submissions)
    if (isAsked) yield* look
    yield* answerQuestions(mailbox, reading.history)
  }
})

/** Lives on after a defect, with everything read anew. Whoever waited for changes that were taken in submits them again. */
const supervised = Effect.fnUntraced(function*(remote: Remote, mailbox: GitMailbox) {
  let restarts = 0
  while (true) {
    const begin = yield* Clock.currentTimeMillis
    const received = new Set<number>()
    const cause = yield* Effect.scoped(live(remote, mailbox, received)).pipe(Effect.sandbox, Effect.flip)
    restarts = (yield* Clock.currentTimeMillis) - begin > longestRestart ? 1 : restarts + 1
    yield* Metric.update(GitMetrics.restarts, 1)
    yield* Effect.logError("The Git actor failed and is started again", cause)
    const failure = new GitActorFailed({ url: remote.url, reason: words(String(Cause.squash(cause))) })
    const { writing } = yield* Ref.get(mailbox.report)
    yield* mailbox.publish({
      failure,
      checkedAt: yield* Clock.currentTimeMillis,
      writing: { ...writing, waiting: 0 }
    })
    yield* answer(mailbox, Effect.fail(failure))
    yield* answerQuestions(mailbox, () => Effect.fail(failure))
    yield* disappoint(mailbox, received, failure)
    yield* drained(mailbox, mailbox.drains.keys())
    yield* Effect.sleep(Math.min(longestRestart, firstRestart * 2 ** Math.min(restarts - 1, 10)))
  }
})

export class GitActor extends Context.Service<GitActor, {
  /** What is true now, and each time something else is; whoever is slow gets only the latest. */
  readonly changes: Stream.Stream<GitReport>
  /** The last good tip: at least as new as anything that `submit` has said to be committed. */
  readonly tip: Effect.Effect<Tip | undefined>
  /** Looks at the remote now; answered once the tip of now is published. */
  readonly refresh: Effect.Effect<Tip, GitFailure>
  /**
   * All of these go into one commit, or none of them. Answered when they are on the remote, or never will be. A later submission for the
   * same documents takes the place of an earlier one. Waits for room while too much is submitted; interrupting it withdraws nothing.
   */
  readonly submit: (sender: KindId, changes: Changes) => Effect.Effect<SubmitAnswer, SubmitFailure>
  /**
   * Writes which cluster writes below gitPath, in a commit of its own: on the tip of now, once that names nobody, this cluster or the one
   * it replaces. `Committed` also when the tip says so already, `DecideAgain` when by then it names another.
   */
  readonly nameCluster: (naming: Naming) => Effect.Effect<SubmitAnswer, SubmitFailure>
  /** Whether this commit lies in the history of the tip, and what people confirmed since; asks the remote for as much as that takes. */
  readonly history: (since: string) => Effect.Effect<History, GitFailure>
  /** Forgets what this sender submitted, of these documents alone if they are named, and is not committed. What is being pushed can't be taken back. */
  readonly withdraw: (sender: KindId, keys?: ReadonlyArray<ObjectKey>) => Effect.Effect<void>
  /** Commits what was submitted at once; answered when nothing waits any more. */
  readonly drain: Effect.Effect<void>
}>()("gitops/git/GitActor") {
  /** On a parser and a memory for bodies of somebody else's. */
  static readonly actorLayer = Layer.effect(
    GitActor,
    Effect.gen(function*() {
      const { credentials, url } = yield* GitOptions
      const remote = yield* makeRemote(yield* openTransport(url, credentials.https, credentials.ssh))
      const mailbox = yield* makeGitMailbox
      yield* Effect.addFinalizer(() => dismiss(mailbox))
      yield* Effect.forkScoped(supervised(remote, mailbox))

      const drain: Effect.Effect<void> = ask(mailbox, (reply) => ({ _tag: "Drain", reply }))
      yield* Effect.addFinalizer(() => close(mailbox, Effect.timeoutOption(drain, drainTime)))

      return {
        changes: mailbox.changes,
        tip: Effect.map(Ref.get(mailbox.report), ({ tip }) => tip),
        refresh: ask(mailbox, (reply) => ({ _tag: "Refresh", reply })),
        submit: (sender, changes) => submit(mailbox, sender, { _tag: "Documents", changes }),
        nameCluster: (naming) => submit(mailbox, ownFile, { _tag: "Name", naming }),
        history: (since) => ask(mailbox, (reply) => ({ _tag: "History", question: { since, reply } })),
        withdraw: (sender, keys) => ask(mailbox, (reply) => ({ _tag: "Withdraw", sender, keys, reply })),
        drain
      }
    })
  )

  /** With the parser and the bodies that `ManifestReader` reads from. */
  static readonly layer = this.actorLayer.pipe(Layer.provideMerge(Layer.merge(Payloads.layer, ParserPool.layer)))
}
