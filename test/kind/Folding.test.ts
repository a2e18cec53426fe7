// What a kind may forget, and what it must not carry over: each was true of the code, and no test would have failed without it.
import { assert, describe, it } from "@effect/vitest"
import type { FieldHeats } from "../../src/kind/fights/FieldHeat.ts"
import * as Folding from "../../src/kind/Folding.ts"
import * as KindState from "../../src/kind/KindState.ts"
import type { Round } from "../../src/kind/Round.ts"
import { afterApply, whenSent } from "../../src/kind/Tracked.ts"
import { live, ref, round, rule, spec } from "./samples.ts"

const id = "shop/web"
const synced: Round["synced"] = new Map([["ConfigMap", new Map([[id, undefined]])]])
const foreign = live({ member: false, owned: undefined, held: undefined })

const watching = () => {
  const state = KindState.make(spec)
  state.watch = { _tag: "Live" }
  return state
}

const incomplete = (number: number, change: Partial<Round> = {}): Round => {
  const { tip, ...rest } = round(number, [], change)
  return { ...rest, tip: { ...tip, index: { ...tip.index, problems: ["broken"] } as unknown as typeof tip.index } }
}

describe("the record may forget an object", () => {
  it("that is nobody's of us any more, but not while the watch is interrupted", () => {
    const state = watching()
    Folding.onRound(state, round(1, [ref("web", "d1")], { synced }), 0)
    Folding.onSeen(state, id, foreign, 0)
    Folding.onInterrupted(state, "gone")
    Folding.onRound(state, round(2, [], { synced }), 0)
    assert.isEmpty(Folding.takeDeparted(state), "it may be ours by now")
    Folding.onResumed(state, 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
  })

  it("but not while a file can't be read that may hold it", () => {
    const state = watching()
    Folding.onRound(state, incomplete(1, { synced }), 0)
    Folding.onSeen(state, id, foreign, 0)
    assert.isEmpty(Folding.takeDeparted(state))
    Folding.onRound(state, round(2, [], { synced }), 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
  })

  it("but not while another leads", () => {
    const state = watching()
    Folding.onRound(state, round(1, [], { synced }), 0)
    Folding.onSeen(state, id, foreign, 0)
    Folding.onRound(state, round(1, [], { synced, phase: { _tag: "Standby", leader: "other" } }), 0)
    assert.isEmpty(Folding.takeDeparted(state))
    Folding.onRound(state, round(1, [], { synced }), 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
  })

  it("but not while an apply of a manifest that is gone since is under way, nor before the watch has shown its answer", () => {
    const state = watching()
    Folding.onRound(state, round(1, [ref("web", "d1")], { synced }), 0)
    Folding.onSeen(state, id, foreign, 0)
    KindState.put(state, id, whenSent(KindState.get(state, id)), 0)
    Folding.onRound(state, round(2, [], { synced }), 0)
    assert.isEmpty(Folding.takeDeparted(state))
    KindState.put(state, id, afterApply(KindState.get(state, id), "d1", "2"), 0)
    assert.isEmpty(Folding.takeDeparted(state))
    Folding.onSeen(state, id, { ...foreign, version: "2", owned: "o2" }, 0)
    assert.strictEqual(state.verdicts.get(id)?._tag, "Releasing")
    assert.isEmpty(Folding.takeDeparted(state))
    Folding.onSeen(state, id, { ...foreign, version: "3" }, 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
  })

  it("once, and takes it up again before it is applied again", () => {
    const state = watching()
    Folding.onRound(state, round(1, [], { synced }), 0)
    Folding.onEnrolled(state, [id], true, 0)
    Folding.onSeen(state, id, foreign, 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
    Folding.onSeen(state, id, { ...foreign, version: "2" }, 0)
    assert.isEmpty(Folding.takeDeparted(state))
    Folding.onRound(state, round(2, [ref("web", "d1")], { synced }), 0)
    assert.isTrue(state.unenrolled.has(id))
  })

  it("that neither Git nor the cluster has", () => {
    const state = watching()
    Folding.onRound(state, round(1, [], { synced }), 0)
    assert.deepStrictEqual(Folding.takeDeparted(state), [id])
  })
})

describe("a field that is left alone", () => {
  const path = [{ _tag: "Field", name: "data" }] as const
  const heat = { path, opponent: "x", times: 10, value: 10, since: 0, at: 0, pauses: 1, from: 0, until: 1000 }
  const whole = { ...heat, path: [] }
  const fought = (heats: FieldHeats) => {
    const state = watching()
    Folding.onRound(state, round(1, [ref("web", "d1")]), 0)
    Folding.onSeen(state, id, live(), 0)
    KindState.put(state, id, { ...KindState.get(state, id), fieldHeats: heats }, 0)
    return state
  }
  const pausedIn = (state: KindState.KindState) => {
    const verdict = state.verdicts.get(id)
    return verdict?._tag === "Pending" ? verdict.paused.length : verdict?._tag
  }
  const another = [rule({ syncTo: "ignore", names: ["other"] }), rule({ index: 1 })]

  it("is Git's again with the next commit that changes the manifest, with other rules, and in an object made anew", () => {
    const paused = () => fought(new Map([["/data", heat]]))
    assert.strictEqual(pausedIn(paused()), 1)
    const committed = paused()
    Folding.onRound(committed, round(2, [ref("web", "d2")]), 0)
    assert.strictEqual(pausedIn(committed), 0)
    const ruled = paused()
    Folding.onRound(ruled, round(2, [ref("web", "d1")], { ruleset: { number: 2, rules: another } }), 0)
    assert.strictEqual(pausedIn(ruled), 0)
    const anew = paused()
    Folding.onSeen(anew, id, live({ uid: "u2", version: "9" }), 0)
    assert.strictEqual(pausedIn(anew), 0)
  })

  it("may be the object, which is let go of all the same when the rules turn", () => {
    const state = fought(new Map([["", whole]]))
    assert.strictEqual(state.verdicts.get(id)?._tag, "Fought")
    Folding.onRound(state, round(2, [], { ruleset: { number: 2, rules: [] } }), 0)
    assert.strictEqual(state.verdicts.get(id)?._tag, "Releasing")
  })
})
