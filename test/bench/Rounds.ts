// We and the peer do the same thing in rounds, each of them first in every other one, so that both meet the same machine.
import { Effect } from "effect"
import type { Figure, Goal } from "./Figure.ts"
import { median } from "./Statistics.ts"

/** What one round took, in milliseconds. */
export interface Pair {
  readonly ours: number
  readonly peer: number
}

/** Both, one after the other. @param round from 0 */
export const inTurn = <A, B, E, R>(
  round: number,
  ours: Effect.Effect<A, E, R>,
  peer: Effect.Effect<B, E, R>
): Effect.Effect<{ readonly ours: A; readonly peer: B }, E, R> =>
  round % 2 === 0
    ? Effect.gen(function*() {
      const second = yield* peer
      return { ours: yield* ours, peer: second }
    })
    : Effect.gen(function*() {
      const first = yield* ours
      return { ours: first, peer: yield* peer }
    })

/** Medians of both, and of the rounds' ratios. */
export const pairedFigure = (what: string, pairs: ReadonlyArray<Pair>, goal?: Goal): Figure => ({
  what,
  unit: "ms",
  ours: median(pairs.map(({ ours }) => ours)),
  peer: median(pairs.map(({ peer }) => peer)),
  ratio: median(pairs.map(({ ours, peer }) => ours / peer)),
  ...goal === undefined ? {} : { goal }
})
