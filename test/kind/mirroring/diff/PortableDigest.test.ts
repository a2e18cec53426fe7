import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { portableDigest } from "../../../../src/kind/mirroring/diff/PortableDigest.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { documents, same } from "./sampleType.ts"

const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed)
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).toReversed().map(([name, below]) => [name, reversed(below)]))
    : value
}

const mirrored = (document: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(document).toReversed().map(([name, below]) => [name, reversed(below)]))

describe("the digest of a portable form", () => {
  it("has 22 characters, and is the same in whatever order the fields stand", () => {
    fc.assert(fc.property(documents, (document) => {
      assert.match(portableDigest(document), /^[\w-]{22}$/)
      assert.strictEqual(portableDigest(mirrored(document)), portableDigest(document))
    }))
  })

  it("tells different documents apart", () => {
    fc.assert(fc.property(documents, documents, (left, right) => {
      assert.strictEqual(portableDigest(left) === portableDigest(right), same(left) === same(right))
    }))
  })

  it("tells the order of items, and texts from numbers", () => {
    const digests = [{ a: [1, 2] }, { a: [2, 1] }, { a: ["1", 2] }, { a: [12n] }, { a: [12345678901234567890n] }]
    assert.strictEqual(new Set(digests.map(portableDigest)).size, digests.length)
  })
})
