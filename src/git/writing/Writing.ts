/**
 * The writing half of the Git actor: takes submissions in, and does what `nextWork` says about them until there is nothing to do. The
 * remote is asked by compare-and-swap alone; what a push came to that nobody answered is found out as `Submissions.ts` says.
 */
import { Clock, Deferred, Duration, Effect, FiberHandle, Metric, Queue, Random, Ref, Result } from "effect"
import type { GitFailure } from "../GitError.ts"
import { drained, type GitMailbox, tell } from "../GitMailbox.ts"
import type { GitMessage } from "../GitMessages.ts"
import * as GitMetrics from "../GitMetrics.ts"
import { GitOptions } from "../GitOptions.ts"
import type { WritingReport } from "../GitReport.ts"
import type { ReadFault } from "../objects/ObjectStore.ts"
import type { Looked, Reading } from "../Reading.ts"
import type { Remote } from "../Remote.ts"
import type { Repository } from "../Repository.ts"
import { isOfCommit } from "../wire/PushVerdict.ts"
import { makeCommitting, type Prepared } from "./Committing.ts"
import { nextWork } from "./nextWork.ts"
import { type Answer, makeSubmission, type Submission } from "./Submission.ts"
import { type Event, fold } from "./Submissions.ts"
import { countChanges, none, type Push, type Submissions } from "./SubmissionsState.ts"
import { WritePermit } from "./WritePermit.ts"

export type SubmissionMessage = Extract<GitMessage, { readonly _tag: "Submit" | "Withdraw" | "Drain" }>

export interface Writing {
  /** Takes messages in, in this order. */
  readonly receive: (messages: ReadonlyArray<SubmissionMessage>) => Effect.Effect<void>
  /** Takes in what a look found. */
  readonly looked: (looked: Looked) => Effect.Effect<void>
  /** Does all that is to be done now, and wakes the actor when there is more. */
  readonly work: Effect.Effect<void>
}

interface Pushed {
  readonly push: Push
  /** Where the branch is now, if we know. */
  readonly looked?: Looked
  /** Why it was no use, where that is nothing to tell unless it goes on. */
  readonly words?: string
}

/** Failures that only somebody's doing ends; they come before anything is sent. */
const isForGood = (failure: GitFailure): boolean => {
  switch (failure._tag) {
    case "AuthenticationFailed":
    case "CredentialUnreadable":
    case "PushForbidden":
    case "RedirectRefused":
    case "ServerTooOld":
    case "SshAuthenticationFailed":
      return true
    default:
      return false
  }
}

/** What is here was verified when it was fetched. */
const orBroken = <A>(made: Effect.Effect<A, GitFailure | ReadFault>): Effect.Effect<A> =>
  made.pipe(
    Effect.mapError((fault) =>
      new Error(`no commit could be made: ${"message" in fault ? fault.message : fault._tag}`)
    ),
    Effect.orDie
  )

/** So many changes are worth a word when they are on the remote. */
const large = 1_000

/** A refusal that has nothing to do with what was wished. */
const isForAll = (answer: Answer): answer is Extract<Answer, { readonly _tag: "Refused" }> =>
  answer._tag === "Refused" && (answer.reason === "Unsigned" || answer.reason === "NoBranch")

export const makeWriting = Effect.fnUntraced(
  function*(repository: Repository, reading: Reading, remote: Remote, mailbox: GitMailbox) {
    const { commit: { maxAge, quiet } } = yield* GitOptions
    const permit = yield* WritePermit
    const committing = yield* makeCommitting(repository)
    const alarm = yield* FiberHandle.make()
    let state: Submissions<Prepared> = none({ quiet: Duration.toMillis(quiet), maxAge: Duration.toMillis(maxAge) })

    const publish = Effect.fnUntraced(function*(change: Partial<WritingReport>) {
      const { writing } = yield* Ref.get(mailbox.report)
      yield* mailbox.publish({ writing: { ...writing, ...change } })
      if (change.pushed !== undefined) yield* Metric.update(GitMetrics.pushedAt, change.pushed.at / 1000)
      if (change.waiting !== undefined) yield* Metric.update(GitMetrics.unpushed, change.waiting)
    })

    const take = Effect.fnUntraced(function*(event: Event<Prepared>) {
      const step = fold(state, event)
      state = step.state
      if (step.answers.length > 0) yield* publish({ waiting: countChanges(state) })
      for (const [id, answer] of step.answers) yield* tell(mailbox, id, answer)
      yield* drained(mailbox, step.drained)
    })

    /** Says once what keeps commits from the remote. */
    const troubled = Effect.fnUntraced(function*(text: string, trouble: string) {
      const before = (yield* Ref.get(mailbox.report)).writing.trouble
      if (before !== trouble) yield* Effect.logWarning(`${text}: ${trouble}`)
      yield* publish({ trouble })
    })

    const failed = Effect.fnUntraced(function*(failure: GitFailure): Effect.fn.Return<Pushed> {
      if (isForGood(failure)) {
        yield* troubled("Pushing is refused", failure.message)
        return { push: { _tag: "Refused", reason: "Declined", words: failure.message } }
      }
      yield* troubled("A push did not come through", failure.message)
      const wait = failure._tag === "RemoteError" ? failure.retryAfter ?? 0 : 0
      return { push: { _tag: "Lost", wait } }
    })

    const withheld = (words: string) => ({ _tag: "Refused", reason: "NotLeading", words }) as const

    const sent = Effect.fnUntraced(function*(prepared: Prepared): Effect.fn.Return<Pushed, GitFailure> {
      const { commit: after, moved, objects, pack, parent: before, ref } = prepared
      const answer = yield* remote.push({ ref, before, after, pack })
      switch (answer._tag) {
        case "Done": {
          const looked = yield* reading.adopt(moved, objects)
          yield* publish({ pushed: { commit: after, at: yield* Clock.currentTimeMillis }, trouble: undefined })
          return { push: answer, looked }
        }
        case "Moved":
          yield* Effect.logDebug(`The branch was elsewhere: ${answer.words}`)
          return { push: { _tag: "Moved" }, words: answer.words }
        case "Withheld":
          return { push: withheld(answer.words) }
        case "Refused":
          yield* troubled("The remote declined a commit", answer.words)
          return {
            push: isOfCommit(answer.words)
              ? { _tag: "Declined", words: answer.words }
              : { _tag: "Refused", reason: "Declined", words: answer.words }
          }
      }
    })

    /** What a race is at first may be a lock that nobody takes away. */
    const tellIfResting = (words: string | undefined) =>
      words !== undefined && state.isResting ? troubled("The branch could not be moved", words) : Effect.void

    const push = Effect.fn("GitActor.push")(function*(prepared: Prepared) {
      const pushed: Pushed = yield* permit.pipe(
        Effect.matchEffect({
          onFailure: ({ message }) => Effect.succeed({ push: withheld(message) }),
          onSuccess: () => sent(prepared).pipe(Effect.catch(failed))
        })
      )
      const outcome = pushed.push._tag.toLowerCase()
      yield* Metric.update(Metric.withAttributes(GitMetrics.pushes, { outcome }), 1)
      return { ...pushed, at: yield* Clock.currentTimeMillis, jitter: yield* Random.next }
    })

    const here = Effect.flatMap(
      reading.here,
      (here) => here === undefined ? Effect.die(new Error("written before the branch was read")) : Effect.succeed(here)
    )

    /** More than one commit holds. */
    const tellProgress = Effect.fnUntraced(function*(submissions: ReadonlyArray<Submission>) {
      const [done, left] = [submissions, state.waiting].map((some) =>
        some.reduce((sum, { changes }) => sum + changes.length, 0)
      )
      if (done !== undefined && left !== undefined && done + left > large)
        yield* Effect.logInfo(`Committed ${done.toLocaleString("en")} of ${(done + left).toLocaleString("en")} changes`)
    })

    const compare = Effect.fnUntraced(function*(submissions: ReadonlyArray<Submission>) {
      yield* take({ _tag: "Compared", settled: yield* orBroken(committing.compare(yield* here, submissions)) })
    })

    const write = Effect.fnUntraced(function*(submissions: ReadonlyArray<Submission>) {
      const now = { at: yield* Clock.currentTimeMillis, jitter: 0 }
      const permitted = yield* Effect.result(permit)
      if (Result.isFailure(permitted)) {
        const settled = new Map(submissions.map(({ id }) => [id, withheld(permitted.failure.message)] as const))
        return yield* take({ _tag: "Wrote", settled, blocked: new Set(), pushed: undefined, ...now })
      }
      const { blocked, prepared, settled } = yield* committing.make(
        yield* here,
        submissions,
        permitted.success.cluster
      ).pipe(orBroken)
      const hindrance = [...settled.values()].find(isForAll)
      if (hindrance !== undefined) yield* troubled("No commit can be made", hindrance.words)
      if (prepared === undefined) return yield* take({ _tag: "Wrote", settled, blocked, pushed: undefined, ...now })
      const { looked, push: outcome, words, ...then } = yield* push(prepared)
      yield* take({ _tag: "Wrote", settled, blocked, pushed: { attempt: prepared, push: outcome }, ...then })
      if (outcome._tag === "Done") yield* tellProgress(submissions)
      yield* tellIfResting(words)
      if (looked !== undefined) yield* take(looked)
    })

    const pushAgain = Effect.fnUntraced(function*(prepared: Prepared) {
      const { looked, push: outcome, words, ...then } = yield* push(prepared)
      yield* take({ _tag: "PushedAgain", push: outcome, ...then })
      yield* tellIfResting(words)
      if (looked !== undefined) yield* take(looked)
    })

    const looked = Effect.fnUntraced(function*(event: Looked) {
      const { doubt } = state
      yield* take(event)
      if (doubt === undefined || state.doubt !== undefined) return
      yield* publish({
        pushed: { commit: doubt.attempt.commit, at: yield* Clock.currentTimeMillis },
        trouble: undefined
      })
    })

    const rest = Effect.fnUntraced(function*(until: number | undefined, now: number) {
      const waiting = countChanges(state)
      if ((yield* Ref.get(mailbox.report)).writing.waiting !== waiting) yield* publish({ waiting })
      yield* FiberHandle.clear(alarm)
      if (until === undefined) return
      const wake = Effect.andThen(Effect.sleep(until - now), Queue.offer(mailbox.messages, { _tag: "Wake" }))
      yield* FiberHandle.run(alarm, wake)
    })

    const work = Effect.gen(function*() {
      while (true) {
        const now = yield* Clock.currentTimeMillis
        const next = nextWork(state, now)
        switch (next._tag) {
          case "Rest":
            return yield* rest(undefined, now)
          case "Wait":
            return yield* rest(next.until, now)
          case "Look":
            yield* looked(yield* reading.look)
            break
          case "Write":
            yield* write(next.submissions)
            break
          case "PushAgain":
            yield* pushAgain(next.attempt)
            break
          case "Compare":
            yield* compare(next.submissions)
            break
        }
      }
    })

    const receive = Effect.fnUntraced(function*(messages: ReadonlyArray<SubmissionMessage>) {
      let submissions: Array<Submission> = []
      const takeSubmitted = Effect.suspend(() => {
        const submitted = submissions
        submissions = []
        return submitted.length === 0 ? Effect.void : take({ _tag: "Submitted", submissions: submitted })
      })
      for (const message of messages) {
        if (message._tag === "Submit") {
          submissions.push(makeSubmission(message.id, message.sender, message.wish, message.at))
          continue
        }
        yield* takeSubmitted
        if (message._tag === "Withdraw") {
          yield* take({ _tag: "Withdrawn", sender: message.sender, keys: message.keys })
          yield* Deferred.succeed(message.reply, undefined)
        } else {
          const drain = yield* mailbox.number
          mailbox.drains.set(drain, message.reply)
          yield* take({ _tag: "DrainAsked", drain })
        }
      }
      yield* takeSubmitted
    })

    return { receive, looked, work } satisfies Writing
  }
)
