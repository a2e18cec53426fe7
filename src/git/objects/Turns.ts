/** Keeps long computations from holding the event loop: after some work, others get their turn. */
import { Effect } from "effect"

/** Work for about five milliseconds; one unit is about ten nanoseconds. */
const turn = 500_000

/** What an object costs beside its bytes: even an empty one has to be found, inflated, named and kept. */
export const perObject = 1_000

export interface Turns {
  /** Counts the work, and says whether it is time to give way. For hot loops. */
  readonly due: (work: number) => boolean
  /** Counts the work, and gives way when it is time. */
  readonly spend: (work: number) => Effect.Effect<void>
}

export const makeTurns = (): Turns => {
  let left = turn
  const due = (work: number) => {
    left -= work
    if (left > 0) return false
    left = turn
    return true
  }
  return { due, spend: (work) => due(work) ? Effect.yieldNow : Effect.void }
}
