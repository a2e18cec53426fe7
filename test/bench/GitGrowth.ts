// `growth`: the figures of `git` again, from a thousand files to a hundred thousand: how each grows.
import { Effect } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import { coldRounds, coldStartFigure, memoryFigures } from "./ColdRuns.ts"
import { count, type Figure } from "./Figure.ts"
import { changeFigures, measureChanges } from "./GitChanges.ts"
import { measurePolls, pollFigures } from "./GitPolls.ts"
import { largeRepository } from "./LargeRepository.ts"

const rounds = 3
const polls = 15

const measure = Effect.fnUntraced(function*(size: number) {
  const repository = yield* largeRepository(size)
  const cold = yield* coldRounds(repository.server, size, 1)
  const changes = yield* measureChanges(repository, { size, rounds, roundsOfMany: rounds })
  const polled = yield* measurePolls(size, polls)
  const figures = [
    coldStartFigure(cold),
    ...changeFigures(changes),
    ...pollFigures(polled),
    ...memoryFigures(cold)
  ]
  return { size, figures, runs: { cold, changes, polls: polled } }
}, Effect.scoped)

/** For information, without goals: those are for one size. */
const atSize = ({ ours, peer, ratio, unit, what }: Figure, size: number): Figure => ({
  what: `${what}: ${count(size)}`,
  unit,
  ours,
  ...peer === undefined ? {} : { peer },
  ...ratio === undefined ? {} : { ratio }
})

export const growth: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const sizes = quick ? [1000, 5000] : [1000, 10_000, 100_000]
  const measured = yield* Effect.forEach(sizes, measure)
  const [first] = measured
  return {
    title: "growth: the figures of git by the number of files, for polls by that of branches",
    conditions: [
      `as in git, but only once from nothing, ${rounds} rounds of changes and ${polls} polls, each after a warm-up`
    ],
    figures: (first?.figures ?? []).flatMap((_, row) =>
      measured.flatMap(({ figures, size }) => figures[row] === undefined ? [] : [atSize(figures[row], size)])
    ),
    runs: measured.map(({ runs, size }) => ({ size, ...runs }))
  }
})
