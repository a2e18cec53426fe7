import { assert, describe, it } from "@effect/vitest"
import {
  afterApply,
  afterGone,
  afterLetGo,
  afterMatch,
  afterSeen,
  letGo,
  noted,
  whenSent
} from "../../src/kind/Tracked.ts"
import { wantedDigest } from "../../src/kind/WantedDigest.ts"
import { declared, filters, live, ref, rule, tracked } from "./samples.ts"
import { owned, tagOf, trouble, verdictOf } from "./verdicts.ts"

it("what both sides may make is made of what Git has, but for what it had before it met this cluster", () => {
  const absent = tracked({ claim: declared("web", "d1") })
  const rules = [rule({ syncTo: "both" })]
  assert.strictEqual(tagOf(absent, { rules }), "Pending")
  assert.strictEqual(tagOf(absent, { rules, isFirstContact: true }), "Merging")
  assert.strictEqual(tagOf(absent, { rules: [rule()], isFirstContact: true }), "Pending")
})

describe("what follows from what is known of an object", () => {
  it("leaves alone what no rule claims, what is ignored, and what is in neither place", () => {
    const both = tracked({ claim: declared("web", "d1"), live: live({ member: false, owned: undefined }) })
    assert.strictEqual(tagOf(both, { rules: [] }), "Unclaimed")
    assert.strictEqual(tagOf(both, { rules: [rule({ syncTo: "ignore" }), rule({ index: 1 })] }), "Unclaimed")
    assert.strictEqual(tagOf(tracked({})), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: live({ member: false, owned: undefined }) })), "Unclaimed")
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
    const unseen = { ...afterApply(whenSent(absent), "d1", "7"), claim: declared("snap", "d2") }
    assert.strictEqual(tagOf(unseen, { mode: "create" }), "InStep")
    assert.strictEqual(tagOf(afterGone(unseen), { mode: "create" }), "Pending")
  })

  it("does not make a finished Job again until its manifest changes", () => {
    const done = live({ finished: true })
    const applied = afterMatch(tracked({ claim: declared("migrate", "d1"), live: done }), "d1", done)
    const finished = afterGone(noted(applied, "d1"))
    assert.strictEqual(tagOf(finished), "InStep")
    assert.strictEqual(tagOf({ ...finished, claim: declared("migrate", "d2") }), "Pending")
  })

  it("leaves alone what an annotation asks to leave alone, on either side, and says where", () => {
    const claim = declared("web", "d1")
    const here = tracked({ claim, live: live({ isPaused: true }) })
    const there = tracked({
      claim: {
        _tag: "Declared",
        ref: ref("web", "d1", { manifest: { ...ref("web", "d1").manifest, isPaused: true } })
      },
      live: live()
    })
    assert.deepInclude(verdictOf(here), { _tag: "Paused", where: "object" })
    assert.deepInclude(verdictOf(there), { _tag: "Paused", where: "manifest" })
    assert.strictEqual(tagOf(tracked({ live: live({ isPaused: true }) })), "Paused")
  })
})

describe("a rule with filters", () => {
  const replicas = (change: Parameters<typeof rule>[0] = {}) => rule({ filters: filters("/spec/replicas"), ...change })
  const claim = declared("web", "d1")

  it("changes what is there, and never creates", () => {
    const foreign = live({ member: false, owned: undefined, held: undefined })
    assert.strictEqual(tagOf(tracked({ claim, live: foreign }), { rules: [replicas()] }), "Pending")
    assert.strictEqual(tagOf(tracked({ claim }), { rules: [replicas()] }), "Absent")
    assert.strictEqual(
      tagOf(tracked({ claim }), { rules: [replicas(), rule({ index: 1, syncTo: "ignore" })] }),
      "Absent"
    )
  })

  it("before a rule for the whole object doesn't keep Git from creating it", () => {
    const rules = [replicas({ syncTo: "ignore" }), rule({ index: 1 })]
    assert.deepInclude(verdictOf(tracked({ claim }), { rules }), { _tag: "Pending", uid: undefined })
  })

  it("goes on while the rule for the whole object is suspended", () => {
    const rules = [replicas(), rule({ index: 1, suspend: true })]
    assert.strictEqual(tagOf(tracked({ claim, live: live() }), { rules }), "Pending")
    assert.strictEqual(tagOf(tracked({ claim, live: live() }), { rules: [replicas({ suspend: true })] }), "Suspended")
  })

  it("lets go of its field when the manifest is gone, but not while a file can't be read", () => {
    const left = tracked({ live: live({ member: false }) })
    assert.strictEqual(tagOf(left, { rules: [replicas()] }), "Releasing")
    assert.strictEqual(tagOf(left, { rules: [replicas()], isTipComplete: false }), "Unclaimed")
  })
})

describe("what we hold of an object", () => {
  const claim = declared("web", "d1")
  const ignored = { rules: [rule({ syncTo: "ignore" })] }

  it("is let go of when no rule gives it to Git any more", () => {
    for (const rules of [[], ignored.rules]) {
      assert.strictEqual(tagOf(tracked({ claim, live: live() }), { rules }), "Releasing")
      assert.strictEqual(tagOf(tracked({ live: live() }), { rules }), "Releasing")
    }
  })

  it("is let go of when only our label is left, or only our fields", () => {
    const labelled = live({ owned: undefined, held: undefined })
    assert.strictEqual(tagOf(tracked({ live: labelled }), ignored), "Releasing")
    assert.strictEqual(tagOf(tracked({ live: live({ member: false }) }), ignored), "Releasing")
    assert.strictEqual(tagOf(tracked({ live: live({ member: false, owned: undefined }) }), ignored), "Unclaimed")
  })

  it("is another controller's when neither our label nor the record says it is ours", () => {
    const other = { isRecorded: false, ...ignored }
    assert.strictEqual(tagOf(tracked({ live: live({ member: false }) }), other), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: live() }), other), "Releasing")
  })

  it("stays while its deletion waits, and under a suspended rule", () => {
    assert.strictEqual(tagOf(tracked({ live: live() })), "AwaitsPrune")
    assert.strictEqual(tagOf(tracked({ live: live() }), { rules: [rule({ suspend: true })] }), "Suspended")
  })

  it("is let go of once: until the watch shows that, and again when somebody gave it back to us", () => {
    const done = afterLetGo(whenSent(tracked({ live: live({ version: "1" }) })), "2")
    assert.strictEqual(tagOf(done, ignored), "Unclaimed")
    const shown = afterSeen(done, live({ version: "2", owned: undefined, member: false }))
    assert.strictEqual(tagOf(shown, ignored), "Unclaimed")
    assert.strictEqual(tagOf(afterSeen(shown, live({ version: "3" })), ignored), "Releasing")
  })

  it("waits after a failure to let go, for this object alone", () => {
    const failed = tracked({ live: live(), trouble: trouble({ digest: letGo }) })
    assert.strictEqual(tagOf(failed, { ...ignored, now: 999 }), "Troubled")
    assert.strictEqual(tagOf(failed, { ...ignored, now: 1000 }), "Releasing")
    assert.strictEqual(tagOf(afterSeen(failed, live({ uid: "u2" })), ignored), "Releasing")
  })
})

describe("a field fought over", () => {
  const path = [{ _tag: "Field", name: "spec" }, { _tag: "Field", name: "replicas" }] as const
  const heat = { path, opponent: "hpa", times: 10, value: 10, since: 0, at: 0, pauses: 1, from: 0, until: 1000 }
  const claim = declared("web", "d1")
  const fought = tracked({ claim, live: live(), fieldHeats: new Map([["/spec/replicas", heat]]) })

  it("is left out for its time, while the rest is applied", () => {
    assert.deepInclude(verdictOf(fought, { now: 999 }), { _tag: "Pending", paused: [path] })
    assert.deepInclude(verdictOf(fought, { now: 1000 }), { _tag: "Pending", paused: [] })
  })

  it("shows as fought over once the rest is in step, and is tried again afterwards", () => {
    const wanted = wantedDigest("d1", owned([rule()]), [path])
    const rest = afterMatch(fought, wanted, live())
    assert.strictEqual(tagOf(rest, { now: 999 }), "Fought")
    assert.deepInclude(verdictOf(rest, { now: 1000 }), { _tag: "Pending", paused: [], drift: false })
  })
})
