/** Lets through as many writes at once as do the server good; the others wait their turn in order. */
import { type Clock, Duration, Effect, Semaphore } from "effect"
import type { ApiFailure } from "./ApiError.ts"
import { afterAnswer, afterRefusal, initial } from "./LimiterState.ts"

export interface Limiter {
  readonly run: <A, R>(write: Effect.Effect<A, ApiFailure, R>) => Effect.Effect<A, ApiFailure, R>
  /** How many may be in flight now. */
  readonly limit: () => number
}

const nowOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

export const makeLimiter = Effect.gen(function*() {
  let state = initial(yield* Effect.clockWith((clock) => Effect.succeed(nowOf(clock))))
  let waiting = 0
  const places = yield* Semaphore.make(state.limit)

  const learn = (failure: ApiFailure | undefined) =>
    Effect.clockWith((clock) => {
      const at = nowOf(clock)
      const before = state.limit
      const refused = failure?._tag === "ApiUnavailable" && failure.status === 429 ? failure : undefined
      state = refused === undefined ? afterAnswer(state, waiting > 0, at) : afterRefusal(state, refused.retryAfter, at)
      return state.limit === before ? Effect.void : places.resize(state.limit)
    })

  const pause = Effect.clockWith((clock) => {
    const left = state.pausedUntil - nowOf(clock)
    return left > 0 ? Effect.sleep(Duration.millis(left)) : Effect.void
  })

  const run = <A, R>(write: Effect.Effect<A, ApiFailure, R>): Effect.Effect<A, ApiFailure, R> =>
    Effect.suspend(() => {
      let counted = true
      waiting += 1
      const leaveQueue = () => {
        if (counted) waiting -= 1
        counted = false
      }
      const admitted = Effect.sync(leaveQueue).pipe(
        Effect.andThen(pause),
        Effect.andThen(write),
        Effect.tap(() => learn(undefined)),
        Effect.tapError(learn)
      )
      return places.withPermit(admitted).pipe(Effect.onInterrupt(() => Effect.sync(leaveQueue)))
    })

  return { run, limit: () => state.limit } satisfies Limiter
})
