// When the record learns of objects, when it may forget them, and what it knows after it could not be written.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import type { CoordinatorMessage } from "../../src/coordination/CoordinatorMessage.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import * as RecordKeeping from "../../src/coordination/RecordKeeping.ts"
import { RecordStore, type Stored } from "../../src/coordination/RecordStore.ts"
import { noReport } from "../../src/git/GitReport.ts"
import type { RecordUnwritten } from "../../src/kind/Coordination.ts"
import { ApiUnavailable } from "../../src/kubernetes/ApiError.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { round, rule } from "../kind/samples.ts"

const kind = "ConfigMap"
const ids = (stored: Stored | undefined) => [...stored?.record.inventory.get(kind)?.keys() ?? []].sort()
const leading: CoordinatorMessage = { _tag: "StandingChanged", standing: { _tag: "Leading", term: 1 } }
const tip: CoordinatorMessage = { _tag: "GitReported", report: { ...noReport, tip: round(1, []).tip, checkedAt: 0 } }
const departed = (id: string): CoordinatorMessage => ({ _tag: "Departed", kind, ids: [id] })

const broken = new ApiUnavailable({
  subject: { verb: "update", resource: "configmaps", version: "v1" },
  status: 500,
  reason: "no"
})

/** A record kept in memory, whose writes can be made to fail. */
const keeping = Effect.gen(function*() {
  const store: { stored: Stored | undefined; isBroken: boolean; atWrite: Effect.Effect<void> } = {
    stored: undefined,
    isBroken: false,
    atWrite: Effect.void
  }
  const world = Layer.mergeAll(
    Layer.succeed(RecordStore, {
      load: Effect.sync(() => store.stored),
      save: (record) =>
        Effect.gen(function*() {
          yield* store.atWrite
          if (store.isBroken) return yield* broken
          return store.stored = { record, versions: new Map(), missingShards: 0 }
        })
    }),
    Layer.mock(Writer, {
      fieldManager: "us",
      get: () =>
        Effect.succeed({ metadata: { name: "x", uid: "cluster", resourceVersion: "1" } } as unknown as KubernetesObject)
    })
  )
  const { attend } = yield* RecordKeeping.make({ record: "ns/r", repository: "r", gitPath: "" }).pipe(
    Effect.provide(world)
  )
  let state = CoordinatorState.initial({ number: 1, rules: [rule()] }, noReport, 0)
  /** As the Coordinator does with every message. */
  const tell = (...messages: ReadonlyArray<CoordinatorMessage>) =>
    Effect.gen(function*() {
      for (const message of messages) state = CoordinatorState.fold(state, message)
      state = CoordinatorState.advance(yield* attend(state))
      if (state.settledRound === state.round) state = CoordinatorState.advance(yield* attend(state))
    })
  const settle = (isSettled: boolean): CoordinatorMessage => ({
    _tag: "Expected",
    round: state.round,
    kinds: new Set(isSettled ? [] : [kind])
  })
  const enroll = Effect.fnUntraced(function*(id: string, ...with_: ReadonlyArray<CoordinatorMessage>) {
    const reply = yield* Deferred.make<void, RecordUnwritten>()
    yield* tell({ _tag: "EnrollAsked", kind, ids: [id], reply }, ...with_)
    return reply
  })
  yield* tell(leading, tip)
  return {
    store,
    tell,
    enroll,
    settle,
    restart: () => {
      state = CoordinatorState.restarted(state, state.ruleset)
    }
  }
})

describe("the record", () => {
  it.effect("answers for a key once it is written, and not before", () =>
    Effect.gen(function*() {
      const { enroll, store } = yield* keeping
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
      const { enroll, store, tell } = yield* keeping
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
      const { enroll, settle, store, tell } = yield* keeping
      yield* enroll("shop/a", settle(false))
      yield* enroll("shop/b", departed("shop/a"))
      assert.deepStrictEqual(ids(store.stored), ["shop/a", "shop/b"])
      yield* tell(settle(true))
      assert.deepStrictEqual(ids(store.stored), ["shop/b"])
    }))

  it.effect("keeps what is taken up again before it was forgotten", () =>
    Effect.gen(function*() {
      const { enroll, settle, store, tell } = yield* keeping
      yield* enroll("shop/a", settle(false))
      yield* tell(departed("shop/a"))
      yield* enroll("shop/a")
      yield* tell(settle(true))
      assert.deepStrictEqual(ids(store.stored), ["shop/a"])
    }))

  it.effect("forgets in the end what departed while it could not be written, also after the Coordinator began anew", () =>
    Effect.gen(function*() {
      const { enroll, restart, settle, store, tell } = yield* keeping
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
      const { enroll, settle, store, tell } = yield* keeping
      yield* enroll("shop/a", settle(false))
      yield* tell({ _tag: "StandingChanged", standing: { _tag: "Standby", holder: "other" } })
      const { stored } = store
      if (stored === undefined) return assert.fail("it was never written")
      const inventory = new Map([[kind, new Map([["shop/z", undefined]])]])
      store.stored = { ...stored, record: { ...stored.record, inventory } }
      yield* tell(leading)
      yield* enroll("shop/b")
      assert.deepStrictEqual(ids(store.stored), ["shop/b", "shop/z"])
    }))
})
