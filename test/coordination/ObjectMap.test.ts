import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as ObjectMap from "../../src/coordination/ObjectMap.ts"
import * as Record from "../../src/coordination/Record.ts"
import { objects, plain } from "./objects.ts"

describe("what is known of objects", () => {
  it("is the same value when it holds all already, and keeps its digests when only keys are added", () => {
    fc.assert(fc.property(objects, ({ inventory, seen }) => {
      for (const [kind, entries] of inventory) assert.strictEqual(Record.widen(inventory, kind, entries), inventory)
      for (const [kind, entries] of seen) assert.strictEqual(Record.see(seen, kind, entries.keys()), seen)
    }))
  })

  it("loses exactly what went, and is the same value when it held nothing of that", () => {
    fc.assert(fc.property(objects, objects, ({ seen }, { inventory }) => {
      const gone = new Map([...inventory].map(([kind, entries]) => [kind, new Set(entries.keys())]))
      const narrowed = ObjectMap.narrow(seen, gone)
      assert.deepStrictEqual(
        plain(narrowed),
        plain(ObjectMap.keep(seen, (kind, id) => gone.get(kind)?.has(id) !== true))
      )
      assert.strictEqual(ObjectMap.narrow(narrowed, gone), narrowed)
    }))
  })

  it("takes digests only of what was shown: being the same on both sides proves nothing about whose life it is", () => {
    const seen = Record.see(new Map(), "ConfigMap", ["shop/a"])
    const mirrored = new Map([["shop/a", { document: "d", live: "l" }], ["shop/b", { document: "d", live: "l" }]])
    assert.deepStrictEqual(plain(Record.mirror(seen, new Map([["ConfigMap", mirrored]]))), [
      ["ConfigMap", [["shop/a", { document: "d", live: "l" }]]]
    ])
  })
})
