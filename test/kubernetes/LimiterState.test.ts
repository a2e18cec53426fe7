import { assert, describe, it } from "@effect/vitest"
import { afterAnswer, afterRefusal, initial, type LimiterState } from "../../src/kubernetes/LimiterState.ts"

/** Answers one after the other as a server gives them that gets `rateOf(limit)` requests done in a millisecond. */
const serve = (answers: number, rateOf: (limit: number) => number): LimiterState => {
  let state = initial(0)
  let now = 0
  for (let index = 0; index < answers; index += 1) {
    now += 1 / rateOf(state.limit)
    state = afterAnswer(state, true, now)
  }
  return state
}

describe("how many writes are in flight", () => {
  it("grows to the bound while more of them get more done", () => {
    assert.strictEqual(serve(1000, (limit) => limit / 11).limit, 32)
  })

  it("stays small when more of them get no more done", () => {
    assert.strictEqual(serve(1000, () => 1).limit, 4)
  })

  it("stops where the server is busy", () => {
    const { limit } = serve(2000, (limit) => Math.min(limit, 12) / 5)
    assert.isAtLeast(limit, 9)
    assert.isAtMost(limit, 16)
  })

  it("does not grow while nobody waits", () => {
    let state = initial(0)
    for (let now = 1; now < 500; now += 1) state = afterAnswer(state, false, now)
    assert.strictEqual(state.limit, 4)
  })

  it("halves once for a burst of refusals, and pauses as long as was asked", () => {
    const busy = serve(1000, (limit) => limit / 11)
    const once = afterRefusal(busy, 2000, 20_000)
    const twice = afterRefusal(once, 2000, 20_001)
    assert.strictEqual(once.limit, 16)
    assert.strictEqual(twice.limit, 16)
    assert.strictEqual(twice.pausedUntil, 22_001)
    assert.strictEqual(afterRefusal(twice, undefined, 23_000).limit, 8)
  })

  it("never falls below one", () => {
    let state = initial(0)
    for (let now = 0; now < 100_000; now += 10_000) state = afterRefusal(state, undefined, now)
    assert.strictEqual(state.limit, 1)
  })
})
