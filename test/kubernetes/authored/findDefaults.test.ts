import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { findDefaults } from "../../../src/kubernetes/authored/findDefaults.ts"
import { type Leaf, valueAt, withoutLeaves } from "../../../src/kubernetes/authored/Leaf.ts"
import { situated } from "../../../src/kubernetes/authored/Shape.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { anyHabits, anySpec, type Habits, leavesOf, restores, serve, settled } from "./modelServer.ts"

/** An object as the server made it of what somebody wrote, and what is found out about it. */
const find = (habits: Habits, spec: JsonObject, isLikely: (leaf: Leaf) => boolean = () => true) =>
  Effect.gen(function*() {
    const live = settled(habits, spec)
    if (live === undefined) return undefined
    const leaves = situated(live, leavesOf(live, [], ""))
    let asked = 0
    const ask = (object: JsonObject) =>
      Effect.sync(() => {
        asked += 1
        return serve(habits, object)
      })
    const found = yield* findDefaults(live, leaves, isLikely, ask)
    assert.isDefined(found)
    return { live, leaves, asked, defaults: found.defaults }
  })

describe("the defaults of an object", () => {
  it("can all be left out: the server makes the same of the rest, and nothing more could go", () => {
    fc.assert(
      fc.property(anyHabits, anySpec, (habits, spec) => {
        const found = Effect.runSync(find(habits, spec))
        if (found === undefined) return
        const { defaults, leaves, live } = found
        assert.isTrue(restores(habits, live, defaults))
        for (const leaf of leaves) {
          if (defaults.includes(leaf) || leaves.some((other) => other !== leaf && other.id === leaf.id)) continue
          assert.isFalse(restores(habits, live, [...defaults, leaf]), `${leaf.general} could go too`)
        }
      }),
      { numRuns: 300 }
    )
  })

  it.effect("are found in a few requests", () =>
    Effect.gen(function*() {
      const plain: Habits = {
        defaults: { b: 1, c: 2, d: "x" },
        mirrored: false,
        required: ["a"],
        telling: true,
        instead: {}
      }
      const found = yield* find(plain, { a: "name", inner: { a: 1, b: 2 }, list: [{ n: 1 }, { n: 2, f: 2 }] })
      assert.isDefined(found)
      assert.isAtMost(found.asked, 9)
      assert.deepStrictEqual(withoutLeaves(found.live, found.defaults), {
        spec: { a: "name", inner: { a: 1, b: 2 }, list: [{ n: 1 }, { n: 2, f: 2 }] }
      })
    }))

  it.effect("are never more than was asked about for one object", () =>
    Effect.gen(function*() {
      const spec = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`field${index}`, index]))
      const stubborn: Habits = { defaults: {}, mirrored: false, required: [], telling: false, instead: {} }
      const found = yield* find(stubborn, spec)
      assert.isDefined(found)
      assert.isAtMost(found.asked, 81)
      assert.deepStrictEqual(found.defaults, [])
      assert.strictEqual(valueAt(found.live, ["spec", "field7"]), 7)
    }))
})
