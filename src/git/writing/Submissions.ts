/**
 * What was submitted and isn't answered yet, and what is to be done about it: when to commit, when to look, when to push again. Pure.
 *
 * A commit is never made twice and never lost: after a connection that broke nothing is decided before the branch was looked at. If it is at
 * our commit, that was it. If it is still at the commit before, the very same commit is pushed again, so that at most one of the two pushes
 * can land. If it is anywhere else, nobody can tell without history whether our commit lies below; so a wish that the tip fulfils is
 * committed, and any other is decided again by its sender, who sees the tip. Nothing is replayed then.
 *
 * What the remote declines is told to its senders and forgotten here: they keep their wishes, for the cluster is the queue. Whoever submits
 * again before anything has changed is pushed ever more rarely; at once when the branch moved or somebody drains.
 */
import type { KindId } from "../../manifest/ObjectKey.ts"
import type { Refusal } from "../GitMessages.ts"
import { afterRace, afterRefusal, longestWait, quickTries } from "./Retrying.ts"
import { type Answer, overtaken, type Submission } from "./Submission.ts"

/** A commit that was made to be pushed. */
export interface Attempt {
  readonly commit: string
  /** What it was made on; `undefined` for the first of a branch. */
  readonly parent: string | undefined
}

/** What came of a push. */
export type Push =
  | { readonly _tag: "Done" }
  /** The branch was elsewhere: nothing has happened. */
  | { readonly _tag: "Moved" }
  | { readonly _tag: "Refused"; readonly reason: Refusal; readonly words: string }
  /** Nobody knows; the remote asks to be left alone for so many milliseconds. */
  | { readonly _tag: "Lost"; readonly wait: number }

interface Doubt<A extends Attempt> {
  readonly submissions: ReadonlyArray<Submission>
  readonly attempt: A
}

export interface Window {
  /** Milliseconds. */
  readonly quiet: number
  readonly maxAge: number
}

export interface Submissions<A extends Attempt> {
  readonly window: Window
  /** In order of arrival; no two of them have a key in common. */
  readonly waiting: ReadonlyArray<Submission>
  /** A push whose outcome is unknown; nothing else is pushed until it is known. */
  readonly doubt: Doubt<A> | undefined
  /** Whether the last look succeeded. Nothing is pushed before. */
  readonly isReadable: boolean
  /** Where the branch was at the last look that succeeded. */
  readonly tip: string | undefined
  /** Nothing is pushed before the branch was looked at, which is done at this time; `undefined`: it was. */
  readonly lookAt: number | undefined
  /** Pushes in a row that did not come through. */
  readonly tries: number
  /** Tried often enough: goes on after a look that somebody else wanted. */
  readonly isResting: boolean
  readonly notBefore: number
  /** Pushes in a row that the remote declined. */
  readonly refusals: number
  readonly refusedUntil: number
  readonly drains: ReadonlyArray<number>
}

export const none = <A extends Attempt>(window: Window): Submissions<A> => ({
  window,
  waiting: [],
  doubt: undefined,
  isReadable: false,
  tip: undefined,
  lookAt: undefined,
  tries: 0,
  isResting: false,
  notBefore: 0,
  refusals: 0,
  refusedUntil: 0,
  drains: []
})

export type Event<A extends Attempt> =
  /** In this order. */
  | { readonly _tag: "Submitted"; readonly submissions: ReadonlyArray<Submission> }
  | { readonly _tag: "Withdrawn"; readonly sender: KindId }
  | { readonly _tag: "DrainAsked"; readonly drain: number }
  | { readonly _tag: "Looked"; readonly commit: string | undefined }
  | { readonly _tag: "LookFailed" }
  /** The work `Write` is done. What is not settled by itself was in the attempt. */
  | {
    readonly _tag: "Wrote"
    readonly settled: ReadonlyMap<number, Answer>
    readonly pushed: { readonly attempt: A; readonly push: Push } | undefined
    readonly at: number
    readonly jitter: number
  }
  | { readonly _tag: "PushedAgain"; readonly push: Push; readonly at: number; readonly jitter: number }
  /** The work `Compare` is done. */
  | { readonly _tag: "Compared"; readonly settled: ReadonlyMap<number, Answer> }

export interface Step<A extends Attempt> {
  readonly state: Submissions<A>
  /** By the ids of submissions. */
  readonly answers: ReadonlyArray<readonly [id: number, answer: Answer]>
  readonly drained: ReadonlyArray<number>
}

type Answers = Step<Attempt>["answers"]

interface Outcome<A extends Attempt> {
  readonly state: Submissions<A>
  readonly answers?: Answers
}

const answerAll = (submissions: ReadonlyArray<Submission>, answer: Answer): Answers =>
  submissions.map(({ id }) => [id, answer])

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
  return { state: { ...state, waiting: [...waiting.values()] }, answers }
}

const onWithdrawn = <A extends Attempt>(state: Submissions<A>, sender: KindId): Outcome<A> => ({
  state: { ...state, waiting: state.waiting.filter((submission) => submission.sender !== sender) },
  answers: answerAll(state.waiting.filter((submission) => submission.sender === sender), { _tag: "Withdrawn" })
})

const onLooked = <A extends Attempt>(state: Submissions<A>, commit: string | undefined): Outcome<A> => {
  const seen: Submissions<A> = {
    ...state,
    isReadable: true,
    tip: commit,
    lookAt: undefined,
    ...state.isResting ? { isResting: false, tries: 0 } : {},
    ...commit === state.tip ? {} : { refusals: 0, refusedUntil: 0 }
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

/** @param lost a race otherwise: then the branch is looked at last, for what was seen before a wait is old when it ends */
const again = <A extends Attempt>(
  state: Submissions<A>,
  at: number,
  jitter: number,
  lost?: { readonly wait: number }
): Submissions<A> => {
  const tries = state.tries + 1
  const isResting = tries >= quickTries
  const wait = Math.min(lost?.wait ?? 0, longestWait)
  const notBefore = at + Math.max(afterRace(tries, jitter), wait)
  const lookAt = lost === undefined ? notBefore : at + wait
  return { ...state, tries, isResting, lookAt: isResting ? undefined : lookAt, notBefore }
}

/** The next leader begins at once; anything else is asked again ever more rarely, as long as nothing changes. */
const declined = <A extends Attempt>(
  state: Submissions<A>,
  reason: Refusal,
  at: number,
  jitter: number
): Submissions<A> => {
  if (reason === "NotLeading") return state
  const refusals = state.refusals + 1
  return { ...state, refusals, refusedUntil: at + afterRefusal(refusals, jitter) }
}

interface Pushed<A extends Attempt> extends Doubt<A> {
  readonly push: Push
  readonly wasInDoubt: boolean
  readonly at: number
  readonly jitter: number
}

/** `submissions` are what the pushed commit holds; they are in doubt, or no longer waiting. */
const onPushed = <A extends Attempt>(
  state: Submissions<A>,
  { at, attempt, jitter, push, submissions, wasInDoubt }: Pushed<A>
): Outcome<A> => {
  switch (push._tag) {
    case "Done":
      return {
        state: {
          ...state,
          doubt: undefined,
          tip: attempt.commit,
          tries: 0,
          notBefore: 0,
          refusals: 0,
          refusedUntil: 0
        },
        answers: answerAll(submissions, { _tag: "Committed", commit: attempt.commit })
      }
    case "Moved":
      return wasInDoubt
        ? { state: again(state, at, jitter) }
        : { state: again({ ...state, waiting: [...submissions, ...state.waiting] }, at, jitter) }
    case "Refused":
      return {
        state: declined({ ...state, doubt: undefined, tries: 0 }, push.reason, at, jitter),
        answers: answerAll(submissions, push)
      }
    case "Lost":
      return { state: again({ ...state, doubt: { submissions, attempt } }, at, jitter, push) }
  }
}

const onWrote = <A extends Attempt>(
  state: Submissions<A>,
  { at, jitter, pushed, settled }: Extract<Event<A>, { readonly _tag: "Wrote" }>
): Outcome<A> => {
  const rest = state.waiting.filter(({ id }) => !settled.has(id))
  if (pushed === undefined) return { state: { ...state, waiting: rest }, answers: [...settled] }
  const done = onPushed({ ...state, waiting: [] }, { ...pushed, submissions: rest, wasInDoubt: false, at, jitter })
  return { state: done.state, answers: [...settled, ...done.answers ?? []] }
}

const after = <A extends Attempt>(state: Submissions<A>, event: Event<A>): Outcome<A> => {
  switch (event._tag) {
    case "Submitted":
      return onSubmitted(state, event.submissions)
    case "Withdrawn":
      return onWithdrawn(state, event.sender)
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

/** Nothing waits for anything. */
export const isIdle = <A extends Attempt>({ doubt, waiting }: Submissions<A>): boolean =>
  waiting.length === 0 && doubt === undefined

/** What is true after an event, and who is to be told. Events come one after the other: none while some work of `nextWork` is under way. */
export const fold = <A extends Attempt>(before: Submissions<A>, event: Event<A>): Step<A> => {
  const { answers = [], state } = after(before, event)
  return isIdle(state) && state.drains.length > 0
    ? { state: { ...state, drains: [] }, answers, drained: state.drains }
    : { state, answers, drained: [] }
}

/** How many changes wait, those in doubt included. */
export const countChanges = <A extends Attempt>({ doubt, waiting }: Submissions<A>): number =>
  [...waiting, ...doubt?.submissions ?? []].reduce((sum, { changes }) => sum + changes.length, 0)
