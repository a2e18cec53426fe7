import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { ApiUnavailable } from "../../src/kubernetes/ApiError.ts"
import { makeLimiter } from "../../src/kubernetes/Limiter.ts"

const refusal = new ApiUnavailable({
  subject: { verb: "patch", resource: "configmaps" },
  status: 429,
  reason: "too many requests",
  retryAfter: 5000
})

describe("the limiter", () => {
  it.effect("lets four through at first, and the others one by one as places come free", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      let running = 0
      let most = 0
      const write = Effect.gen(function*() {
        most = Math.max(most, ++running)
        yield* Effect.sleep(10)
        running -= 1
      })
      const all = yield* Effect.forEach(Array(8), () => limiter.run(write), { concurrency: "unbounded" }).pipe(
        Effect.forkChild
      )
      yield* TestClock.adjust(20)
      yield* Fiber.join(all)
      assert.strictEqual(most, 4)
    }))

  it.effect("goes up to thirty-two when the answers take as long whatever is in flight", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      const all = yield* Effect.forEach(Array(2000), () => limiter.run(Effect.sleep(11)), { concurrency: "unbounded" })
        .pipe(
          Effect.forkChild
        )
      yield* TestClock.adjust(10_000)
      yield* Fiber.join(all)
      assert.strictEqual(limiter.limit(), 32)
    }))

  it.effect("sends nothing for as long as the server asked after a 429, then goes on with fewer", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      yield* Effect.flip(limiter.run(Effect.fail(refusal)))
      assert.strictEqual(limiter.limit(), 2)
      let sent = false
      const next = yield* limiter.run(Effect.sync(() => sent = true)).pipe(Effect.forkChild)
      yield* TestClock.adjust(4999)
      assert.isFalse(sent)
      yield* TestClock.adjust(1)
      yield* Fiber.join(next)
      assert.isTrue(sent)
    }))

  it.effect("gives back the place of a write that was interrupted, waiting or sent", () =>
    Effect.gen(function*() {
      const limiter = yield* makeLimiter
      const stuck = yield* Effect.forEach(Array(6), () => limiter.run(Effect.never), { concurrency: "unbounded" }).pipe(
        Effect.forkChild
      )
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(stuck)
      const results = yield* Effect.forEach(Array(4), () => limiter.run(Effect.succeed(1)), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(results, [1, 1, 1, 1])
    }))
})
