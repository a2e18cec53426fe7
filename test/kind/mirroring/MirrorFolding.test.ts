import { assert, describe, it } from "@effect/vitest"
import * as Folding from "../../../src/kind/Folding.ts"
import * as KindState from "../../../src/kind/KindState.ts"
import * as LeftToDo from "../../../src/kind/LeftToDo.ts"
import * as MirrorFolding from "../../../src/kind/mirroring/MirrorFolding.ts"
import { afterAgreement, lastOf } from "../../../src/kind/mirroring/MirrorMemory.ts"
import type { Mirrored } from "../../../src/kind/Round.ts"
import { live, ref, round, rule } from "../samples.ts"
import { agreed, memory, mirroringState, toGit } from "./mirrored.ts"

const id = "shop/web"
const there = live({ portable: "l1", member: false, owned: undefined, held: undefined })
const recorded = { document: "d1", live: "l1" }
const rounds = { mirroring: { _tag: "Open" as const }, ruleset: { number: 1, rules: [toGit] } }
const verdictOf = (state: KindState.KindState) => state.mirror.verdicts.get(id)?._tag

const shown = () => {
  const state = mirroringState()
  MirrorFolding.onShown(state, { objects: new Map([[id, recorded]]), definition: undefined }, 0)
  return state
}

describe("what this cluster has shown", () => {
  it("is told to the record before anything of it is submitted", () => {
    const state = mirroringState()
    Folding.onSeen(state, id, there, 0)
    assert.deepStrictEqual([...state.mirror.unseen], [id])
    assert.isTrue(MirrorFolding.mustSee(state, 0))
    MirrorFolding.onSeen(state, [id], true, 0)
    assert.deepStrictEqual([...state.mirror.unseen], [])
    assert.strictEqual(verdictOf(state), "Due")
  })

  it("is asked for again when the record could not be written", () => {
    const state = mirroringState()
    Folding.onSeen(state, id, there, 0)
    state.mirror.seeing = true
    MirrorFolding.onSeen(state, [id], false, 0)
    assert.isFalse(MirrorFolding.mustSee(state, 999))
    assert.isTrue(MirrorFolding.mustSee(state, 1000))
    assert.strictEqual(LeftToDo.nextWake(state), 1000)
  })

  it("is forgotten once it is gone from both sides", () => {
    const state = shown()
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    Folding.onSeen(state, id, there, 0)
    Folding.onGone(state, id, 0)
    assert.strictEqual(verdictOf(state), "Gone")
    Folding.onRound(state, round(3, [], rounds), 0)
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [id])
  })

  it("is forgotten when it stops matching its rule, so that its end removes nothing", () => {
    const state = shown()
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    Folding.onSeen(state, id, there, 0)
    Folding.onRound(state, round(3, [ref("web", "d1")], { ...rounds, ruleset: { number: 2, rules: [] } }), 0)
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [id])
    Folding.onRound(state, round(4, [ref("web", "d1")], { ...rounds, ruleset: { number: 3, rules: [toGit] } }), 0)
    Folding.onGone(state, id, 0)
    assert.strictEqual(verdictOf(state), "OnlyInGit")
  })

  it("is nothing under a definition that was made anew", () => {
    const state = mirroringState()
    MirrorFolding.onShown(state, { objects: new Map([[id, recorded]]), definition: "old" }, 0)
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    assert.strictEqual(MirrorFolding.onDefined(state, "new", 0), "new")
    assert.strictEqual(verdictOf(state), "OnlyInGit")
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [id])
  })

  it("is nothing under a definition that was made anew before the record was read", () => {
    const state = mirroringState()
    state.round = undefined
    MirrorFolding.onShown(state, { objects: new Map(), definition: undefined }, 0)
    MirrorFolding.onDefined(state, "new", 0)
    const seen = new Map([["ConfigMap", new Map([[id, recorded]])]])
    const definitions = new Map([["ConfigMap", "old"]])
    Folding.onRound(state, round(1, [ref("web", "d1")], { ...rounds, seen, definitions }), 0)
    assert.strictEqual(verdictOf(state), "OnlyInGit")
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [id])
  })

  it("is what the record says that was read only after the actor had asked", () => {
    const state = mirroringState()
    state.round = undefined
    MirrorFolding.onShown(state, { objects: new Map(), definition: undefined }, 0)
    const seen = new Map([["ConfigMap", new Map([[id, recorded]])]])
    Folding.onRound(state, round(1, [ref("web", "d1")], { ...rounds, seen }), 0)
    assert.strictEqual(verdictOf(state), "Gone")
  })

  it("is what the record of a new term says", () => {
    const state = shown()
    Folding.onRound(state, round(2, [ref("web", "d1")], { ...rounds, seen: new Map() }), 0)
    Folding.onListed(state, 0)
    assert.strictEqual(verdictOf(state), "OnlyInGit")
  })
})

describe("what is gone", () => {
  it("is not known to be so before the list is complete", () => {
    const state = shown()
    Folding.onListing(state)
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    assert.strictEqual(verdictOf(state), undefined)
    Folding.onListed(state, 0)
    assert.strictEqual(verdictOf(state), "Gone")
  })

  it("is asked for again after a person confirmed, or with another tip", () => {
    for (const [number, change] of [[1, { confirmed: 1 }], [2, {}]] as const) {
      const state = shown()
      const first = round(1, [ref("web", "d1")], rounds)
      Folding.onRound(state, first, 0)
      Folding.onListed(state, 0)
      const held = { ...KindState.get(state, id) }
      const verdict = state.mirror.verdicts.get(id)
      assert.strictEqual(verdict?._tag, "Gone")
      if (verdict?._tag !== "Gone") return
      KindState.put(state, id, { ...held, ...memory({ held: { basis: verdict.basis, message: "no" } }) }, 0)
      assert.strictEqual(verdictOf(state), "Held")
      const next = number === 1 ? { ...first, ...change } : round(2, [ref("web", "d1")], rounds)
      Folding.onRound(state, next, 0)
      assert.strictEqual(verdictOf(state), "Gone")
    }
  })
})

describe("what is about to be changed on one side", () => {
  const shared = rule({ syncTo: "both" })
  const together = (record: Mirrored | undefined, refs = [ref("web", "d1")]) => {
    const state = mirroringState({}, [shared])
    MirrorFolding.onShown(state, { objects: new Map([[id, record]]), definition: undefined }, 0)
    Folding.onRound(state, round(2, refs, { ...rounds, ruleset: { number: 1, rules: [shared] } }), 0)
    Folding.onSeen(state, id, there, 0)
    return state
  }
  const base = { ...recorded, fields: "base" }

  it("is told to the record with all that was expected before, until both sides are the same", () => {
    const state = together({ ...base, expected: "G1" })
    assert.deepStrictEqual(MirrorFolding.intend(state, id, "G2", false, 0), { ...base, expected: "G1G2" })
    assert.deepStrictEqual(MirrorFolding.intend(state, id, "L3", false, 0), { ...base, expected: "G1G2L3" })
    assert.deepStrictEqual([...state.mirror.unsaved], [])
    const same = { ...agreed("d1", "l1", [shared]), fields: "next" }
    const tracked = KindState.get(state, id)
    KindState.put(state, id, { ...tracked, mirror: afterAgreement(tracked.mirror, same) }, 0)
    assert.deepStrictEqual([...state.mirror.unsaved], [[id, { ...recorded, fields: "next" }]])
  })

  it("is nothing where no field may be changed on both sides", () => {
    assert.isUndefined(MirrorFolding.intend(together(base), id, "", false, 0))
  })

  it("doesn't make a manifest that never was one that went", () => {
    const state = together(undefined, [])
    assert.strictEqual(verdictOf(state), "Due")
    const first = MirrorFolding.intend(state, id, "G1", true, 0)
    assert.strictEqual(verdictOf(state), "Due")
    assert.strictEqual(verdictOf(together(first, [])), "Due")
    assert.strictEqual(verdictOf(together(base, [])), "Held")
  })

  it("counts no more in a new term: another process may have written the record", () => {
    const state = together({ ...base, expected: "G1" })
    const seen = new Map([[state.id, new Map([[id, { ...base, fields: "another" }]])]])
    const next = { ...rounds, seen, ruleset: { number: 1, rules: [shared] } }
    Folding.onRound(state, round(3, [ref("web", "d1")], next), 0)
    assert.deepStrictEqual(lastOf(KindState.get(state, id).mirror), { ...base, fields: "another" })
  })
})
