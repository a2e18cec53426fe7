import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Leaf, placeOf, valueAt, withoutLeaves } from "../../../src/kubernetes/authored/Leaf.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { anySpec, leavesOf } from "./modelServer.ts"

const leaf = (path: Leaf["path"], general: string): Leaf => ({ path, general, value: null, isUnclear: true })

describe("an object without some of its leaves", () => {
  it("has all others, and lists as long as before", () => {
    fc.assert(fc.property(anySpec, fc.array(fc.boolean()), (spec, choices) => {
      const object: JsonObject = { kind: "Shape", spec }
      const leaves = leavesOf(object, [], "")
      const out = leaves.filter((_, index) => choices[index] === true)
      const left = withoutLeaves(object, out)
      for (const { path, value } of leaves.filter((one) => !out.includes(one)))
        assert.deepStrictEqual(valueAt(left, path), value)
      for (const { path } of out) assert.isUndefined(valueAt(left, path))
      const list = valueAt(object, ["spec", "list"])
      if (Array.isArray(list) && valueAt(left, ["spec", "list"]) !== undefined)
        assert.lengthOf(valueAt(left, ["spec", "list"]) as ReadonlyArray<unknown>, list.length)
    }))
  })

  it("loses a map that is left with nothing, but no item of a list and no entry of a free map", () => {
    const object = { spec: { strategy: { rolling: { surge: 1 } }, list: [{ a: 1 }], groups: { one: { weight: 1 } } } }
    assert.deepStrictEqual(
      withoutLeaves(object, [
        leaf(["spec", "strategy", "rolling", "surge"], "/spec/strategy/rolling/surge"),
        leaf(["spec", "list", 0, "a"], "/spec/list/*/a"),
        leaf(["spec", "groups", "one", "weight"], "/spec/groups/*/weight")
      ]),
      { spec: { list: [{}], groups: { one: {} } } }
    )
  })

  it("is the very same without any", () => {
    const object = { spec: {} }
    assert.strictEqual(withoutLeaves(object, []), object)
  })

  it("has places as the API server writes them in its complaints", () => {
    assert.strictEqual(placeOf(["spec", "ports", 0, "port"]), "spec.ports[0].port")
  })
})
