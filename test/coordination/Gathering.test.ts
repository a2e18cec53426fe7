import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Gathering from "../../src/coordination/Gathering.ts"
import type { Synced } from "../../src/kind/Round.ts"

const synced = fc.record(
  { payload: fc.constantFrom("a", "b", "c"), owned: fc.constantFrom("x", "y") },
  { noNullPrototype: true }
)
const additions = fc.array(
  fc.record({
    kind: fc.constantFrom("ConfigMap", "Deployment.apps"),
    objects: fc.array(fc.tuple(fc.constantFrom("ns/1", "ns/2", "ns/3", "4"), synced), { maxLength: 3 })
      .map((entries) => new Map(entries))
  }),
  { maxLength: 600 }
)

describe("Gathering", () => {
  it("holds of every object what was told last, however much was told", () => {
    fc.assert(
      fc.property(additions, (told) => {
        const gathered = told.reduce<Gathering.Gathering<Synced>>(Gathering.add, Gathering.nothing)
        const kinds = new Set(told.filter(({ objects }) => objects.size > 0).map(({ kind }) => kind))
        const inventory = Gathering.all(gathered)
        assert.deepStrictEqual(new Set(inventory.keys()), kinds)
        for (const kind of kinds) {
          const last = new Map(told.filter((addition) => addition.kind === kind).flatMap(({ objects }) => [...objects]))
          assert.deepStrictEqual(inventory.get(kind), last)
        }
      }),
      { numRuns: 200 }
    )
  })

  it("leaves the gathering it adds to as it was", () => {
    const before = Gathering.add(Gathering.nothing, {
      kind: "ConfigMap",
      objects: new Map([["ns/1", { payload: "a", owned: "x" }]])
    })
    Gathering.add(before, { kind: "ConfigMap", objects: new Map([["ns/1", { payload: "b", owned: "y" }]]) })
    assert.deepStrictEqual(
      Gathering.all(before),
      new Map([["ConfigMap", new Map([["ns/1", { payload: "a", owned: "x" }]])]])
    )
  })

  it("costs no more than what is told", () => {
    let gathered: Gathering.Gathering<Synced> = Gathering.nothing
    for (let at = 0; at < 5000; at++) {
      gathered = Gathering.add(gathered, {
        kind: "ConfigMap",
        objects: new Map([[`ns/${at}`, { payload: "a", owned: "x" }]])
      })
      assert.isBelow(gathered.loose.length, 256)
    }
    assert.strictEqual(Gathering.all(gathered).get("ConfigMap")?.size, 5000)
  })
})
