import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { findDefaults } from "../../../src/kubernetes/authored/findDefaults.ts"
import { withoutLeaves } from "../../../src/kubernetes/authored/Leaf.ts"
import { ProbeMemory } from "../../../src/kubernetes/authored/ProbeMemory.ts"
import { situated } from "../../../src/kubernetes/authored/Shape.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { anyHabits, anySpec, type Habits, leavesOf, restores, serve, settled } from "./modelServer.ts"

const hour = 3_600_000

/** What is found to be default in this object at this time, and how many requests it took. */
const ask = Effect.fnUntraced(function*(memory: ProbeMemory, habits: Habits, live: JsonObject, now: number) {
  const leaves = situated(live, leavesOf(live, [], ""))
  const known = leaves.filter((leaf) => memory.judge(leaf, now) === true)
  const unknown = leaves.filter((leaf) => memory.judge(leaf, now) === undefined)
  let asked = 0
  if (unknown.length === 0) return { asked, defaults: known }
  const found = yield* findDefaults(
    withoutLeaves(live, known),
    unknown,
    (leaf) => memory.isLikely(leaf),
    (object) =>
      Effect.sync(() => {
        asked += 1
        return serve(habits, object)
      })
  )
  assert.isDefined(found)
  memory.learn(unknown, found.learned, now)
  return { asked, defaults: [...known, ...found.defaults] }
})

const plain: Habits = { defaults: { b: 1 }, mirrored: false, required: [], telling: true, instead: {} }

describe("what is remembered of an object", () => {
  it("fits the objects that come after it: what is left out of them comes back", () => {
    fc.assert(
      fc.property(anyHabits, fc.array(anySpec, { minLength: 2, maxLength: 8 }), (habits, specs) => {
        // A field that copies another one has no value of its own
        const { left: _, right: __, ...defaults } = habits.defaults
        const honest: Habits = { ...habits, defaults: habits.mirrored ? defaults : habits.defaults }
        const memory = new ProbeMemory()
        for (const spec of specs) {
          const live = settled(honest, spec)
          if (live === undefined) continue
          const { defaults } = Effect.runSync(ask(memory, honest, live, 0))
          assert.isTrue(restores(honest, live, defaults))
        }
      }),
      { numRuns: 200 }
    )
  })

  it.effect("saves all requests for the next ones of its shape, whatever their numbers and texts, for an hour", () =>
    Effect.gen(function*() {
      const memory = new ProbeMemory()
      const object = (a: string, c: number) => settled(plain, { a, c, list: [{ n: c }] }) ?? {}
      assert.isAbove((yield* ask(memory, plain, object("one", 2), 0)).asked, 0)
      assert.strictEqual((yield* ask(memory, plain, object("two", 7), hour)).asked, 0)
      assert.isAbove((yield* ask(memory, plain, object("two", 7), hour + 1)).asked, 0)
      assert.strictEqual((yield* ask(memory, plain, object("two", 8), hour + 2)).asked, 0)
    }))

  it.effect("is not used for another shape: a field more, or another choice", () =>
    Effect.gen(function*() {
      const memory = new ProbeMemory()
      yield* ask(memory, plain, settled(plain, { a: "Fast" }) ?? {}, 0)
      assert.isAbove((yield* ask(memory, plain, settled(plain, { a: "Safe" }) ?? {}, 0)).asked, 0)
      assert.isAbove((yield* ask(memory, plain, settled(plain, { a: "Fast", c: 1 }) ?? {}, 0)).asked, 0)
    }))

  it.effect("tells a value that is copied from the field beside it from one that is always the same", () =>
    Effect.gen(function*() {
      const copying: Habits = { ...plain, defaults: {}, mirrored: true, required: ["left"] }
      const memory = new ProbeMemory()
      const restored = Effect.fnUntraced(function*(spec: JsonObject) {
        const live = settled(copying, spec) ?? {}
        const { asked, defaults } = yield* ask(memory, copying, live, 0)
        assert.deepStrictEqual(withoutLeaves(live, defaults), { spec })
        return asked
      })
      assert.isAbove(yield* restored({ left: 1 }), 0)
      assert.isAbove(yield* restored({ left: 2, right: 1 }), 0)
      assert.strictEqual(yield* restored({ left: 3, right: 1 }), 0)
      assert.strictEqual(yield* restored({ left: 4 }), 0)
    }))

  it("holds a refusal for ten minutes, and for this place only", () => {
    const memory = new ProbeMemory()
    memory.refused("namespace shop", 1000)
    assert.isTrue(memory.isRefused("namespace shop", 600_999))
    assert.isFalse(memory.isRefused("namespace shop", 601_000))
    assert.isFalse(memory.isRefused("namespace other", 1000))
  })
})
