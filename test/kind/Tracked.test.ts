import { assert, describe, it } from "@effect/vitest"
import {
  afterApply,
  afterFailure,
  afterGone,
  afterList,
  afterMatch,
  afterSeen,
  cooled,
  heated,
  lookHeat,
  recalled,
  syncedOf,
  whenSent
} from "../../src/kind/Tracked.ts"
import { declared, filters, live, rule, tracked } from "./samples.ts"
import { tagOf, trouble, verdictOf } from "./verdicts.ts"

describe("an apply and the watch", () => {
  const before = tracked({ claim: declared("web", "d1"), live: live({ version: "1", owned: "o1" }) })

  it("is in step once answered, whether the watch shows the answer before or after", () => {
    const answeredFirst = afterApply(whenSent(before), "d1", "2")
    assert.strictEqual(tagOf(answeredFirst), "InStep")
    assert.strictEqual(tagOf(afterSeen(answeredFirst, live({ version: "2", owned: "o2" }))), "InStep")
    const shownFirst = afterApply(afterSeen(whenSent(before), live({ version: "2", owned: "o2" })), "d1", "2")
    assert.strictEqual(tagOf(shownFirst), "InStep")
  })

  it("is not applied again for a status that a controller wrote before the answer came", () => {
    const shown = afterSeen(
      afterSeen(whenSent(before), live({ version: "2", owned: "o2" })),
      live({ version: "3", owned: "o2" })
    )
    assert.strictEqual(tagOf(afterApply(shown, "d1", "2")), "InStep")
  })

  it("is applied again for drift that came before the answer", () => {
    const shown = afterSeen(
      afterSeen(whenSent(before), live({ version: "2", owned: "o2" })),
      live({ version: "3", owned: "drifted" })
    )
    assert.deepInclude(verdictOf(afterApply(shown, "d1", "2")), { _tag: "Pending", drift: true })
  })

  it("sees drift after the answer, and not in what others own", () => {
    const settled = afterSeen(afterApply(whenSent(before), "d1", "2"), live({ version: "2", owned: "o2" }))
    assert.strictEqual(tagOf(afterSeen(settled, live({ version: "3", owned: "o2" }))), "InStep")
    assert.deepInclude(verdictOf(afterSeen(settled, live({ version: "4", owned: "o4" }))), {
      _tag: "Pending",
      drift: true
    })
  })

  it("takes an answer that changed nothing as the version it already knew", () => {
    assert.strictEqual(tagOf(afterApply(whenSent(before), "d1", "1")), "InStep")
  })

  it("applies again when a complete list never showed the answer", () => {
    const waiting = afterApply(whenSent(before), "d1", "2")
    assert.strictEqual(tagOf(afterList(afterSeen(waiting, live({ version: "9", owned: "o9" })))), "Pending")
  })

  it("is applied again under other rules, though neither side changed", () => {
    const value = afterMatch(before, "d1", live({ version: "1", owned: "o1" }))
    const replicas = rule({ filters: filters("/spec/replicas"), syncTo: "ignore" })
    assert.deepInclude(verdictOf(value, { rules: [replicas, rule({ index: 1 })] }), { _tag: "Pending", drift: false })
  })

  it("makes again what was deleted", () => {
    const settled = afterSeen(afterApply(whenSent(before), "d1", "2"), live({ version: "2", owned: "o2" }))
    assert.deepInclude(verdictOf(afterGone(settled)), { _tag: "Pending", uid: undefined })
  })

  it("asks for no apply when the live object was found to state just the manifest", () => {
    const value = afterMatch(before, "d1", live({ version: "1", owned: "o1" }))
    assert.strictEqual(tagOf(value), "InStep")
    assert.strictEqual(tagOf({ ...value, claim: declared("web", "d2") }), "Pending")
  })
})

describe("trouble", () => {
  const value = afterFailure(tracked({ claim: declared("web", "d1"), live: live() }), trouble())

  it("waits its time, for the same manifest and the same object", () => {
    assert.strictEqual(tagOf(value, { now: 999 }), "Troubled")
    assert.strictEqual(tagOf(value, { now: 1000 }), "Pending")
    assert.deepInclude(verdictOf(value, { now: 1000 }), { trouble: value.trouble })
  })

  it("is forgotten for another manifest or another object", () => {
    assert.strictEqual(tagOf({ ...value, claim: declared("web", "d2") }), "Pending")
    assert.strictEqual(tagOf(afterSeen(value, live({ uid: "u2" }))), "Pending")
    assert.strictEqual(tagOf(afterGone(value)), "Pending")
  })

  it("does not end because the object's status changes", () => {
    assert.strictEqual(tagOf(afterSeen(value, live({ version: "2" }))), "Troubled")
  })
})

describe("heat", () => {
  it("halves every minute and passes the bound only when drift comes fast", () => {
    const fast = Array.from({ length: 12 }, (_, second) => second * 1000).reduce(heated, { value: 0, at: 0 })
    const slow = Array.from({ length: 12 }, (_, minute) => minute * 60_000).reduce(heated, { value: 0, at: 0 })
    assert.isAbove(fast.value, lookHeat)
    assert.isBelow(slow.value, lookHeat)
    assert.approximately(cooled({ value: 8, at: 0 }, 120_000), 2, 1e-9)
  })
})

describe("what an earlier life found in step", () => {
  const before = tracked({ claim: declared("web", "d1"), live: live({ owned: "o1" }) })

  it("is in step again while both sides are as they were then", () => {
    assert.strictEqual(tagOf(recalled(before, { payload: "d1", owned: "o1" }, "d1")), "InStep")
  })

  it("counts for nothing once the manifest or the live object has changed", () => {
    assert.strictEqual(tagOf(recalled(before, { payload: "d0", owned: "o1" }, "d1")), "Pending")
    assert.strictEqual(tagOf(recalled(before, { payload: "d1", owned: "o0" }, "d1")), "Pending")
  })

  it("is told to the record only once the watch has shown what the server made of it", () => {
    assert.isUndefined(syncedOf(afterApply(whenSent(before), "d1", "2")))
    assert.deepStrictEqual(
      syncedOf(afterSeen(afterApply(whenSent(before), "d1", "2"), live({ version: "2", owned: "o2" }))),
      { payload: "d1", owned: "o2", path: "web.yaml" }
    )
  })
})
