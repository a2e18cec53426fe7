// What a benchmark is, and how it says what it is doing while it runs.
import { Effect, type Scope } from "effect"
import type { BenchTable } from "./Table.ts"

export interface BenchOptions {
  /** Smaller and fewer: to see whether it works, not how fast it is. */
  readonly quick: boolean
}

/** Measures; everything it starts ends with its scope. */
export type Benchmark = (options: BenchOptions) => Effect.Effect<BenchTable, Error, Scope.Scope>

export const say = (line: string): Effect.Effect<void> => Effect.sync(() => void process.stderr.write(`  ${line}\n`))

export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, number], E, R> =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => [value, performance.now() - start] as const)
  })
