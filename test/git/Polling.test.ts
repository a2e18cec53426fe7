import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import * as fc from "fast-check"
import { RemoteError, RemoteUnreachable } from "../../src/git/GitError.ts"
import * as Polling from "../../src/git/Polling.ts"

const gone = new RemoteUnreachable({ url: "https://host/x", reason: "test" })
const after = (interval: number, failures: number, failure: RemoteError | RemoteUnreachable = gone) =>
  Duration.toMillis(Polling.afterFailure(Duration.millis(interval), failures, failure, 0.5))

describe("the next look", () => {
  it("comes after the interval, spread over a fifth", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 3_600_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (interval, jitter) => {
          const wait = Duration.toMillis(Polling.afterSuccess(Duration.millis(interval), jitter))
          assert.isAtLeast(wait, Math.floor(interval * 0.9))
          assert.isAtMost(wait, Math.ceil(interval * 1.1))
        }
      )
    )
  })

  it("comes later with each failure, up to the interval, but at most a minute", () => {
    assert.deepStrictEqual([1, 2, 3, 4, 5, 6, 100].map((failures) => after(30_000, failures)), [
      1000,
      2000,
      4000,
      8000,
      16_000,
      30_000,
      30_000
    ])
    assert.strictEqual(after(3_600_000, 100), 60_000)
    assert.strictEqual(after(100, 100), 1000)
  })

  it("comes when the server says and never before, within ten minutes", () => {
    const busy = (seconds: number) =>
      new RemoteError({ url: "https://host/x", words: "slow down", status: 429, retryAfter: seconds * 1000 })
    assert.strictEqual(after(30_000, 1, busy(90)), 90_000)
    assert.strictEqual(after(30_000, 1, busy(100_000)), 600_000)
    assert.strictEqual(after(30_000, 5, busy(1)), 16_000)
    assert.strictEqual(Duration.toMillis(Polling.afterFailure(Duration.seconds(30), 1, busy(90), 0)), 90_000)
  })
})
