import { assert, describe, it } from "@effect/vitest"
import { quantityBytes } from "../../../src/kind/restoring/quantityBytes.ts"

describe("a quantity", () => {
  it.each([
    ["1", 1],
    ["1048576", 1_048_576],
    ["1Mi", 1_048_576],
    ["1.5Gi", 1_610_612_736],
    ["2G", 2_000_000_000],
    ["1e9", 1_000_000_000],
    ["1k", 1000],
    ["5000m", 5],
    ["1E", 1e18],
    ["1Ei", 2 ** 60]
  ])("%s is %d bytes", (text, bytes) => assert.strictEqual(quantityBytes(text), bytes))

  it.each(["", "Gi", "1 Gi", "1gi", "one"])("%s is none", (text) => assert.isUndefined(quantityBytes(text)))
})
