import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { lineDiff } from "../../../src/inspect/plan/PlanLineDiff.ts"

const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 })

const having = (signs: string, diff: ReadonlyArray<string>) =>
  diff.filter((line) => signs.includes(line.charAt(0))).map((line) => line.slice(2))

describe("the difference of two texts", () => {
  it("says of every line whether it goes, comes or stays", () => {
    fc.assert(fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after).filter((line) => line !== "  ...")
      if (before.join() === after.join()) assert.deepStrictEqual(diff, [])
      if (diff.length === 0 || lineDiff(before, after).length !== diff.length) return
      assert.deepStrictEqual(having(" -", diff), before)
      assert.deepStrictEqual(having(" +", diff), after)
    }))
  })

  it("keeps what both have in common", () => {
    assert.deepStrictEqual(lineDiff(["a", "b", "c"], ["x", "b", "d", "c"]), ["- a", "+ x", "  b", "+ d", "  c"])
  })

  it("shows only what stands near, and is bounded for the largest", () => {
    const many = Array.from({ length: 20 }, (_, index) => `${index}`)
    assert.deepStrictEqual(lineDiff(many, many.with(10, "ten")), [
      "  ...",
      "  8",
      "  9",
      "- 10",
      "+ ten",
      "  11",
      "  12",
      "  ..."
    ])
    const large = (text: string) => Array.from({ length: 5000 }, (_, index) => `${text}${index}`)
    assert.strictEqual(lineDiff(large("a"), large("b")).length, 10_000)
  })
})
