import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Rulesets } from "../../src/rules/Rulesets.ts"
import type { Selector } from "../../src/rules/Selector.ts"
import { filters, rule } from "./samples.ts"

const selector = (text: string, value: string): Selector => ({
  text,
  requirements: [{ key: "app", operator: "in", values: [value] }]
})

describe("the rule set of the moment", () => {
  it.effect("has a greater number after every change of meaning", () =>
    Effect.gen(function*() {
      const rulesets = yield* Rulesets
      const numbers: Array<number> = []
      for (
        const rules of [
          [rule(0, { names: ["a"] }), rule(1)],
          [rule(0, { names: ["a"], syncTo: "ignore" }), rule(1)],
          [rule(0, { names: ["a"], syncTo: "ignore", suspend: true }), rule(1)],
          [rule(0, { filters: filters("/spec/replicas") }), rule(1)],
          [rule(0, { filters: filters("/spec/paused") }), rule(1)],
          [rule(0, { labels: selector("app=web", "web") })],
          [rule(0, { labels: selector("app=api", "api") })],
          [rule(0), rule(1, { syncTo: "ignore" })],
          [rule(0, { syncTo: "ignore" }), rule(1)]
        ]
      ) { numbers.push((yield* rulesets.follow(rules)).number) }
      assert.deepStrictEqual(numbers, [2, 3, 4, 5, 6, 7, 8, 9, 10])
    }).pipe(Effect.provide(Rulesets.layer([rule(0)]))))

  it.effect("keeps its number when rules move in their file or are written otherwise, and tells the new places", () =>
    Effect.gen(function*() {
      const rulesets = yield* Rulesets
      const place = { line: 7, column: 5 }
      const moved = rule(0, {
        place,
        places: { apiGroups: [], resources: [], filters: [place] },
        labels: selector("app in (web)", "web"),
        filters: filters("/spec/replicas")
      })
      assert.deepStrictEqual(yield* rulesets.follow([moved]), { number: 1, rules: [moved] })
      const told = yield* rulesets.changes.pipe(Stream.take(1), Stream.runCollect)
      assert.deepStrictEqual([...told], [{ number: 1, rules: [moved] }])
      assert.strictEqual((yield* rulesets.follow([{ ...moved, suspend: true }])).number, 2, "a change is told from it")
    }).pipe(
      Effect.provide(
        Rulesets.layer([rule(0, { labels: selector("app=web", "web"), filters: filters("/spec/replicas") })])
      )
    ))
})
