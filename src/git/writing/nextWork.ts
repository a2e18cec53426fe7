/** What the Git actor has to do about what was submitted. Pure. */
import type { Submission } from "./Submission.ts"
import { type Attempt, isIdle, type Submissions } from "./Submissions.ts"

export type Work<A extends Attempt> =
  /** Nothing until the next event. */
  | { readonly _tag: "Rest" }
  | { readonly _tag: "Wait"; readonly until: number }
  | { readonly _tag: "Look" }
  /** Judge, commit and push all of these. */
  | { readonly _tag: "Write"; readonly submissions: ReadonlyArray<Submission> }
  /** The same commit once more. */
  | { readonly _tag: "PushAgain"; readonly attempt: A }
  /** Settle each by what the tip says, without writing. */
  | { readonly _tag: "Compare"; readonly submissions: ReadonlyArray<Submission> }

/** When what waits is to be committed: once nothing new came for a while, or the oldest has waited long enough. */
const dueAt = <A extends Attempt>({ drains, notBefore, refusedUntil, waiting, window }: Submissions<A>): number => {
  if (drains.length > 0) return notBefore
  const last = Math.max(...waiting.map(({ at }) => at))
  const oldest = Math.min(...waiting.map(({ since }) => since))
  return Math.max(notBefore, refusedUntil, Math.min(last + window.quiet, oldest + window.maxAge))
}

const atTime = <A extends Attempt>(now: number, due: number, work: Work<A>): Work<A> =>
  now >= due ? work : { _tag: "Wait", until: due }

/** What is to be done now. */
export const nextWork = <A extends Attempt>(state: Submissions<A>, now: number): Work<A> => {
  if (state.isResting || !state.isReadable || isIdle(state)) return { _tag: "Rest" }
  if (state.lookAt !== undefined) return atTime(now, state.lookAt, { _tag: "Look" })
  const { doubt, waiting } = state
  if (doubt === undefined) return atTime(now, dueAt(state), { _tag: "Write", submissions: waiting })
  return state.tip === doubt.attempt.parent
    ? atTime(now, state.notBefore, { _tag: "PushAgain", attempt: doubt.attempt })
    : { _tag: "Compare", submissions: doubt.submissions }
}
