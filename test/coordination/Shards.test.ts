import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Record from "../../src/coordination/Record.ts"
import * as Shards from "../../src/coordination/Shards.ts"
import { objects, plain } from "./objects.ts"

const shardsOf = (value: Shards.Objects, shards: number) =>
  Array.from({ length: shards }, (_, index) => Shards.encode(value, shards, index))

describe("the shards of the record", () => {
  it("give back what was put in, however many they are", () => {
    fc.assert(fc.property(objects, fc.constantFrom(1, 2, 8), (value, shards) => {
      const back = Shards.decode(shardsOf(value, shards))
      assert.deepStrictEqual(plain(back.inventory), plain(value.inventory))
      assert.deepStrictEqual(plain(back.seen), plain(value.seen))
      assert.deepStrictEqual(plain(back.removals), plain(value.removals))
      assert.deepStrictEqual(plain(back.deletions), plain(value.deletions))
    }))
  })

  it("are lines that a person can read", () => {
    const value: Shards.Objects = {
      inventory: new Map([[
        "ConfigMap",
        new Map([["shop/b", undefined], ["shop/a", { payload: "p", owned: "o", path: "a b.yaml" }]])
      ]]),
      seen: new Map([["Deployment.apps", new Map([["shop/web", { document: "d", live: "l", fields: "a=1 b" }]])]]),
      removals: new Map([["ConfigMap", new Map([["shop/x", { mark: "held", basis: "d", at: 0 }]])]]),
      deletions: new Map([["Secret", new Map([["shop/y", { mark: "granted", basis: "u", at: 0 }]])]])
    }
    assert.deepStrictEqual(Shards.encode(value, 1, 0), {
      inventory: "ConfigMap shop/a p o a%20b.yaml\nConfigMap shop/b",
      seen: "Deployment.apps shop/web d l a=1%20b",
      removals: "ConfigMap shop/x held d 1970-01-01T00:00:00.000Z",
      deletions: "Secret shop/y granted u 1970-01-01T00:00:00.000Z"
    })
  })

  it("pass over lines that somebody spoiled", () => {
    const spoiled = {
      inventory: "",
      seen: "ConfigMap a d l %zz\n\nConfigMap",
      removals: "ConfigMap a lost d t\nConfigMap b held",
      deletions: ""
    }
    const { removals, seen } = Shards.decode([spoiled])
    assert.deepStrictEqual(plain(seen), [["ConfigMap", [["a", undefined]]]])
    assert.strictEqual(removals.size, 0)
  })

  it("are written the same whatever the order in which keys came", () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z0-9-]{1,9}$/)), (ids) => {
      const of = (some: ReadonlyArray<string>): Shards.Objects => ({
        ...Shards.nothing,
        seen: Record.see(new Map(), "ConfigMap", some)
      })
      assert.deepStrictEqual(shardsOf(of(ids), 4), shardsOf(of(ids.toReversed()), 4))
    }))
  })

  it("are named as changed exactly where their text differs", () => {
    fc.assert(fc.property(objects, objects, (before, after) => {
      const texts = shardsOf(before, 4).map((shard) => JSON.stringify(shard))
      const differing = shardsOf(after, 4).flatMap((shard, index) =>
        JSON.stringify(shard) === texts[index] ? [] : [index]
      )
      assert.sameMembers([...Shards.changed(before, after, 4)], differing)
    }))
  })

  it("stay far below what the API server takes", () => {
    const digest = "0123456789012345678901"
    const names = Array.from({ length: 30_000 }, (_, at) => `a-namespace-of-some-length/a-name-of-some-length-${at}`)
    const value: Shards.Objects = {
      inventory: new Map([["ConfigMap", new Map(names.map((name) => [name, { payload: digest, owned: digest }]))]]),
      seen: new Map([["ConfigMap", new Map(names.map((name) => [name, { document: digest, live: digest }]))]]),
      removals: new Map(),
      deletions: new Map()
    }
    const sizes = shardsOf(value, Shards.shardsFor(value)).map(({ inventory, seen }) => inventory.length + seen.length)
    assert.isBelow(Math.max(...sizes), 900_000)
    assert.isAbove(sizes.length, 1)
  })
})
