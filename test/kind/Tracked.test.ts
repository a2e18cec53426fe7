import { assert, describe, it } from "@effect/vitest"
import {
  afterApply,
  afterFailure,
  afterGone,
  afterList,
  afterMatch,
  afterSeen,
  cooled,
  fightHeat,
  heated,
  judge,
  recalled,
  syncedOf,
  type Tracked,
  whenSent
} from "../../src/kind/Tracked.ts"
import type { Trouble } from "../../src/kind/Trouble.ts"
import { ownership } from "../../src/rules/Ruleset.ts"
import type { Rule } from "../../src/rules/Ruleset.ts"
import { declared, live, ref, rule, tracked } from "./samples.ts"

const owned = (rules: ReadonlyArray<Rule>) =>
  ownership({ ruleset: 1, rules }, { namespace: "shop", name: "web", git: {}, live: undefined })

const verdictOf = (
  value: Tracked,
  options: { rules?: ReadonlyArray<Rule>; mode?: "apply" | "create"; now?: number } = {}
) => judge(value, owned(options.rules ?? [rule()]), options.mode ?? "apply", options.now ?? 0)

const tagOf = (...args: Parameters<typeof verdictOf>) => verdictOf(...args)._tag

const trouble = (change: Partial<Trouble> = {}): Trouble => ({
  cure: "commit",
  message: "no",
  place: undefined,
  digest: "d1",
  uid: "u1",
  attempts: 1,
  retryAt: 1000,
  ...change
})

describe("what follows from what is known of an object", () => {
  it("leaves alone what no rule claims, what is ignored, and what is in neither place", () => {
    const both = tracked({ claim: declared("web", "d1"), live: live() })
    assert.strictEqual(tagOf(both, { rules: [] }), "Unclaimed")
    assert.strictEqual(tagOf(both, { rules: [rule({ syncTo: "ignore" }), rule({ index: 1 })] }), "Unclaimed")
    assert.strictEqual(tagOf(tracked({})), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: live({ member: false }) })), "Unclaimed")
  })

  it("creates what only Git has", () => {
    const verdict = verdictOf(tracked({ claim: declared("web", "d1") }))
    assert.deepInclude(verdict, { _tag: "Pending", uid: undefined, drift: false })
  })

  it("applies over what the cluster has, naming its uid", () => {
    const verdict = verdictOf(tracked({ claim: declared("web", "d1"), live: live({ uid: "u7" }) }))
    assert.deepInclude(verdict, { _tag: "Pending", uid: "u7", drift: false })
  })

  it("touches neither of two manifests for one object", () => {
    const claim = { _tag: "Contested", refs: [ref("web", "d1"), ref("web", "d2")] } as const
    assert.strictEqual(tagOf(tracked({ claim, live: live() })), "Contested")
  })

  it("does nothing under a suspended rule", () => {
    assert.strictEqual(
      tagOf(tracked({ claim: declared("web", "d1") }), { rules: [rule({ suspend: true })] }),
      "Suspended"
    )
  })

  it("leaves a controlled object to its controller unless a rule names the resource", () => {
    const value = tracked({ claim: declared("web", "d1"), live: live({ controller: "Deployment web" }) })
    assert.strictEqual(tagOf(value), "Controlled")
    assert.strictEqual(tagOf(value, { rules: [rule({ resources: ["configmaps"] })] }), "Pending")
  })

  it("keeps what Git no longer has, if it is ours, until a deletion is granted", () => {
    assert.strictEqual(tagOf(tracked({ live: live() })), "AwaitsPrune")
  })

  it("creates records of the outside world and never applies over them", () => {
    const absent = tracked({ claim: declared("snap", "d1") })
    assert.strictEqual(tagOf(absent, { mode: "create" }), "Pending")
    assert.strictEqual(tagOf({ ...absent, live: live({ owned: undefined }) }, { mode: "create" }), "InStep")
  })

  it("does not make a finished Job again until its manifest changes", () => {
    const finished = afterGone(tracked({ claim: declared("migrate", "d1"), live: live({ finished: true }) }))
    assert.strictEqual(tagOf(finished), "InStep")
    assert.strictEqual(tagOf({ ...finished, claim: declared("migrate", "d2") }), "Pending")
  })
})

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
    assert.isAbove(fast.value, fightHeat)
    assert.isBelow(slow.value, 3)
    assert.approximately(cooled({ value: 8, at: 0 }, 120_000), 2, 1e-9)
  })
})

describe("what an earlier life found in step", () => {
  const before = tracked({ claim: declared("web", "d1"), live: live({ owned: "o1" }) })

  it("is in step again while both sides are as they were then", () => {
    assert.strictEqual(tagOf(recalled(before, { payload: "d1", owned: "o1" })), "InStep")
  })

  it("counts for nothing once the manifest or the live object has changed", () => {
    assert.strictEqual(tagOf(recalled(before, { payload: "d0", owned: "o1" })), "Pending")
    assert.strictEqual(tagOf(recalled(before, { payload: "d1", owned: "o0" })), "Pending")
    assert.strictEqual(tagOf(recalled(before, undefined)), "Pending")
  })

  it("is told to the record only once the watch has shown what the server made of it", () => {
    assert.isUndefined(syncedOf(afterApply(whenSent(before), "d1", "2")))
    assert.deepStrictEqual(
      syncedOf(afterSeen(afterApply(whenSent(before), "d1", "2"), live({ version: "2", owned: "o2" }))),
      { payload: "d1", owned: "o2" }
    )
  })
})
