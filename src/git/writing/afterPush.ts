/** What a push means for what was submitted: done, tried again, found out by looking, or refused. Pure. */
import type { Refusal } from "../GitMessages.ts"
import { afterRace, afterRefusal, longestWait, quickTries } from "./Retrying.ts"
import type { Submission } from "./Submission.ts"
import { answerAll, type Attempt, type Doubt, type Outcome, type Push, type Submissions } from "./SubmissionsState.ts"

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

export interface Pushed<A extends Attempt> extends Doubt<A> {
  readonly push: Push
  readonly wasInDoubt: boolean
  readonly at: number
  readonly jitter: number
}

/** After so many declined in a row the remote takes nothing: so many halvings lead from all that may wait to a single one. */
const mostDeclines = 16

const halves = (submissions: ReadonlyArray<Submission>): ReadonlyArray<ReadonlySet<number>> => {
  const middle = Math.ceil(submissions.length / 2)
  return [submissions.slice(0, middle), submissions.slice(middle)].map((half) => new Set(half.map(({ id }) => id)))
}

/** What of one submission is declined is told; of several, each half is tried alone. */
const onDeclined = <A extends Attempt>(
  state: Submissions<A>,
  { at, jitter, submissions }: Pushed<A>,
  words: string
): Outcome<A> => {
  const declines = state.declines + 1
  const settled = { ...state, doubt: undefined, tries: 0, declines }
  return submissions.length > 1 && declines < mostDeclines
    ? {
      state: {
        ...settled,
        waiting: [...submissions, ...state.waiting],
        divided: [...halves(submissions), ...state.divided]
      }
    }
    : {
      state: declined(settled, "Declined", at, jitter),
      answers: answerAll(submissions, { _tag: "Refused", reason: "Declined", words })
    }
}

/** `submissions` are what the pushed commit holds; they are in doubt, or no longer waiting. */
export const onPushed = <A extends Attempt>(state: Submissions<A>, pushed: Pushed<A>): Outcome<A> => {
  const { at, attempt, jitter, push, submissions, wasInDoubt } = pushed
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
          refusedUntil: 0,
          declines: 0,
          blocked: new Set()
        },
        answers: answerAll(submissions, { _tag: "Committed", commit: attempt.commit })
      }
    case "Moved":
      return wasInDoubt
        ? { state: again(state, at, jitter) }
        : { state: again({ ...state, waiting: [...submissions, ...state.waiting] }, at, jitter) }
    case "Declined":
      return onDeclined(state, pushed, push.words)
    case "Refused":
      return {
        state: declined({ ...state, doubt: undefined, tries: 0 }, push.reason, at, jitter),
        answers: answerAll(submissions, push)
      }
    case "Lost":
      return { state: again({ ...state, doubt: { submissions, attempt } }, at, jitter, push) }
  }
}
