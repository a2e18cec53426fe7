import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Folding from "../../src/kind/Folding.ts"
import * as KindState from "../../src/kind/KindState.ts"
import * as LeftToDo from "../../src/kind/LeftToDo.ts"
import { reportOf } from "../../src/kind/reportOf.ts"
import { afterApply, afterFailure, whenSent } from "../../src/kind/Tracked.ts"
import { live, ref, round, spec } from "./samples.ts"

const fresh = () => {
  const state = KindState.make(spec)
  state.watch = { _tag: "Live" }
  return state
}

type Step =
  | { readonly _tag: "Tip"; readonly manifests: ReadonlyArray<readonly [name: string, digest: string]> }
  | { readonly _tag: "Seen"; readonly name: string; readonly version: number; readonly owned: string }
  | { readonly _tag: "Gone"; readonly name: string }
  | { readonly _tag: "Send" }
  | { readonly _tag: "Answer"; readonly version: number }
  | { readonly _tag: "Fail" }
  | { readonly _tag: "List"; readonly names: ReadonlyArray<string> }
  | { readonly _tag: "Time"; readonly now: number }

const name = fc.constantFrom("a", "b", "c")
const digest = fc.constantFrom("d1", "d2")
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ _tag: fc.constant("Tip" as const), manifests: fc.array(fc.tuple(name, digest), { maxLength: 4 }) }),
  fc.record({ _tag: fc.constant("Seen" as const), name, version: fc.nat(9), owned: fc.constantFrom("o1", "o2") }),
  fc.record({ _tag: fc.constant("Gone" as const), name }),
  fc.constant({ _tag: "Send" as const }),
  fc.record({ _tag: fc.constant("Answer" as const), version: fc.nat(9) }),
  fc.constant({ _tag: "Fail" as const }),
  fc.record({ _tag: fc.constant("List" as const), names: fc.uniqueArray(name) }),
  fc.record({ _tag: fc.constant("Time" as const), now: fc.nat(5000) })
)

const play = (steps: ReadonlyArray<Step>) => {
  const state = fresh()
  let number = 0
  for (const played of steps) {
    const sent = [...state.inFlight][0]
    switch (played._tag) {
      case "Tip":
        Folding.onRound(state, round(++number, played.manifests.map(([one, content]) => ref(one, content))), 0)
        break
      case "Seen":
        Folding.onSeen(state, `shop/${played.name}`, live({ version: `${played.version}`, owned: played.owned }), 0)
        break
      case "Gone":
        Folding.onGone(state, `shop/${played.name}`, 0)
        break
      case "Send": {
        const id = [...state.due][0]
        if (id === undefined) break
        assert.isFalse(state.inFlight.has(id), "an object is never sent twice at once")
        state.inFlight.add(id)
        KindState.put(state, id, whenSent(KindState.get(state, id)), 0)
        break
      }
      case "Answer":
        if (sent === undefined) break
        state.inFlight.delete(sent)
        KindState.put(state, sent, afterApply(KindState.get(state, sent), "d1", `${played.version}`), 0)
        break
      case "Fail": {
        if (sent === undefined) break
        state.inFlight.delete(sent)
        const trouble = {
          cure: "retry",
          message: "no",
          place: undefined,
          digest: "d1",
          uid: "u1",
          attempts: 1,
          retryAt: 1000
        } as const
        KindState.put(state, sent, afterFailure(KindState.get(state, sent), trouble), 0)
        break
      }
      case "List":
        Folding.onListing(state)
        for (const listed of played.names) Folding.onSeen(state, `shop/${listed}`, live({ version: "9" }), 0)
        Folding.onListed(state, 0)
        break
      case "Time":
        Folding.onTime(state, played.now)
    }
  }
  return state
}

describe("the state of a kind", () => {
  it("has due exactly what is pending and not under way", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = play(steps)
      const pending = [...state.verdicts].filter(([id, verdict]) =>
        verdict._tag === "Pending" && KindState.get(state, id).inFlight === undefined
      )
      assert.sameMembers([...state.due], pending.map(([id]) => id))
    }))
  })

  it("counts every object once, under what is true of it now", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = play(steps)
      const claimed = [...state.verdicts.values()].filter((verdict) => verdict._tag !== "Unclaimed").length
      const counted = reportOf(state).rules
        .map((tally) => tally.inStep + tally.pending + tally.waiting + tally.failed + tally.held)
        .reduce((total, count) => total + count, 0)
      assert.strictEqual(counted, claimed)
    }))
  })

  it("forgets what is neither in Git nor in the cluster", () => {
    const state = play([
      { _tag: "Tip", manifests: [["a", "d1"]] },
      { _tag: "Seen", name: "a", version: 1, owned: "o1" },
      { _tag: "Tip", manifests: [] },
      { _tag: "Gone", name: "a" }
    ])
    assert.strictEqual(state.tracked.size, 0)
    assert.strictEqual(state.verdicts.size, 0)
  })

  it("takes what a complete list does not show for gone, and nothing before it is complete", () => {
    const state = play([
      { _tag: "Tip", manifests: [["a", "d1"], ["b", "d1"]] },
      { _tag: "Seen", name: "a", version: 1, owned: "o1" },
      { _tag: "Seen", name: "b", version: 1, owned: "o1" }
    ])
    Folding.onListing(state)
    Folding.onSeen(state, "shop/a", live(), 0)
    assert.isDefined(KindState.get(state, "shop/b").live)
    Folding.onListed(state, 0)
    assert.isUndefined(KindState.get(state, "shop/b").live)
    assert.isDefined(KindState.get(state, "shop/a").live)
  })

  it("enrolls new keys before they are applied, and again when the record could not be written", () => {
    const state = play([{ _tag: "Tip", manifests: [["a", "d1"]] }])
    assert.isTrue(LeftToDo.mustEnroll(state, 0))
    state.enrolling = true
    Folding.onEnrolled(state, ["shop/a"], false, 0)
    assert.isFalse(LeftToDo.mustEnroll(state, 0))
    assert.strictEqual(LeftToDo.nextWake(state), 1000)
    assert.isTrue(LeftToDo.mustEnroll(state, 1000))
    Folding.onEnrolled(state, ["shop/a"], true, 1000)
    assert.isFalse(LeftToDo.mustEnroll(state, 2000))
  })

  it("does not look at objects whose manifests did not change", () => {
    const a = ref("a", "d1")
    const state = fresh()
    Folding.onRound(state, round(1, [a, ref("b", "d1")]), 0)
    const before = state.verdicts.get("shop/a")
    Folding.onRound(state, round(2, [a, ref("b", "d2")]), 0)
    assert.strictEqual(state.verdicts.get("shop/a"), before)
  })
})
