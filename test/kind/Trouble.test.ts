import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { trouble } from "../../src/kind/Diagnosis.ts"
import { backoff, type Cure } from "../../src/kind/Trouble.ts"
import { live } from "./samples.ts"

const cure: fc.Arbitrary<Cure> = fc.constantFrom(
  "retry",
  "commit",
  "namespace",
  "quota",
  "permission",
  "opponent",
  "deletion"
)

describe("waiting between attempts", () => {
  it("grows with the attempts, never beyond an hour, and is spread over its last quarter", () => {
    fc.assert(
      fc.property(
        cure,
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, attempts, jitter) => {
          const wait = backoff(of, attempts, jitter)
          const whole = backoff(of, attempts, 1)
          assert.isAtLeast(backoff(of, attempts + 1, jitter), wait)
          assert.isAtMost(whole, 3_600_000)
          assert.isAtLeast(wait, Math.floor(whole * 0.75))
        }
      )
    )
  })

  it("counts on while the trouble is about the same manifest, and starts over for another", () => {
    const attempt = { wanted: "d1", live: live(), previous: undefined, now: 0, jitter: 1 }
    const first = trouble("retry", "no", attempt)
    const second = trouble("retry", "no", { ...attempt, previous: first })
    const other = trouble("retry", "no", { ...attempt, previous: second, wanted: "d2" })
    assert.deepStrictEqual([first.attempts, second.attempts, other.attempts], [1, 2, 1])
    assert.isAbove(second.retryAt, first.retryAt)
  })
})
