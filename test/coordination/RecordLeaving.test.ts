// When the record learns of objects, when it may forget them, and what it knows after it could not be written.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import type { CoordinatorMessage } from "../../src/coordination/CoordinatorMessage.ts"
import * as RecordKeeping from "../../src/coordination/RecordKeeping.ts"
import type { Stored } from "../../src/coordination/RecordStore.ts"
import type { RecordUnwritten } from "../../src/kind/Coordination.ts"
import { keeping, kind, standby } from "./keeping.ts"

const ids = (stored: Stored | undefined) => [...stored?.record.inventory.get(kind)?.keys() ?? []].sort()
const departed = (id: string): CoordinatorMessage => ({ _tag: "Departed", kind, ids: [id] })

describe("the record", () => {
  it.effect("answers for a key once it is written, and not before", () =>
    Effect.gen(function*() {
      const { enroll, store } = yield* keeping()
      const reply = yield* Deferred.make<void, RecordUnwritten>()
      let early: boolean | undefined
      store.atWrite = Effect.map(Deferred.isDone(reply), (isDone) => {
        early = isDone
      })
      const told = yield* enroll("shop/a", { _tag: "EnrollAsked", kind, ids: ["shop/b"], reply })
      assert.isFalse(early)
      assert.isTrue(yield* Deferred.isDone(told))
      assert.deepStrictEqual(ids(store.stored), ["shop/a", "shop/b"])
    }))

  it.effect("says so when it can't be written, and still knows what it held when somebody deletes it meanwhile", () =>
    Effect.gen(function*() {
      const { enroll, store, tell } = yield* keeping()
      yield* enroll("shop/a")
      store.isBroken = true
      const refused = yield* Deferred.poll(yield* enroll("shop/b"))
      assert.strictEqual((yield* Effect.flip(Option.getOrThrow(refused)))._tag, "RecordUnwritten")
      store.isBroken = false
      store.stored = undefined
      yield* TestClock.adjust(RecordKeeping.retryAfter)
      yield* tell({ _tag: "Woken" })
      yield* enroll("shop/c")
      assert.deepStrictEqual(ids(store.stored), ["shop/a", "shop/c"])
    }))

  it.effect("forgets what departed when the round has settled, and not before", () =>
    Effect.gen(function*() {
      const { enroll, settle, store, tell } = yield* keeping()
      yield* enroll("shop/a", settle(false))
      yield* enroll("shop/b", departed("shop/a"))
      assert.deepStrictEqual(ids(store.stored), ["shop/a", "shop/b"])
      yield* tell(settle(true))
      assert.deepStrictEqual(ids(store.stored), ["shop/b"])
    }))

  it.effect("keeps what is taken up again before it was forgotten", () =>
    Effect.gen(function*() {
      const { enroll, settle, store, tell } = yield* keeping()
      yield* enroll("shop/a", settle(false))
      yield* tell(departed("shop/a"))
      yield* enroll("shop/a")
      yield* tell(settle(true))
      assert.deepStrictEqual(ids(store.stored), ["shop/a"])
    }))

  it.effect("forgets in the end what departed while it could not be written, also after the Coordinator began anew", () =>
    Effect.gen(function*() {
      const { enroll, restart, settle, store, tell } = yield* keeping()
      yield* enroll("shop/a", settle(false))
      store.isBroken = true
      yield* tell(departed("shop/a"), settle(true))
      assert.deepStrictEqual(ids(store.stored), ["shop/a"])
      store.isBroken = false
      restart()
      yield* TestClock.adjust(RecordKeeping.retryAfter)
      yield* tell({ _tag: "Woken" })
      yield* tell(settle(true))
      assert.deepStrictEqual(ids(store.stored), [])
    }))

  it.effect("is read again by a new term: what another leader wrote counts, and what we knew is not put back", () =>
    Effect.gen(function*() {
      const { enroll, lead, settle, store, tell } = yield* keeping()
      yield* enroll("shop/a", settle(false))
      yield* tell(standby)
      const { stored } = store
      if (stored === undefined) return assert.fail("it was never written")
      const inventory = new Map([[kind, new Map([["shop/z", undefined]])]])
      store.stored = { ...stored, record: { ...stored.record, inventory } }
      yield* lead
      yield* enroll("shop/b")
      assert.deepStrictEqual(ids(store.stored), ["shop/b", "shop/z"])
    }))
})
