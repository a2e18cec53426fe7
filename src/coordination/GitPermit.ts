/** Who leads may write to Git, for the cluster that was asked for its id once. */
import { Effect, Layer, Ref } from "effect"
import { WritePermit, WritingWithheld } from "../git/writing/WritePermit.ts"
import { Leadership } from "../kubernetes/Leadership.ts"
import { Writer } from "../kubernetes/Writer.ts"
import { clusterId } from "./ClusterId.ts"

export const layer = Layer.effect(
  WritePermit,
  Effect.gen(function*() {
    const leadership = yield* Leadership
    const writer = yield* Writer
    const known = yield* Ref.make<string | undefined>(undefined)
    const cluster = Effect.gen(function*() {
      const before = yield* Ref.get(known)
      if (before !== undefined) return before
      const id = yield* clusterId(writer)
      yield* Ref.set(known, id)
      return id
    })
    // The term is asked for last: asking the API server may take long.
    return Effect.flatMap(cluster, (cluster) => Effect.as(leadership.permit, { cluster })).pipe(
      Effect.mapError(({ message }) => new WritingWithheld({ message }))
    )
  })
)
