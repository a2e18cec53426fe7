import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import * as Folding from "../../../src/kind/Folding.ts"
import * as KindState from "../../../src/kind/KindState.ts"
import type { Comparison } from "../../../src/kind/mirroring/Comparison.ts"
import * as MirrorAnswers from "../../../src/kind/mirroring/MirrorAnswers.ts"
import * as MirrorFolding from "../../../src/kind/mirroring/MirrorFolding.ts"
import type { Mirroring } from "../../../src/kind/mirroring/Mirroring.ts"
import { afterAnswer, afterBegin, afterSubmit } from "../../../src/kind/mirroring/MirrorMemory.ts"
import type { MirrorMessage } from "../../../src/kind/mirroring/MirrorMessage.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
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

/** What is submitted after these answers. */
const after = (state: KindState.KindState, ...messages: ReadonlyArray<MirrorMessage>) =>
  Effect.gen(function*() {
    const submitted: Array<string> = []
    const mirroring: Mirroring = {
      decideAgain: () => Effect.void,
      defined: () => Effect.void,
      requestRemoval: () => Effect.void,
      see: () => Effect.void,
      startDue: () => Effect.void,
      submit: (changed) => Effect.sync(() => void submitted.push(changed)),
      submitRemoval: (removed) => Effect.sync(() => void submitted.push(removed)),
      tell: Effect.void
    }
    const onAnswer = yield* MirrorAnswers.make(state, mirroring, () => Effect.void)
    for (const message of messages) yield* onAnswer(message, 1)
    return submitted
  }).pipe(Effect.provide(nothingToGit))

/** What is submitted once the removal is granted and proved again. */
const whenGranted = (state: KindState.KindState) => {
  const exit = Exit.succeed({ _tag: "Gone", with: undefined } as const)
  return after(state, { _tag: "RemovalAnswered", id, basis: basis("d1", undefined), exit })
}

const shared = rule({ syncTo: "both" })

/** An object that both sides may change and the cluster has changed: it is being compared. */
const comparing = () => {
  const state = mirroringState({}, [shared])
  MirrorFolding.onShown(state, {
    objects: new Map([[id, { document: "d1", live: "l1", fields: "base" }]]),
    definition: undefined
  }, 0)
  const rules = { ...rounds, ruleset: { number: 1, rules: [shared] } }
  Folding.onRound(state, round(2, [ref("web", "d1")], rules), 0)
  Folding.onSeen(state, id, { ...there, portable: "l2" }, 0)
  const { mirror, ...tracked } = KindState.get(state, id)
  KindState.put(state, id, { ...tracked, mirror: afterBegin(mirror, basis("d1", "l2", [shared]), "comparing") }, 0)
  return state
}

const differs: Comparison = {
  _tag: "Differs",
  change: {
    _tag: "PatchDocument",
    key: { group: "", kind: "ConfigMap", namespace: "shop", name: "web" },
    changes: [{ _tag: "Remove", path: [field("data")], previous: {} }],
    type: unknown,
    why: { rule: "rule 1" }
  },
  writes: [],
  after: undefined,
  expected: "",
  writtenBack: []
}

const compared = (comparison: Comparison, fields: string): MirrorMessage => ({
  _tag: "Compared",
  id,
  basis: basis("d1", "l2", [shared]),
  last: { document: "d1", live: "l1", fields },
  exit: Exit.succeed({ _tag: "Compared", comparison, resourceVersion: "2" })
})

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

describe("what was compared", () => {
  it.effect("is submitted, unless it is known by then that both sides agreed upon something else", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* after(comparing(), compared(differs, "base")), [id])
      const state = comparing()
      assert.deepStrictEqual(yield* after(state, compared(differs, "older")), [])
      assert.strictEqual(verdictOf(state), "Due")
    }))

  it.effect("takes back what was submitted before, once nothing has to be said", () =>
    Effect.gen(function*() {
      const same = { _tag: "Agreed", agreed: agreed("d1", "l2", [shared]) } as const
      const [never, before] = [comparing(), comparing()]
      yield* after(never, compared(same, "base"))
      assert.deepStrictEqual([...never.mirror.outlived], [])
      const { mirror, ...tracked } = KindState.get(before, id)
      KindState.put(before, id, { ...tracked, mirror: afterSubmit(mirror, "d1") }, 0)
      yield* after(before, compared(same, "base"))
      assert.deepStrictEqual([...before.mirror.outlived], [id])
    }))
})
