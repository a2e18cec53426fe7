// A clock whose wall time can be set, as an administrator or NTP sets a machine's; real time goes on beneath it.
import { type Clock, Effect } from "effect"

export interface ShiftedClock {
  readonly clock: Clock.Clock
  /** From now on the wall shows this much more than is true, in milliseconds. */
  readonly shift: (millis: number) => void
}

export const shiftedClock: Effect.Effect<ShiftedClock> = Effect.clockWith((real) =>
  Effect.sync(() => {
    let by = 0
    const millis = () => real.currentTimeMillisUnsafe() + by
    const nanos = () => real.currentTimeNanosUnsafe() + BigInt(by) * 1_000_000n
    return {
      clock: {
        currentTimeMillisUnsafe: millis,
        currentTimeMillis: Effect.sync(millis),
        currentTimeNanosUnsafe: nanos,
        currentTimeNanos: Effect.sync(nanos),
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(duration)
      },
      shift: (millis) => void (by = millis)
    }
  })
)
