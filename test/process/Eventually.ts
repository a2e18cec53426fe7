// Waiting for something true of the real world, with a bound, in real time whatever clock the test uses.
import { Effect, Schema } from "effect"

export interface Patience {
  /** Milliseconds until it counts as not happening. Default: 10,000. */
  readonly within?: number
  /** Milliseconds between two looks. Default: 50. */
  readonly every?: number
}

export class NeverHappened extends Schema.TaggedError<NeverHappened>()("NeverHappened", {
  what: Schema.String,
  within: Schema.Number,
  last: Schema.String
}) {
  override get message(): string {
    return `not within ${this.within} ms: ${this.what}. Last seen: ${this.last}`
  }
}

/** Sleeps in real time, also under a `TestClock`. */
export const realSleep = (millis: number): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const timer = setTimeout(() => resume(Effect.void), millis)
    return Effect.sync(() => clearTimeout(timer))
  })

/** Looks again and again until `enough` accepts what was seen, and returns that. A failed look counts as "not yet". */
export const eventually = <A, E, R>(
  what: string,
  look: Effect.Effect<A, E, R>,
  enough: (seen: A) => boolean,
  { within = 10_000, every = 50 }: Patience = {}
): Effect.Effect<A, NeverHappened, R> =>
  Effect.gen(function*() {
    const deadline = performance.now() + within
    while (true) {
      const seen = yield* Effect.result(look)
      if (seen._tag === "Success" && enough(seen.success)) return seen.success
      if (performance.now() > deadline) {
        const last = seen._tag === "Success" ? JSON.stringify(seen.success) : String(seen.failure)
        return yield* new NeverHappened({ what, within, last: (last ?? "nothing").slice(0, 2000) })
      }
      yield* realSleep(every)
    }
  })
