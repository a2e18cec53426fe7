/** For a command that writes beside a leader, or where nobody leads: it needs no term. */
import { Effect, Layer, Stream } from "effect"
import { Leadership } from "../kubernetes/Leadership.ts"

export const Unopposed = Layer.succeed(Leadership, {
  identity: "",
  permit: Effect.succeed({ number: 0, left: 30_000 }),
  standing: Stream.never
})
