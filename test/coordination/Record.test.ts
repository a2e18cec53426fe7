import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Record from "../../src/coordination/Record.ts"

const kind = fc.constantFrom("ConfigMap", "Deployment.apps", "Role.rbac.authorization.k8s.io")
const id = fc.stringMatching(/^([a-z0-9-]{1,8}\/)?[a-z0-9:.-]{1,20}$/)
const inventory = fc.array(fc.tuple(kind, fc.array(id, { maxLength: 20 })), { maxLength: 6 }).map((entries) =>
  entries.reduce<Record.Inventory>((held, [of, ids]) => Record.widen(held, of, ids), new Map())
)

const plain = (value: Record.Inventory) => [...value].map(([of, ids]) => [of, [...ids].toSorted()]).toSorted()

describe("the inventory", () => {
  it("comes back from its shards as it was, however many they are", () => {
    fc.assert(fc.property(inventory, fc.constantFrom(1, 2, 8), (value, shards) => {
      assert.deepStrictEqual(plain(Record.decodeShards(Record.encodeShards(value, shards))), plain(value))
    }))
  })

  it("is the same value when it already holds every key", () => {
    fc.assert(fc.property(inventory, (value) => {
      for (const [of, ids] of value) assert.strictEqual(Record.widen(value, of, ids), value)
    }))
  })

  it("is written the same whatever the order in which keys came", () => {
    fc.assert(fc.property(fc.array(id), (ids) => {
      const forwards = Record.widen(new Map(), "ConfigMap", ids)
      const backwards = Record.widen(new Map(), "ConfigMap", ids.toReversed())
      assert.deepStrictEqual(Record.encodeShards(forwards, 4), Record.encodeShards(backwards, 4))
    }))
  })

  it("is cut so that a ConfigMap stays far below what the API server takes", () => {
    const ids = Array.from(
      { length: 30_000 },
      (_, index) => `a-namespace-of-some-length/a-name-of-some-length-${index}`
    )
    const value = Record.widen(new Map(), "ConfigMap", ids)
    const texts = Record.encodeShards(value, Record.shardsFor(value))
    assert.isBelow(Math.max(...texts.map((text) => text.length)), 900_000)
    assert.isAbove(texts.length, 1)
  })
})
