import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { TestClock } from "effect/testing"
import { progressOf } from "../../../src/git/writing/progress.ts"

describe("long work", () => {
  it.effect("says every five seconds how far it has come, and nothing before", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const logger = Logger.layer([Logger.make(({ message }) => log.push(String(message)))])
      yield* Effect.gen(function*() {
        const progress = yield* progressOf("Composed", "files", 10_000)
        for (let done = 0; done < 10_000; done += 1000) {
          yield* progress(done)
          yield* TestClock.adjust("2 seconds")
        }
      }).pipe(Effect.provide(logger))
      assert.deepStrictEqual(log, [3, 6, 9].map((thousands) => `Composed ${thousands},000 of 10,000 files`))
    }))
})
