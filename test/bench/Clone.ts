// `clone`: a large repository over HTTPS, read from nothing: every blob in memory, beside native Git with a work tree whose
// every file is read. Then all manifests are read into the index.
import { Effect } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import { coldPairs, coldRounds, coldStartFigure, memoryFigures } from "./ColdRuns.ts"
import { count } from "./Figure.ts"
import { largeRepository } from "./LargeRepository.ts"
import { pairedFigure } from "./Rounds.ts"
import { median } from "./Statistics.ts"

export const clone: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const [size, rounds] = quick ? [5000, 1] : [50_000, 3]
  const { server } = yield* largeRepository(size)
  const runs = yield* coldRounds(server, size, rounds)
  return {
    title: `clone: ${count(size)} manifests over HTTPS, read from nothing`,
    conditions: [
      "ours in a fresh process, from its first request to the last blob read; beside git clone --depth 1 and cat of all files,",
      "which writes its work tree into memory where the system lets it (/dev/shm), not to the disk;",
      `${
        rounds === 1 ? "one round" : `${rounds} rounds`
      } in turn: medians; of the event loop's blocks the longest of all`
    ],
    figures: [
      coldStartFigure(runs),
      pairedFigure("the clone alone", coldPairs(runs, ({ fetched }) => fetched)),
      {
        what: "event loop blocked while cloning, longest",
        unit: "ms",
        ours: Math.max(...runs.map(({ ours }) => ours.longestBlock))
      },
      {
        what: "then all manifests into the index",
        unit: "ms",
        ours: median(runs.map(({ index }) => index.indexed)),
        goal: { _tag: "AtMost", limit: 10_000 }
      },
      {
        what: "event loop blocked while indexing, longest",
        unit: "ms",
        ours: Math.max(...runs.map(({ index }) => index.longestBlock)),
        goal: { _tag: "AtMost", limit: 50 }
      },
      ...memoryFigures(runs)
    ],
    runs
  }
})
