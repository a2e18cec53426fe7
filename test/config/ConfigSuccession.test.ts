import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { cameUp, goneBack, replacedBy, startingWith, withRules } from "../../src/config/ConfigSuccession.ts"
import { load, rule } from "./samples.ts"

const config = (branch: string) => load(`gitUrl: file:///srv/git/cluster.git\nbranch: ${branch}\n${rule}`)
const branchOf = (now: ReturnType<typeof goneBack>) => now?.running.branch

layer(NodeServices.layer)("When a configuration can't start", (it) => {
  it.effect("the one before it takes over, as far as it came up", () =>
    Effect.gen(function*() {
      const a = cameUp(startingWith(yield* config("a")))
      const b = cameUp(replacedBy(a, yield* config("b")))
      assert.strictEqual(branchOf(goneBack(replacedBy(b, yield* config("c")))), "b")
    }))

  it.effect("those that were still starting are passed over, however many", () =>
    Effect.gen(function*() {
      const a = cameUp(startingWith(yield* config("a")))
      const b = replacedBy(a, yield* config("b"))
      const c = replacedBy(b, yield* config("c"))
      assert.strictEqual(branchOf(goneBack(c)), "a")
      assert.strictEqual(branchOf(goneBack(replacedBy(c, yield* config("d")))), "a")
    }))

  it.effect("the one that took over does so again, although it is still starting", () =>
    Effect.gen(function*() {
      const a = cameUp(startingWith(yield* config("a")))
      const back = goneBack(replacedBy(a, yield* config("b")))
      assert.isDefined(back)
      if (back !== undefined) assert.strictEqual(branchOf(goneBack(replacedBy(back, yield* config("c")))), "a")
    }))

  it.effect("the first takes over when none came up, and nothing does after it", () =>
    Effect.gen(function*() {
      const first = startingWith(yield* config("a"))
      assert.isUndefined(goneBack(first))
      const back = goneBack(replacedBy(replacedBy(first, yield* config("b")), yield* config("c")))
      assert.strictEqual(branchOf(back), "a")
      assert.isDefined(back)
      if (back !== undefined) assert.isUndefined(goneBack(back))
    }))

  it.effect("what takes over has the rules that it had last", () =>
    Effect.gen(function*() {
      const { rules } = yield* load("gitUrl: file:///srv/git/cluster.git\nrules: [{ syncTo: ignore }]\n")
      const a = withRules(cameUp(startingWith(yield* config("a"))), rules)
      const back = goneBack(replacedBy(a, yield* config("b")))
      assert.strictEqual(branchOf(back), "a")
      assert.deepStrictEqual(back?.running.rules, rules)
    }))
})
