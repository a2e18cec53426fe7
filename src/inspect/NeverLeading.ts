/** For whoever only looks: no Lease is taken, and so no write is ever sent. */
import { Effect, Layer, Stream } from "effect"
import { NotLeading } from "../kubernetes/ApiError.ts"
import { Leadership } from "../kubernetes/Leadership.ts"

export const NeverLeading = Layer.succeed(Leadership, {
  identity: "",
  permit: Effect.fail(new NotLeading({})),
  standing: Stream.never
})
