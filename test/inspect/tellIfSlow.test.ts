import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import { tellIfSlow } from "../../src/inspect/tellIfSlow.ts"

describe("what takes long", () => {
  it.effect("is told once, on stderr, and goes on", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(tellIfSlow("Reading x")(Effect.delay(Effect.succeed("read"), "10 seconds")))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* TestConsole.errorLines, [])
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "read")
      assert.deepStrictEqual(yield* TestConsole.errorLines, ["Reading x ..."])
    }))

  it.effect("is not what fails at once", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(tellIfSlow("Reading x")(Effect.fail("no"))), "no")
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* TestConsole.errorLines, [])
    }))
})
