/** What the Git actor has to do about what was submitted. Pure. */
import { batchOf } from "./batchOf.ts"
import type { Submission } from "./Submission.ts"
import { type Attempt, isIdle, type Submissions, unblocked } from "./SubmissionsState.ts"
import { mostWeight } from "./weightOf.ts"

export type Work<A extends Attempt> =
  /** Nothing until the next event. */
  | { readonly _tag: "Rest" }
  | { readonly _tag: "Wait"; readonly until: number }
  | { readonly _tag: "Look" }
  /** Judge, commit and push these: what `batchOf` says. */
  | { readonly _tag: "Write"; readonly submissions: ReadonlyArray<Submission> }
  /** The same commit once more. */
  | { readonly _tag: "PushAgain"; readonly attempt: A }
  /** Settle each by what the tip says, without writing. */
  | { readonly _tag: "Compare"; readonly submissions: ReadonlyArray<Submission> }

/**
 * When what waits is to be committed: once nothing new came for a while, or the oldest has waited long enough. At once where there is no
 * room for more, where the cluster is to be named, and while it is found out which of some the remote declines.
 */
const dueAt = <A extends Attempt>(state: Submissions<A>): number => {
  const { divided, drains, notBefore, refusedUntil, window } = state
  if (drains.length > 0 || divided.length > 0) return notBefore
  const free = unblocked(state)
  const atOnce = Math.max(notBefore, refusedUntil)
  const weight = free.reduce((sum, submission) => sum + submission.weight, 0)
  if (weight >= mostWeight || free.some(({ naming }) => naming !== undefined)) return atOnce
  const last = Math.max(...free.map(({ at }) => at))
  const oldest = Math.min(...free.map(({ since }) => since))
  return Math.max(atOnce, Math.min(last + window.quiet, oldest + window.maxAge))
}

const atTime = <A extends Attempt>(now: number, due: number, work: Work<A>): Work<A> =>
  now >= due ? work : { _tag: "Wait", until: due }

/** What is to be done now. */
export const nextWork = <A extends Attempt>(state: Submissions<A>, now: number): Work<A> => {
  if (state.isResting || !state.isReadable || isIdle(state)) return { _tag: "Rest" }
  if (state.lookAt !== undefined) return atTime(now, state.lookAt, { _tag: "Look" })
  const { doubt } = state
  if (doubt === undefined) return atTime(now, dueAt(state), { _tag: "Write", submissions: batchOf(state) })
  return state.tip === doubt.attempt.parent
    ? atTime(now, state.notBefore, { _tag: "PushAgain", attempt: doubt.attempt })
    : { _tag: "Compare", submissions: doubt.submissions }
}
