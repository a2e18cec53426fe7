import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Record from "../../src/coordination/Record.ts"

const kind = fc.constantFrom("ConfigMap", "Deployment.apps", "Role.rbac.authorization.k8s.io")
const id = fc.stringMatching(/^([a-z0-9-]{1,8}\/)?[a-z0-9:.-]{1,20}$/)
const digest = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/)
const synced = fc.option(fc.tuple(digest, digest).map(([payload, owned]) => ({ payload, owned })), { nil: undefined })
const entries = fc.array(fc.tuple(id, synced), { maxLength: 20 })
const inventory = fc.array(fc.tuple(kind, entries), { maxLength: 6 }).map((entries) =>
  entries.reduce<Record.Inventory>((held, [of, ids]) => Record.widen(held, of, ids), new Map())
)

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => a < b ? -1 : 1

const plain = (value: Record.Inventory) =>
  [...value].filter(([, ids]) => ids.size > 0).map(([of, ids]) => [of, [...ids].toSorted(byName)] as const).toSorted(
    byName
  )

const shardsOf = (value: Record.Inventory, shards: number) =>
  Array.from({ length: shards }, (_, index) => Record.encodeShard(value, shards, index))

const keys = (ids: ReadonlyArray<string>) => ids.map((one) => [one, undefined] as const)

describe("the inventory", () => {
  it("comes back from its shards as it was, however many they are", () => {
    fc.assert(fc.property(inventory, fc.constantFrom(1, 2, 8), (value, shards) => {
      assert.deepStrictEqual(plain(Record.decodeShards(shardsOf(value, shards))), plain(value))
    }))
  })

  it("is the same value when it already holds every key, and keeps its digests when only keys are asked for", () => {
    fc.assert(fc.property(inventory, (value) => {
      for (const [of, ids] of value) {
        assert.strictEqual(Record.widen(value, of, ids), value)
        assert.strictEqual(Record.widen(value, of, keys([...ids.keys()])), value)
      }
    }))
  })

  it("is written the same whatever the order in which keys came", () => {
    fc.assert(fc.property(fc.array(id), (ids) => {
      const forwards = Record.widen(new Map(), "ConfigMap", keys(ids))
      const backwards = Record.widen(new Map(), "ConfigMap", keys(ids.toReversed()))
      assert.deepStrictEqual(shardsOf(forwards, 4), shardsOf(backwards, 4))
    }))
  })

  it("loses exactly what departed, and is the same value when it held nothing of that", () => {
    fc.assert(fc.property(inventory, inventory, (value, others) => {
      const departed = new Map([...others].map(([of, ids]) => [of, new Set(ids.keys())]))
      const narrowed = Record.narrow(value, departed)
      const left = [...value].map(([of, ids]) =>
        [of, new Map([...ids].filter(([one]) => departed.get(of)?.has(one) !== true))] as const
      )
      assert.deepStrictEqual(plain(narrowed), plain(new Map(left)))
      assert.strictEqual(Record.narrow(narrowed, departed), narrowed)
    }))
  })

  it("names as changed exactly the shards whose text differs", () => {
    fc.assert(fc.property(inventory, inventory, inventory, (before, more, gone) => {
      const departed = new Map([...gone].map(([of, ids]) => [of, new Set(ids.keys())]))
      const after = Record.narrow(Record.merge(before, more), departed)
      const texts = shardsOf(before, 4)
      const differing = shardsOf(after, 4).flatMap((text, index) => text === texts[index] ? [] : [index])
      assert.sameMembers([...Record.changedShards(before, after, 4)], differing)
    }))
  })

  it("is cut so that a ConfigMap stays far below what the API server takes", () => {
    const digest = "0123456789012345678901"
    const value = Record.widen(
      new Map(),
      "ConfigMap",
      Array.from(
        { length: 30_000 },
        (_, at) =>
          [`a-namespace-of-some-length/a-name-of-some-length-${at}`, { payload: digest, owned: digest }] as const
      )
    )
    const texts = shardsOf(value, Record.shardsFor(value))
    assert.isBelow(Math.max(...texts.map((text) => text.length)), 900_000)
    assert.isAbove(texts.length, 1)
  })
})
