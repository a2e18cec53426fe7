import { assert, describe, it } from "@effect/vitest"
import * as Folding from "../../src/kind/Folding.ts"
import * as KindState from "../../src/kind/KindState.ts"
import { isBusy } from "../../src/kind/LeftToDo.ts"
import { live, ref, round, rule, spec } from "./samples.ts"

const ofBoth = { number: 1, rules: [rule({ syncTo: "both" })] }

describe("a kind", () => {
  it("has something left to do as long as it isn't known what the record says, though nothing is to be done yet", () => {
    const state = KindState.make({ ...spec, mirrors: true })
    const starting = { ruleset: ofBoth, phase: { _tag: "Starting" }, openStage: undefined } as const
    Folding.onRound(state, round(1, [ref("web", "d1")], starting), 0)
    Folding.onListed(state, 0)
    assert.strictEqual(state.due.size, 0)
    assert.isTrue(isBusy(state), "else the round would have settled before it could be a first contact")
    Folding.onRound(state, round(1, [ref("web", "d1")], { ruleset: ofBoth, isFirstContact: true }), 0)
    assert.isTrue(isBusy(state), "what only Git has is not in the record yet")
    assert.deepStrictEqual([...state.mirror.unseen], ["shop/web"])
  })

  it("has nothing left to do where all is as it should be", () => {
    const state = KindState.make(spec)
    Folding.onRound(state, round(1, []), 0)
    Folding.onSeen(state, "shop/web", live(), 0)
    Folding.onListed(state, 0)
    assert.isFalse(isBusy(state))
  })
})
