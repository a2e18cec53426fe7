import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { type TreeEntry } from "../../../src/git/objects/Tree.ts"
import * as Tree from "../../../src/git/objects/Tree.ts"
import { unlikeEntries } from "../../../src/git/objects/UnlikeEntries.ts"

interface Line {
  readonly name: string
  readonly mode: string
  readonly id: number
}

/** Bytes of ids that look like a name's beginning and its end, too. */
const bytes = [0, 0x20, 0x61, 0xff]
const idOf = (id: number): Buffer => Buffer.alloc(20, Buffer.from([bytes[id] ?? id, 0x20, 0x61, 0]))

const bodyOf = (lines: ReadonlyArray<Line>): Buffer =>
  Buffer.concat(lines.flatMap(({ id, mode, name }) => [Buffer.from(`${mode} ${name}\0`), idOf(id)]))

const orderOf = ({ mode, name }: Line): Buffer => Buffer.from(mode === "40000" ? `${name}/` : name)

const lines = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "a-b", "a.yaml", "aa", "b", "ü", "z z"),
    mode: fc.constantFrom("100644", "100755", "40000"),
    id: fc.integer({ min: 0, max: 3 })
  }),
  { selector: ({ name }) => name, maxLength: 7 }
)

const inOrder = (all: ReadonlyArray<Line>) => all.toSorted((a, b) => Buffer.compare(orderOf(a), orderOf(b)))

const parsed = (body: Buffer) => new Map(Result.getOrThrow(Tree.parse(body)).map((entry) => [entry.name, entry]))

const different = (left: ReadonlyMap<string, TreeEntry>, right: ReadonlyMap<string, TreeEntry>) =>
  new Map(
    [...left].filter(([name, { id, mode }]) => right.get(name)?.id !== id || right.get(name)?.mode !== mode).toSorted()
  )

/** What a diff that goes by names would make of it. */
const differences = (olds: ReadonlyMap<string, TreeEntry>, news: ReadonlyMap<string, TreeEntry>) => ({
  olds: different(olds, news),
  news: different(news, olds)
})

describe("the entries in which two trees differ", () => {
  it("are those that reading both of them finds, in whatever order they stand", () =>
    fc.assert(
      fc.property(lines, lines, fc.boolean(), (before, after, sorted) => {
        const [olds, news] = [before, after].map((all) => bodyOf(sorted ? inOrder(all) : all))
        if (olds === undefined || news === undefined) return
        const unlike = unlikeEntries(olds, news)
        // Bytes of an id may look like a name, and then both trees are read.
        if (unlike !== undefined)
          assert.deepStrictEqual(differences(unlike.olds, unlike.news), differences(parsed(olds), parsed(news)))
      }),
      { numRuns: 5000 }
    ))

  it("are few where little is changed, however many there are", () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ name: `f${1000 + index}`, mode: "100644", id: 2 }))
    const changed = many.map((line, index) => index === 700 ? { ...line, id: 3 } : line)
      .filter((_, index) => index !== 30)
    const unlike = unlikeEntries(bodyOf(many), bodyOf([...changed, { name: "g", mode: "40000", id: 2 }]))
    assert.deepStrictEqual([...unlike?.olds.keys() ?? []], ["f1030", "f1700"])
    assert.deepStrictEqual([...unlike?.news.keys() ?? []], ["f1700", "g"])
  })

  it("are left to who reads both trees where a name stands twice, or too much is different", () => {
    const one = { name: "a", mode: "100644", id: 1 }
    const old = bodyOf([one])
    assert.isUndefined(unlikeEntries(old, bodyOf([one, { ...one, id: 2 }])))
    assert.isUndefined(unlikeEntries(old, bodyOf([{ ...one, id: 2 }, one])))
    assert.isUndefined(unlikeEntries(old, bodyOf([one, { ...one, mode: "40000" }])))
    assert.isUndefined(unlikeEntries(old, bodyOf([{ ...one, id: 2 }, { ...one, id: 3 }])))
    const many = Array.from({ length: 200 }, (_, index) => ({ name: `f${index}`, mode: "100644", id: 1 }))
    assert.isUndefined(unlikeEntries(bodyOf(many), bodyOf(many.map((line) => ({ ...line, id: 2 })))))
  })

  it("are left to who reads both trees where one of them can't be read", () => {
    const old = bodyOf([{ name: "a", mode: "100644", id: 1 }])
    const bad = [
      Buffer.concat([old, Buffer.from("100644 b\0short")]),
      Buffer.concat([old, bodyOf([{ name: "..", mode: "40000", id: 1 }])]),
      Buffer.concat([old, bodyOf([{ name: "b", mode: "7", id: 1 }])]),
      old.subarray(0, -1)
    ]
    for (const news of bad) assert.isUndefined(unlikeEntries(old, news))
  })
})
