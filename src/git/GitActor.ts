/**
 * The only owner of the repository: one fiber, one mailbox. It looks at the branch at every interval and when asked, moves to a new tip only
 * once that was fetched, verified and parsed, and tells everybody what is true now. A failure never takes the last good tip away.
 */
import {
  Cause,
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  FiberHandle,
  Layer,
  Metric,
  Queue,
  Random,
  Ref,
  Result,
  type Stream
} from "effect"
import { emptyIndex } from "../manifest/ManifestIndex.ts"
import type { KindId } from "../manifest/ObjectKey.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import { GitActorFailed, type GitFailure } from "./GitError.ts"
import { answer, dismiss, type GitMailbox, makeGitMailbox, receive } from "./GitMailbox.ts"
import type { Committed, DocumentChange, GitMessage, SubmitRefused } from "./GitMessages.ts"
import * as GitMetrics from "./GitMetrics.ts"
import { GitOptions } from "./GitOptions.ts"
import type { GitReport } from "./GitReport.ts"
import { indexChanges } from "./indexChanges.ts"
import { openTransport } from "./openTransport.ts"
import { Payloads } from "./Payloads.ts"
import * as Polling from "./Polling.ts"
import { makeRemote, type Remote } from "./Remote.ts"
import { makeRepository, type Moved } from "./Repository.ts"
import type { Tip } from "./Tip.ts"
import { words } from "./WireFault.ts"

const firstRestart = 250
const longestRestart = 60_000

const announce = (before: GitReport, tip: Tip) => {
  const { index: { files, passedOver, problems }, branch, commit, subject } = tip
  const text = commit === undefined
    ? "The repository is empty"
    : before.tip === undefined
    ? "Read the branch"
    : "The branch moved"
  return Effect.logInfo(text).pipe(
    Effect.annotateLogs({
      branch,
      ...commit === undefined
        ? {}
        : { commit, subject, files, problems: problems.length, passedOver: passedOver.length }
    })
  )
}

/** One life of the actor: everything it knows comes from the remote. Ends only by a defect. */
const live = Effect.fnUntraced(function*(remote: Remote, mailbox: GitMailbox) {
  const options = yield* GitOptions
  const payloads = yield* Payloads
  const repository = yield* makeRepository(remote, options)
  const timer = yield* FiberHandle.make()
  let index = emptyIndex(options.gitPath)
  let failures = 0
  let told: string | undefined

  const taken = Effect.fnUntraced(function*(moved: Moved) {
    const source = yield* repository.objects
    index = yield* indexChanges(index, moved.changes, source).pipe(
      Effect.catchTags({ Missing: Effect.die, Damaged: Effect.die })
    )
    yield* repository.accept(moved)
    yield* Ref.set(payloads.objects, source)
    const { branch, commit, subject, tree } = moved
    return { branch, commit, subject, tree, index } satisfies Tip
  })

  const tipOf = Effect.fn("GitActor.look")(function*(before: GitReport) {
    const begin = yield* Clock.currentTimeMillis
    const moved = yield* repository.advance(before.tip?.commit !== undefined)
    if (moved === undefined) return before.tip ?? (yield* Effect.die(new Error("accepted, but never published")))
    const tip = yield* taken(moved)
    yield* Metric.update(GitMetrics.moveSeconds, Duration.millis((yield* Clock.currentTimeMillis) - begin))
    return tip
  })

  const succeeded = Effect.fnUntraced(function*(before: GitReport, tip: Tip, checkedAt: number) {
    if (failures > 0) yield* Effect.logInfo("The repository can be read again")
    failures = 0
    told = undefined
    if (tip !== before.tip) yield* announce(before, tip)
    yield* Metric.update(
      Metric.withAttributes(GitMetrics.looks, { outcome: tip === before.tip ? "unchanged" : "moved" }),
      1
    )
    yield* mailbox.publish({ tip, failure: undefined, checkedAt })
    yield* answer(mailbox, Effect.succeed(tip))
    if (tip !== before.tip) {
      yield* repository.tidy
      yield* Ref.set(payloads.objects, yield* repository.objects)
    }
    return Polling.afterSuccess(options.interval, yield* Random.next)
  })

  const failed = Effect.fnUntraced(function*(before: GitReport, failure: GitFailure, checkedAt: number) {
    failures += 1
    if (told !== failure._tag) {
      yield* Effect.logWarning(failure.message).pipe(Effect.annotateLogs({ failure: failure._tag }))
      told = failure._tag
    }
    yield* Metric.update(Metric.withAttributes(GitMetrics.looks, { outcome: "failed" }), 1)
    yield* mailbox.publish({ tip: before.tip, failure, checkedAt })
    yield* answer(mailbox, Effect.fail(failure))
    return Polling.afterFailure(options.interval, failures, failure, yield* Random.next)
  })

  const look = Effect.gen(function*() {
    const before = yield* Ref.get(mailbox.report)
    const result = yield* Effect.result(tipOf(before))
    const now = yield* Clock.currentTimeMillis
    const wait = Result.isSuccess(result)
      ? yield* succeeded(before, result.success, now)
      : yield* failed(before, result.failure, now)
    const next = Effect.andThen(Effect.sleep(wait), Queue.offer(mailbox.messages, { _tag: "Look" }))
    yield* FiberHandle.run(timer, next)
  })

  yield* look
  while (true) {
    let isAsked = false
    for (const message of yield* Queue.takeAll(mailbox.messages))
      isAsked = (yield* receive(mailbox, message)) || isAsked
    if (isAsked) yield* look
  }
})

/** Lives on after a defect, with everything read anew. */
const supervised = Effect.fnUntraced(function*(remote: Remote, mailbox: GitMailbox) {
  let restarts = 0
  while (true) {
    const begin = yield* Clock.currentTimeMillis
    const cause = yield* Effect.scoped(live(remote, mailbox)).pipe(Effect.sandbox, Effect.flip)
    restarts = (yield* Clock.currentTimeMillis) - begin > longestRestart ? 1 : restarts + 1
    yield* Metric.update(GitMetrics.restarts, 1)
    yield* Effect.logError("The Git actor failed and is started again", cause)
    const failure = new GitActorFailed({ url: remote.url, reason: words(String(Cause.squash(cause))) })
    const { tip } = yield* Ref.get(mailbox.report)
    yield* mailbox.publish({ tip, failure, checkedAt: yield* Clock.currentTimeMillis })
    yield* answer(mailbox, Effect.fail(failure))
    yield* Effect.sleep(Math.min(longestRestart, firstRestart * 2 ** Math.min(restarts - 1, 10)))
  }
})

export class GitActor extends Context.Service<GitActor, {
  /** What is true now, and each time something else is; whoever is slow gets only the latest. */
  readonly changes: Stream.Stream<GitReport>
  /** Looks at the remote now; answered once the tip of now is published. */
  readonly refresh: Effect.Effect<Tip, GitFailure>
  /** Answered when the changes are on the remote. */
  readonly submit: (sender: KindId, changes: ReadonlyArray<DocumentChange>) => Effect.Effect<Committed, SubmitRefused>
  /** Forgets what this sender submitted and is not committed. */
  readonly withdraw: (sender: KindId) => Effect.Effect<void>
  /** Answered when nothing that was submitted waits any more. */
  readonly drain: Effect.Effect<void>
}>()("gitops/git/GitActor") {
  /** On a parser and a memory for bodies of somebody else's. */
  static readonly actorLayer = Layer.effect(
    GitActor,
    Effect.gen(function*() {
      const { credentials, url } = yield* GitOptions
      const remote = yield* makeRemote(yield* openTransport(url, credentials.https))
      const mailbox = yield* makeGitMailbox
      yield* Effect.addFinalizer(() => dismiss(mailbox))
      yield* Effect.forkScoped(supervised(remote, mailbox))

      const ask = <A, E>(message: (reply: Deferred.Deferred<A, E>) => GitMessage): Effect.Effect<A, E> =>
        Effect.gen(function*() {
          const reply = yield* Deferred.make<A, E>()
          yield* Queue.offer(mailbox.messages, message(reply))
          return yield* Deferred.await(reply)
        })

      return {
        changes: mailbox.changes,
        refresh: ask((reply) => ({ _tag: "Refresh", reply })),
        submit: (sender, changes) => ask((reply) => ({ _tag: "Submit", sender, changes, reply })),
        withdraw: (sender) => ask((reply) => ({ _tag: "Withdraw", sender, reply })),
        drain: ask((reply) => ({ _tag: "Drain", reply }))
      }
    })
  )

  /** With the parser and the bodies that `ManifestReader` reads from. */
  static readonly layer = this.actorLayer.pipe(Layer.provideMerge(Layer.merge(Payloads.layer, ParserPool.layer)))
}
