import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import * as FieldScope from "../../../src/manifest/FieldScope.ts"
import { anyScope, anySet } from "../anyFields.ts"

const texts = (set: FieldsV1.FieldsV1) => FieldsV1.paths(set).map(format).sort()
const both = (left: FieldsV1.FieldsV1, right: FieldsV1.FieldsV1) =>
  [new Set(texts(left)), new Set(texts(right))] as const

describe("sets of fields", () => {
  it("unite, intersect and subtract as the sets of their paths do", () => {
    fc.assert(fc.property(anySet, anySet, (left, right) => {
      const [a, b] = both(left, right)
      assert.deepStrictEqual(texts(FieldsV1.union(left, right)), [...a.union(b)].sort())
      assert.deepStrictEqual(texts(FieldsV1.intersection(left, right)), [...a.intersection(b)].sort())
      assert.deepStrictEqual(texts(FieldsV1.difference(left, right)), [...a.difference(b)].sort())
    }))
  })

  it("are equal when their paths are, and empty when they have none", () => {
    fc.assert(fc.property(anySet, anySet, (left, right) => {
      assert.strictEqual(FieldsV1.equal(left, right), texts(left).join("\n") === texts(right).join("\n"))
      assert.strictEqual(FieldsV1.isEmpty(left), texts(left).length === 0)
      assert.isTrue(FieldsV1.isEmpty(FieldsV1.difference(left, left)))
      assert.isTrue(
        FieldsV1.equal(FieldsV1.union(FieldsV1.difference(left, right), FieldsV1.intersection(left, right)), left)
      )
    }))
  })

  it("keep of themselves what is in scope, asked field by field or a subtree at once", () => {
    fc.assert(fc.property(anySet, anyScope, (set, scope) => {
      const expected = FieldsV1.paths(set).filter((path) =>
        path.reduce((there: FieldScope.FieldScope, step) => there.at(step), scope).includes
      )
      assert.deepStrictEqual(texts(FieldsV1.filter(set, scope)), expected.map(format).sort())
    }))
    fc.assert(fc.property(anySet, (set) => {
      assert.strictEqual(FieldsV1.filter(set, FieldScope.everything), set)
      assert.isTrue(FieldsV1.isEmpty(FieldsV1.filter(set, FieldScope.nothing)))
    }))
  })

  it("tell a field from what stands below it", () => {
    const set = { "f:spec": { "f:env": { ".": {}, "k:{\"name\":\"A\"}": { ".": {}, "f:value": {} } } } }
    assert.deepStrictEqual(texts(set), ["/spec/env", "/spec/env/[name=A]", "/spec/env/[name=A]/value"])
    const without = FieldsV1.difference(set, { "f:spec": { "f:env": {} } })
    assert.deepStrictEqual(texts(without), ["/spec/env/[name=A]", "/spec/env/[name=A]/value"])
  })

  it("are made again from their paths", () => {
    fc.assert(fc.property(anySet, (set) => {
      assert.isTrue(FieldsV1.equal(FieldsV1.ofPaths(FieldsV1.paths(set)), set))
    }))
  })

  it("have to do with a field that is in them, stands around what is in them, or belongs to a whole in them", () => {
    const isStart = (start: string, text: string) => text === start || text.startsWith(`${start}/`)
    fc.assert(fc.property(anySet, anySet, (set, other) => {
      const held = texts(set)
      const wholes = held.filter((one) => !held.some((two) => two !== one && isStart(one, two)))
      for (const path of FieldsV1.paths(other)) {
        const text = format(path)
        const expected = held.some((one) => isStart(text, one)) || wholes.some((one) => isStart(one, text))
        assert.strictEqual(FieldsV1.touches(set, path), expected, text)
      }
    }))
  })
})
