import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { heldDigest } from "../../../src/kubernetes/fields/OwnedDigest.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { anySet } from "../anyFields.ts"

const reversed = (set: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(set).toReversed().map(([segment, node]) => [segment, isObject(node) ? reversed(node) : node])
  )

describe("the digest of a set of fields", () => {
  const apiVersion = "v1"

  it("is the same for equal sets, in whatever order they are written, and another for other sets", () => {
    fc.assert(fc.property(anySet, anySet, (left, right) => {
      const digest = heldDigest({ apiVersion, fieldsV1: left })
      assert.strictEqual(heldDigest({ apiVersion, fieldsV1: reversed(left) }), digest)
      assert.strictEqual(heldDigest({ apiVersion, fieldsV1: right }) === digest, FieldsV1.equal(left, right))
      assert.lengthOf(digest, 22)
    }))
  })

  it("is another for the same set in another API version", () => {
    const fieldsV1 = { "f:spec": { "f:replicas": {} } }
    assert.notStrictEqual(heldDigest({ apiVersion, fieldsV1 }), heldDigest({ apiVersion: "v2", fieldsV1 }))
  })
})
