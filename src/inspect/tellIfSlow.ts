/** What is going on, on stderr, for somebody who would otherwise wait in front of nothing. */
import { Console, Effect } from "effect"

const patience = "2 seconds"

export const tellIfSlow = (what: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(effect, Effect.andThen(Effect.delay(Console.error(`${what} ...`), patience), Effect.never))
