import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import * as GitPermit from "../../src/coordination/GitPermit.ts"
import { WritePermit } from "../../src/git/writing/WritePermit.ts"
import { NotLeading } from "../../src/kubernetes/ApiError.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"

describe("the permit to write to Git", () => {
  it.effect("is the leader's alone, for the cluster that is asked for its id once", () =>
    Effect.gen(function*() {
      let isLeading = false
      let asked = 0
      const leadership = Layer.succeed(Leadership, {
        identity: "pod-1",
        permit: Effect.suspend(() =>
          isLeading ? Effect.succeed({ number: 1, left: 1000 }) : Effect.fail(new NotLeading({ holder: "pod-2" }))
        ),
        standing: Stream.empty
      })
      const writer = Layer.mock(Writer, {
        fieldManager: "us",
        get: ({ name }) =>
          Effect.sync(() => {
            asked += 1
            return { apiVersion: "v1", kind: "Namespace", metadata: { name, uid: "uid-1", resourceVersion: "1" } }
          })
      })
      yield* Effect.gen(function*() {
        const permit = yield* WritePermit
        assert.include((yield* Effect.flip(permit)).message, "pod-2 leads")
        isLeading = true
        assert.deepStrictEqual(yield* permit, { cluster: "uid-1" })
        isLeading = false
        assert.include((yield* Effect.flip(permit)).message, "pod-2 leads")
        assert.strictEqual(asked, 1)
      }).pipe(Effect.provide(GitPermit.layer.pipe(Layer.provide([leadership, writer]))))
    }))
})
