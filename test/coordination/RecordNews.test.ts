import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as RecordKeeping from "../../src/coordination/RecordKeeping.ts"
import { roundOf } from "../../src/coordination/roundOf.ts"
import { keeping } from "./keeping.ts"

describe("a record that was deleted under the running controller", () => {
  it.effect("makes this a first contact again, until the kinds have looked at everything in a round of its own", () =>
    Effect.gen(function*() {
      const { see, settle, state, store, tell, wake } = yield* keeping("git")
      const isFirstContact = () => roundOf(state())?.isFirstContact
      yield* see("shop/a")
      yield* tell(settle(true))
      assert.isFalse(isFirstContact())
      const { round } = state()
      store.isBroken = true
      yield* see("shop/b")
      store.isBroken = false
      store.stored = undefined
      yield* TestClock.adjust(RecordKeeping.retryAfter)
      yield* wake
      assert.isTrue(isFirstContact(), "what settled before settled by what is lost")
      assert.isAbove(state().round, round)
      yield* tell(settle(false))
      assert.isTrue(isFirstContact())
      yield* tell(settle(true))
      assert.isFalse(isFirstContact())
    }))
})
