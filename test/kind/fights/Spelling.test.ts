import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { says } from "../../../src/kind/fights/Spelling.ts"
import type { Json } from "../../../src/manifest/Manifest.ts"

type Pair = readonly [live: Json | undefined, sent: Json]

const same: ReadonlyArray<Pair> = [
  ["1", "1000m"],
  ["1", 1],
  ["1", "1.0"],
  ["1Gi", "1024Mi"],
  ["1073741824", "1Gi"],
  ["1500m", "1.5"],
  ["100M", "1e8"],
  ["100M", "1E8"],
  ["-1", "-1000m"],
  ["1E", "1000P"],
  ["1n", "0.000000001"],
  ["0.00000000000000000000000000000000001", "1e-35"],
  [undefined, ""],
  [undefined, {}],
  [undefined, []],
  [undefined, false],
  [undefined, null],
  [undefined, { a: {} }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [[{ a: "1", b: 2 }], [{ a: "1000m" }]]
]

const different: ReadonlyArray<Pair> = [
  ["2", "1000m"],
  ["1G", "1Gi"],
  ["1M", "1m"],
  ["1h0m0s", "60m"],
  ["", "0"],
  [".", "0"],
  ["", "a"],
  ["k", "M"],
  [undefined, "a"],
  [undefined, true],
  [null, "a"],
  [{ b: 2 }, { a: 1 }],
  [["a", "b"], ["a"]],
  [["b", "a"], ["a", "b"]],
  ["true", true],
  [{ 0: "a" }, ["a"]]
]

describe("a live value", () => {
  it("says what was sent in another spelling", () => {
    for (const [live, sent] of same)
      assert.isTrue(says(live, sent), `${JSON.stringify(live)} for ${JSON.stringify(sent)}`)
  })

  it("does not say anything else", () => {
    for (const [live, sent] of different)
      assert.isFalse(says(live, sent), `${JSON.stringify(live)} for ${JSON.stringify(sent)}`)
  })

  it("says itself, with more in its maps too", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (value, more) => {
      const json: Json = JSON.parse(JSON.stringify(value))
      assert.isTrue(says(json, json))
      assert.isTrue(says({ a: json, b: JSON.parse(JSON.stringify(more)) }, { a: json }))
    }))
  })

  it("is compared in milliseconds, however long a text of digits is", () => {
    const digits = "9".repeat(200_000)
    const start = performance.now()
    assert.isFalse(says(`${digits}1`, `${digits}2`))
    assert.isFalse(says("1", `${digits}x`))
    assert.isFalse(says("1", "9e99"))
    assert.isBelow(performance.now() - start, 1000)
  })
})
