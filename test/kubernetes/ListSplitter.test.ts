import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { LineSplitter } from "../../src/kubernetes/LineSplitter.ts"
import { ListSplitter } from "../../src/kubernetes/ListSplitter.ts"

const pieces = (text: string, cuts: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const bytes = Buffer.from(text)
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length))
}

const cuts = fc.array(fc.nat(5000), { maxLength: 12 })
const item = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }))

describe("a list that comes in pieces", () => {
  it("gives exactly its items and what is around them, however it is cut and laid out", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), cuts, fc.constantFrom(undefined, 2), (items, at, indent) => {
        const list = { kind: "List", apiVersion: "v1", metadata: { resourceVersion: "7", continue: "x\"[{" }, items }
        const splitter = new ListSplitter()
        for (const piece of pieces(JSON.stringify(list, undefined, indent), at)) splitter.push(piece)
        const found = splitter.whole.take(Number.POSITIVE_INFINITY).map((one) => JSON.parse(one.toString()))
        assert.deepStrictEqual(found, JSON.parse(JSON.stringify(items)))
        assert.deepStrictEqual(JSON.parse(splitter.rest()), { ...list, items: [] })
      })
    )
  })

  it("finds the items when the list's metadata comes after them", () => {
    const splitter = new ListSplitter()
    splitter.push(Buffer.from("{\"items\":[{\"items\":[{}]},{}],\"metadata\":{\"continue\":\"c\"}}"))
    assert.deepStrictEqual(splitter.whole.take(1000).map(String), ["{\"items\":[{}]}", "{}"])
    assert.deepStrictEqual(JSON.parse(splitter.rest()), { items: [], metadata: { continue: "c" } })
  })
})

describe("a stream of lines", () => {
  it("gives each line once it is whole, however it is cut", () => {
    const line = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("\n"))
    fc.assert(fc.property(fc.array(line), cuts, (lines, at) => {
      const splitter = new LineSplitter()
      for (const piece of pieces(lines.map((one) => `${one}\n`).join(""), at)) splitter.push(piece)
      const expected = lines.map((one) => Buffer.from(one).toString())
      assert.deepStrictEqual(splitter.whole.take(Number.POSITIVE_INFINITY).map(String), expected)
    }))
  })

  it("hands out no more than a slice at a time", () => {
    const splitter = new LineSplitter()
    splitter.push(Buffer.from("aaaa\nbbbb\ncccc\n"))
    assert.deepStrictEqual(
      [splitter.whole.take(5), splitter.whole.take(5), splitter.whole.take(5)].map((taken) => taken.map(String)),
      [
        ["aaaa", "bbbb"],
        ["cccc"],
        []
      ]
    )
  })
})
