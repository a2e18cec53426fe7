import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import * as Folding from "../../../src/kind/Folding.ts"
import * as KindState from "../../../src/kind/KindState.ts"
import * as MirrorAnswers from "../../../src/kind/mirroring/MirrorAnswers.ts"
import * as MirrorFolding from "../../../src/kind/mirroring/MirrorFolding.ts"
import type { Mirroring } from "../../../src/kind/mirroring/Mirroring.ts"
import { afterAnswer, afterBegin } from "../../../src/kind/mirroring/MirrorMemory.ts"
import type { Rule } from "../../../src/rules/Ruleset.ts"
import { nothingToGit } from "../coordinating.ts"
import { live, ref, round, rule } from "../samples.ts"
import { agreed, basis, memory, mirroringState, toGit } from "./mirrored.ts"

const id = "shop/web"
const there = live({ portable: "l1", member: false, owned: undefined, held: undefined })
const rounds = { mirroring: { _tag: "Open" as const }, ruleset: { number: 1, rules: [toGit] } }
const verdictOf = (state: KindState.KindState) => state.mirror.verdicts.get(id)?._tag

/** An object that was the same on both sides, and is gone: its removal is at this step. */
const going = (step: "proving" | "submitted") => {
  const state = mirroringState()
  MirrorFolding.onShown(state, { objects: new Map([[id, { document: "d1", live: "l1" }]]), definition: undefined }, 0)
  Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
  Folding.onSeen(state, id, there, 0)
  KindState.put(state, id, { ...KindState.get(state, id), ...memory({ agreed: agreed("d1", "l1") }) }, 0)
  Folding.onGone(state, id, 0)
  assert.strictEqual(verdictOf(state), "Gone")
  const tracked = KindState.get(state, id)
  KindState.put(state, id, { ...tracked, mirror: afterBegin(tracked.mirror, basis("d1", undefined), step) }, 0)
  return state
}

/** What is submitted once the removal is granted and proved again. */
const whenGranted = (state: KindState.KindState) =>
  Effect.gen(function*() {
    const submitted: Array<string> = []
    const mirroring: Mirroring = {
      decideAgain: () => Effect.void,
      defined: () => Effect.void,
      requestRemoval: () => Effect.void,
      see: () => Effect.void,
      startDue: () => Effect.void,
      submit: () => Effect.void,
      submitRemoval: (removed) => Effect.sync(() => void submitted.push(removed)),
      tell: Effect.void
    }
    const onAnswer = yield* MirrorAnswers.make(state, mirroring, () => Effect.void)
    const exit = Exit.succeed({ _tag: "Gone", with: undefined } as const)
    yield* onAnswer({ _tag: "RemovalAnswered", id, basis: basis("d1", undefined), exit }, 1)
    return submitted
  }).pipe(Effect.provide(nothingToGit))

const underRules = (state: KindState.KindState, rules: ReadonlyArray<Rule>) =>
  Folding.onRound(state, round(3, [ref("web", "d1")], { ...rounds, ruleset: { number: 2, rules } }), 0)

describe("a removal that was granted", () => {
  it.effect("is submitted", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* whenGranted(going("proving")), [id])
    }))

  it.effect("is not submitted when the object is back, even as another one", () =>
    Effect.gen(function*() {
      const state = going("proving")
      Folding.onSeen(state, id, { ...there, uid: "other" }, 0)
      assert.deepStrictEqual(yield* whenGranted(state), [])
      assert.strictEqual(verdictOf(state), "Due")
    }))

  for (
    const [what, change] of [
      ["gives its life to Git", { syncTo: "kubernetes" }],
      ["is suspended", { syncTo: "git", suspend: true }],
      ["never prunes", { syncTo: "git", prune: "never" }]
    ] as const
  ) {
    it.effect(`is not submitted when its rule ${what} by then`, () =>
      Effect.gen(function*() {
        const state = going("proving")
        underRules(state, [rule(change)])
        assert.deepStrictEqual(yield* whenGranted(state), [])
        assert.strictEqual(KindState.get(state, id).mirror.underWay, undefined)
      }))
  }
})

describe("what was submitted", () => {
  it("is withdrawn when it is a removal and the object is back", () => {
    const state = going("submitted")
    Folding.onSeen(state, id, { ...there, uid: "other" }, 0)
    assert.deepStrictEqual([...state.mirror.outlived], [id])
    assert.strictEqual(verdictOf(state), "Due")
  })

  it("is withdrawn when the object is as it was before", () => {
    const state = mirroringState()
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    Folding.onSeen(state, id, { ...there, portable: "l2" }, 0)
    const mirror = { agreed: agreed("d1", "l1"), underWay: { basis: basis("d1", "l2"), step: "submitted" as const } }
    KindState.put(state, id, { ...KindState.get(state, id), ...memory(mirror) }, 0)
    assert.deepStrictEqual([...state.mirror.outlived], [])
    Folding.onSeen(state, id, there, 0)
    assert.deepStrictEqual([...state.mirror.outlived], [id])
    assert.strictEqual(verdictOf(state), "Mirrored")
  })

  it("waits for what takes its place when the object goes on changing", () => {
    const state = mirroringState()
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 0)
    Folding.onSeen(state, id, { ...there, portable: "l2" }, 0)
    const mirror = { underWay: { basis: basis("d1", "l2"), step: "submitted" as const } }
    KindState.put(state, id, { ...KindState.get(state, id), ...memory(mirror) }, 0)
    Folding.onSeen(state, id, { ...there, portable: "l3" }, 0)
    assert.deepStrictEqual([...state.mirror.outlived], [])
    assert.strictEqual(verdictOf(state), "Due")
  })

  it("is removed again when it lands for an object that is gone by then", () => {
    const state = mirroringState()
    Folding.onSeen(state, id, there, 0)
    MirrorFolding.onSeen(state, [id], true, 0)
    const at = basis(undefined, "l1")
    const before = KindState.get(state, id)
    KindState.put(state, id, { ...before, mirror: afterBegin(before.mirror, at, "submitted") }, 0)
    Folding.onGone(state, id, 1)
    assert.deepStrictEqual([...state.mirror.outlived], [id])
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [])
    const { mirror, ...tracked } = KindState.get(state, id)
    const landed = { ...afterAnswer(mirror, at, 30_000), agreed: agreed("d1", "l1") }
    KindState.put(state, id, { ...tracked, mirror: landed }, 2)
    assert.deepStrictEqual(MirrorFolding.takeDeparted(state), [])
    Folding.onRound(state, round(2, [ref("web", "d1")], rounds), 3)
    assert.strictEqual(verdictOf(state), "Gone")
  })
})
