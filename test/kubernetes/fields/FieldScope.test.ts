import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { decodeStep, type FieldPath, startsWith } from "../../../src/manifest/FieldPath.ts"
import { everything, including, nothing, without } from "../../../src/manifest/FieldScope.ts"
import { anyScope, anySet } from "../anyFields.ts"

const segments = ["f:a", "f:b", "f:name", "k:{\"name\":\"x\"}", "v:\"a\""]
const anyPath = fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 3 })
  .map((path): FieldPath => path.flatMap((segment) => decodeStep(segment) ?? []))

describe("a scope", () => {
  it("without some paths holds exactly its fields that are neither these nor below them", () => {
    fc.assert(fc.property(anySet, anyScope, fc.array(anyPath, { maxLength: 3 }), (set, scope, paths) => {
      const isBelow = (path: FieldPath) => paths.some((other) => startsWith(path, other))
      const expected = FieldsV1.paths(FieldsV1.filter(set, scope)).filter((path) => !isBelow(path))
      assert.deepStrictEqual(FieldsV1.paths(FieldsV1.filter(set, without(scope, paths))), expected)
    }))
  })

  it("including a path holds its fields, and these and below them", () => {
    fc.assert(fc.property(anySet, anyScope, anyPath, (set, scope, added) => {
      const within = FieldsV1.filter(set, scope)
      const expected = FieldsV1.paths(set).filter((path) =>
        startsWith(path, added) || !FieldsV1.isEmpty(FieldsV1.intersection(within, only(path)))
      )
      assert.deepStrictEqual(FieldsV1.paths(FieldsV1.filter(set, including(scope, added))), expected)
    }))
  })

  const only = (path: FieldPath): FieldsV1.FieldsV1 =>
    path.toReversed().reduce<FieldsV1.FieldsV1>((node, step) => ({ [FieldsV1.segmentOf(step)]: node }), FieldsV1.leaf)

  it("stays as it is without nothing, and holds nothing without the whole object", () => {
    assert.strictEqual(without(everything, []), everything)
    assert.deepInclude(without(everything, [[]]), { includes: false, isUniform: true })
    assert.deepInclude(including(nothing, []), { includes: true, isUniform: true })
  })
})
