// What a kind must know again when a term begins, and when the record could not be written for a while.
import { assert, describe, it } from "@effect/vitest"
import * as Folding from "../../src/kind/Folding.ts"
import * as KindState from "../../src/kind/KindState.ts"
import type { Round, Synced } from "../../src/kind/Round.ts"
import type { Rule } from "../../src/rules/Ruleset.ts"
import { filters, live, ref, round, rule, spec } from "./samples.ts"

const id = "shop/web"
const recorded: Round["synced"] = new Map([["ConfigMap", new Map<string, Synced | undefined>([[id, undefined]])]])
const nothing: Round["synced"] = new Map()

const watching = () => {
  const state = KindState.make(spec)
  state.watch = { _tag: "Live" }
  return state
}

const roundOf = (number: number, rules: ReadonlyArray<Rule>, change: Partial<Round>) =>
  round(number, [], { ruleset: { number: 1, rules }, ...change })

const standby = { phase: { _tag: "Standby", leader: "other" }, openStage: undefined, synced: nothing } as const
const starting = { phase: { _tag: "Starting" }, openStage: undefined, synced: nothing } as const
const ours = live({ member: false })
const ofOneField = [rule({ filters: filters("/data/a") })]

describe("what the record holds and we still hold a field of", () => {
  for (const [what, before] of [["a standby that leads now", standby], ["a record read late", starting]] as const) {
    it(`is let go of by ${what}, though nothing was heard of it since`, () => {
      const state = watching()
      Folding.onRound(state, roundOf(1, ofOneField, before), 0)
      Folding.onSeen(state, id, ours, 0)
      Folding.onListed(state, 0)
      assert.strictEqual(state.verdicts.get(id)?._tag, "Unclaimed", "whether it is ours is not known yet")
      Folding.onRound(state, roundOf(1, ofOneField, { synced: recorded }), 0)
      assert.strictEqual(state.verdicts.get(id)?._tag, "Releasing")
      assert.isTrue(state.due.has(id))
    })
  }
})

describe("what another leader has let go of meanwhile", () => {
  it("is put into the record again before it is applied", () => {
    const state = watching()
    const manifest = ref("web", "d1")
    Folding.onRound(state, round(1, [manifest]), 0)
    Folding.onEnrolled(state, [id], true, 0)
    assert.isFalse(state.unenrolled.has(id))
    Folding.onRound(state, round(2, [], standby), 0)
    Folding.onRound(state, round(3, [manifest], standby), 0)
    Folding.onRound(state, round(3, [manifest], { synced: new Map() }), 0)
    assert.strictEqual(state.verdicts.get(id)?._tag, "Pending")
    assert.isTrue(state.unenrolled.has(id))
  })
})
