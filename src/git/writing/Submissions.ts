/**
 * What was submitted and isn't answered yet, and what is to be done about it: when to commit, when to look, when to push again. Pure.
 *
 * A commit is never made twice and never lost: after a connection that broke nothing is decided before the branch was looked at. If it is at
 * our commit, that was it. If it is still at the commit before, the very same commit is pushed again, so that at most one of the two pushes
 * can land. If it is anywhere else, nobody can tell without history whether our commit lies below; so a wish that the tip fulfils is
 * committed, and any other is decided again by its sender, who sees the tip. Nothing is replayed then.
 *
 * What the remote declines is told to its senders and forgotten here: they keep their wishes, for the cluster is the queue. Whoever submits
 * again before anything has changed is pushed ever more rarely; at once when the branch moved or somebody drains. A declined commit of
 * several submissions is tried again by halves first: what is fine lands, and only the culprit is told.
 */
import { formatKey, type KindId, type ObjectKey } from "../../manifest/ObjectKey.ts"
import { onPushed } from "./afterPush.ts"
import { batchOf } from "./batchOf.ts"
import { type Answer, overtaken, type Submission } from "./Submission.ts"
import {
  answerAll,
  type Answers,
  type Attempt,
  isIdle,
  type Outcome,
  type Push,
  type Submissions,
  unblocked
} from "./SubmissionsState.ts"

export type Event<A extends Attempt> =
  /** In this order. */
  | { readonly _tag: "Submitted"; readonly submissions: ReadonlyArray<Submission> }
  | { readonly _tag: "Withdrawn"; readonly sender: KindId; readonly keys: ReadonlyArray<ObjectKey> | undefined }
  | { readonly _tag: "DrainAsked"; readonly drain: number }
  | { readonly _tag: "Looked"; readonly commit: string | undefined }
  | { readonly _tag: "LookFailed" }
  /** The work `Write` is done. What of it is neither settled by itself nor has to wait was in the attempt. */
  | {
    readonly _tag: "Wrote"
    readonly settled: ReadonlyMap<number, Answer>
    /** What needs something that is not there yet. */
    readonly blocked: ReadonlySet<number>
    readonly pushed: { readonly attempt: A; readonly push: Push } | undefined
    readonly at: number
    readonly jitter: number
  }
  | { readonly _tag: "PushedAgain"; readonly push: Push; readonly at: number; readonly jitter: number }
  /** The work `Compare` is done. */
  | { readonly _tag: "Compared"; readonly settled: ReadonlyMap<number, Answer> }

export interface Step<A extends Attempt> {
  readonly state: Submissions<A>
  readonly answers: Answers
  readonly drained: ReadonlyArray<number>
}

const onSubmitted = <A extends Attempt>(state: Submissions<A>, submissions: ReadonlyArray<Submission>): Outcome<A> => {
  const answers: Array<readonly [number, Answer]> = []
  const waiting = new Map(state.waiting.map((submission) => [submission.id, submission]))
  const holders = new Map(state.waiting.flatMap(({ id, keys }) => Array.from(keys, (key) => [key, id])))
  for (const submission of submissions) {
    let { since } = submission
    for (const key of submission.keys) {
      const earlier = waiting.get(holders.get(key) ?? submission.id)
      if (earlier === undefined) continue
      waiting.delete(earlier.id)
      answers.push([earlier.id, overtaken(earlier, submission)])
      since = Math.min(since, earlier.since)
    }
    for (const key of submission.keys) holders.set(key, submission.id)
    waiting.set(submission.id, { ...submission, since })
  }
  // Whom the branch names is never judged by what was seen a while ago.
  const lookAt = submissions.some(({ naming }) => naming !== undefined) ? state.lookAt ?? 0 : state.lookAt
  return { state: { ...state, waiting: [...waiting.values()], lookAt }, answers }
}

const onWithdrawn = <A extends Attempt>(
  state: Submissions<A>,
  { keys, sender }: Extract<Event<A>, { readonly _tag: "Withdrawn" }>
): Outcome<A> => {
  const named = keys === undefined ? undefined : new Set(keys.map(formatKey))
  const isMeant = (submission: Submission) =>
    submission.sender === sender && (named === undefined || !named.isDisjointFrom(submission.keys))
  return {
    state: { ...state, waiting: state.waiting.filter((submission) => !isMeant(submission)) },
    answers: answerAll(state.waiting.filter(isMeant), { _tag: "Withdrawn" })
  }
}

const onLooked = <A extends Attempt>(state: Submissions<A>, commit: string | undefined): Outcome<A> => {
  const seen: Submissions<A> = {
    ...state,
    isReadable: true,
    tip: commit,
    lookAt: undefined,
    ...state.isResting ? { isResting: false, tries: 0 } : {},
    ...commit === state.tip ? {} : { refusals: 0, refusedUntil: 0, blocked: new Set() }
  }
  const { doubt } = state
  if (doubt === undefined || doubt.attempt.commit !== commit) return { state: seen }
  return {
    state: { ...seen, doubt: undefined, tries: 0, notBefore: 0 },
    answers: answerAll(doubt.submissions, { _tag: "Committed", commit })
  }
}

/** Whoever drains has no time to rest. */
const onDrain = <A extends Attempt>(state: Submissions<A>, drain: number): Submissions<A> => ({
  ...state,
  drains: [...state.drains, drain],
  ...state.isResting ? { isResting: false, tries: 0, lookAt: 0 } : {}
})

const onWrote = <A extends Attempt>(
  state: Submissions<A>,
  { at, blocked, jitter, pushed, settled }: Extract<Event<A>, { readonly _tag: "Wrote" }>
): Outcome<A> => {
  const submissions = batchOf(state).filter(({ id }) => !settled.has(id) && !blocked.has(id))
  const taken = new Set([...settled.keys(), ...submissions.map(({ id }) => id)])
  const left = {
    ...state,
    waiting: state.waiting.filter(({ id }) => !taken.has(id)),
    blocked: state.blocked.union(blocked)
  }
  if (pushed === undefined) return { state: left, answers: [...settled] }
  const done = onPushed(left, { ...pushed, submissions, wasInDoubt: false, at, jitter })
  return { state: done.state, answers: [...settled, ...done.answers ?? []] }
}

const after = <A extends Attempt>(state: Submissions<A>, event: Event<A>): Outcome<A> => {
  switch (event._tag) {
    case "Submitted":
      return onSubmitted(state, event.submissions)
    case "Withdrawn":
      return onWithdrawn(state, event)
    case "DrainAsked":
      return { state: onDrain(state, event.drain) }
    case "Looked":
      return onLooked(state, event.commit)
    case "LookFailed":
      return { state: { ...state, isReadable: false, lookAt: undefined } }
    case "Wrote":
      return onWrote(state, event)
    case "PushedAgain":
      return state.doubt === undefined
        ? { state }
        : onPushed(state, { ...event, ...state.doubt, wasInDoubt: true })
    case "Compared":
      return { state: { ...state, doubt: undefined, tries: 0, notBefore: 0 }, answers: [...event.settled] }
  }
}

/** Forgets what was blocked or divided and is settled. */
const tidied = <A extends Attempt>(state: Submissions<A>): Submissions<A> => {
  if (state.divided.length + state.blocked.size + state.declines === 0) return state
  const blocked = state.blocked.intersection(new Set(state.waiting.map(({ id }) => id)))
  const ids = new Set([...unblocked(state), ...state.doubt?.submissions ?? []].map(({ id }) => id))
  const divided = state.divided.filter((group) => !group.isDisjointFrom(ids))
  return { ...state, blocked, divided, declines: divided.length === 0 ? 0 : state.declines }
}

/** What is true after an event, and who is to be told. Events come one after the other: none while some work of `nextWork` is under way. */
export const fold = <A extends Attempt>(before: Submissions<A>, event: Event<A>): Step<A> => {
  const { answers = [], ...outcome } = after(before, event)
  const state = tidied(outcome.state)
  return isIdle(state) && state.drains.length > 0
    ? { state: { ...state, drains: [] }, answers, drained: state.drains }
    : { state, answers, drained: [] }
}
