// Whose an object is, when labels, annotations and rules say different things.
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { memberLabel } from "../../src/kind/ApplySet.ts"
import * as Folding from "../../src/kind/Folding.ts"
import * as KindState from "../../src/kind/KindState.ts"
import { afterApply, afterGone, afterList, afterMatch, afterSeen, whenSent } from "../../src/kind/Tracked.ts"
import { wantedDigest } from "../../src/kind/WantedDigest.ts"
import type { ManifestRef } from "../../src/manifest/Manifest.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"
import { declared, filters, live, ref, round, rule, spec, tracked } from "./samples.ts"
import { owned, tagOf, verdictOf } from "./verdicts.ts"

const ignored = { rules: [rule({ syncTo: "ignore" })] }

describe("our label on what a controller made as a copy of labels", () => {
  const copy = live({ owned: undefined, held: undefined, controller: "Prometheus main" })

  it("makes nothing ours that we hold no field of and the record has not got", () => {
    for (const given of [ignored, { rules: [] }])
      assert.strictEqual(tagOf(tracked({ live: copy }), { isRecorded: false, ...given }), "Unclaimed")
    const named = { isRecorded: false, rules: [rule({ resources: ["configmaps"] })] }
    assert.strictEqual(tagOf(tracked({ live: copy }), named), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: live() }), ignored), "Releasing")
  })
})

describe("what another set has taken over", () => {
  it("is left to it, though it writes under our field manager's name and the record has it still", () => {
    const theirs = live({ member: false, labels: { [memberLabel]: "applyset-other-v1" } })
    assert.strictEqual(tagOf(tracked({ live: theirs }), { isRecorded: true, ...ignored }), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: theirs }), { isRecorded: true }), "Unclaimed")
    assert.strictEqual(tagOf(tracked({ live: live({ member: false }) }), { isRecorded: true, ...ignored }), "Releasing")
  })

  it("leaves the record", () => {
    const state = KindState.make(spec)
    const synced = new Map([["ConfigMap", new Map([["shop/web", undefined]])]])
    Folding.onRound(state, round(1, [], { synced }), 0)
    const theirs = live({ member: false, labels: { [memberLabel]: "applyset-other-v1" } })
    Folding.onSeen(state, "shop/web", theirs, 0)
    Folding.onListed(state, 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), ["shop/web"])
  })
})

describe("an object that an annotation asks to leave alone", () => {
  it("is not let go of either, until the annotation goes", () => {
    assert.strictEqual(tagOf(tracked({ live: live({ isPaused: true }) }), ignored), "Paused")
    assert.strictEqual(tagOf(tracked({ live: live({ isPaused: false }) }), ignored), "Releasing")
  })
})

describe("a suspended rule for the whole object", () => {
  const rules = [rule({ filters: filters("/data/a") }), rule({ index: 1, suspend: true })]

  it("keeps our label on what left Git, though a rule with filters goes on", () => {
    assert.strictEqual(tagOf(tracked({ live: live() }), { rules }), "Suspended")
    assert.strictEqual(
      tagOf(tracked({ live: live() }), { rules: [rules[0] ?? rule(), rule({ index: 1 })] }),
      "AwaitsPrune"
    )
  })

  it("that turns away from Git is looked at again, as our label has to go", () => {
    const turned = [rule({ filters: filters("/data/a") }), rule({ index: 1, syncTo: "ignore" })]
    const stepped = afterMatch(
      tracked({ claim: declared("web", "d1"), live: live() }),
      wantedDigest("d1", owned(rules), []),
      live()
    )
    assert.strictEqual(tagOf(stepped, { rules }), "InStep")
    assert.strictEqual(tagOf(stepped, { rules: turned }), "Pending")
  })
})

describe("a rule that reads labels in Git", () => {
  const rules = [rule({ labels: Result.getOrThrow(parse("tier=web")), filters: filters("/data/a") })]
  const labelled = (path: string) => {
    const { manifest, ...rest } = ref("web", "d1")
    return { ...rest, path, manifest: { ...manifest, labels: { tier: "web" } } }
  }
  const roundOf = (number: number, refs: ReadonlyArray<ManifestRef>, problems: ReadonlyArray<unknown>) => {
    const { tip, ...rest } = round(number, refs, { ruleset: { number: 1, rules } })
    return { ...rest, tip: { ...tip, index: { ...tip.index, problems } as typeof tip.index } }
  }
  const seen = () => {
    const state = KindState.make(spec)
    state.watch = { _tag: "Live" }
    Folding.onRound(state, roundOf(1, [labelled("web.yaml")], []), 0)
    Folding.onEnrolled(state, ["shop/web"], true, 0)
    Folding.onSeen(state, "shop/web", live({ member: false }), 0)
    return state
  }

  it("holds while two manifests describe the object", () => {
    const state = seen()
    Folding.onRound(state, roundOf(2, [labelled("web.yaml"), labelled("copy.yaml")], []), 0)
    assert.strictEqual(state.verdicts.get("shop/web")?._tag, "Contested")
  })

  it("holds while the file can't be read, as nobody knows the labels then", () => {
    const state = seen()
    Folding.onRound(state, roundOf(2, [], ["broken"]), 0)
    assert.strictEqual(state.verdicts.get("shop/web")?._tag, "Unclaimed")
    Folding.onRound(state, roundOf(3, [], []), 0)
    assert.strictEqual(state.verdicts.get("shop/web")?._tag, "Releasing")
  })
})

describe("a finished Job whose manifest changed before its time to live was over", () => {
  it("is made anew of the new manifest, and the record learns of the first alone", () => {
    const id = "shop/web"
    const state = KindState.make(spec)
    state.watch = { _tag: "Live" }
    Folding.onRound(state, round(1, [ref("web", "d1")]), 0)
    KindState.put(state, id, afterApply(whenSent(KindState.get(state, id)), "d1", "1"), 0)
    Folding.onSeen(state, id, live(), 0)
    assert.isEmpty([...Folding.takeFinished(state)])
    Folding.onSeen(state, id, live({ version: "2", finished: true }), 0)
    assert.deepStrictEqual([...Folding.takeFinished(state)], [[id, "d1"]])
    Folding.onRound(state, round(2, [ref("web", "d2")]), 0)
    Folding.onSeen(state, id, live({ version: "3", finished: true }), 0)
    assert.isEmpty([...Folding.takeFinished(state)])
    assert.strictEqual(Folding.onGone(state, id, 0)._tag, "Pending")
    Folding.onRound(state, round(3, [ref("web", "d1")]), 0)
    assert.strictEqual(state.verdicts.get(id)?._tag, "InStep", "that one has run")
  })
})

describe("an answer that the watch never shows", () => {
  const before = tracked({ claim: declared("web", "d1"), live: live({ version: "1", owned: "o1" }) })

  it("is not waited for when it changed nothing and the object was deleted before it came", () => {
    const gone = afterGone(whenSent(before))
    assert.strictEqual(tagOf(afterApply(gone, "d1", "1")), "Pending")
  })

  it("is not waited for when a complete list came before it", () => {
    const listed = afterList(afterSeen(whenSent(before), live({ version: "7", owned: "o7" })))
    assert.deepInclude(verdictOf(afterApply(listed, "d1", "6")), { _tag: "Pending" })
    const later = afterApply(afterSeen(whenSent(before), live({ version: "7", owned: "o7" })), "d1", "8")
    assert.strictEqual(tagOf(later), "InStep", "without a list it is still to come")
  })
})
