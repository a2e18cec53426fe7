import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Budget from "../../src/coordination/Budget.ts"
import { seen } from "./samples.ts"

const names = (count: number, prefix = "shop/c") => Array.from({ length: count }, (_, at) => `${prefix}${at}`)
const limits = { max: 20, percent: 20 }
const excess = (set: ReadonlyArray<string>, known: ReadonlyArray<string>, change: Partial<Budget.Limits> = {}) =>
  Budget.excess(seen(...set), seen(...known), { ...limits, ...change })

describe("the budget", () => {
  it("is a number, however much there is", () => {
    assert.isUndefined(excess(names(20), names(1000)))
    assert.include(excess(names(21), names(1000)), `more than 20 at once or within ten minutes ("deletions.max")`)
    assert.include(excess(names(1), names(1000), { max: 0 }), "deletions.max")
  })

  it("is a share too, but fewer than five are no share", () => {
    assert.isUndefined(excess(names(4), names(6)))
    assert.isUndefined(excess(names(5), names(25)))
    assert.include(excess(names(6), names(25)), `6 of 25 is more than 20 % at once`)
  })

  it("never covers all of a kind or all of a namespace, from five on", () => {
    const others = names(30, "other/c")
    const whole = Budget.excess(
      new Map([["Role", new Map(names(5).map((name) => [name, undefined]))]]),
      new Map([...seen(...names(30)), ["Role", new Map(names(5).map((name) => [name, undefined]))]]),
      limits
    )
    assert.strictEqual(whole, "that is every Role there is")
    assert.strictEqual(excess(names(5), [...names(5), ...others]), "that is everything there is in namespace shop")
    assert.isUndefined(excess(names(4), [...names(4), ...others]))
    assert.isUndefined(excess(names(5), [...names(6), ...others]))
  })

  it("counts also what is to go though it was never shown", () => {
    assert.include(excess(names(5), []), "5 of 5")
  })

  it("that a set exceeds, every larger set exceeds", () => {
    fc.assert(fc.property(fc.nat(30), fc.nat(10), fc.nat(60), (count, more, rest) => {
      const known = [...names(count + more), ...names(rest, "other/c")]
      if (excess(names(count), known) === undefined || excess(names(count), known)?.startsWith("that is ev") === true)
        return
      assert.isDefined(excess(names(count + more), known))
    }))
  })
})
