// What holds of every object: written twice like once, nothing touched that no table names, and a person's manifest seen through
// whatever servers and controllers have added.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { encodeJson } from "../../../src/manifest/JsonText.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { groupKind, type KindId } from "../../../src/manifest/ObjectKey.ts"
import { byKind } from "../../../src/manifest/portable/byKind.ts"
import { everyKind } from "../../../src/manifest/portable/everyKind.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { noiseOf } from "./noise.ts"

const kinds = fc.constantFrom<KindId>(...byKind.keys(), "ConfigMap", "Deployment.apps", "Secret", "Widget.example.com")

const anyValue = (name: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<Json>("", "None", "a", "Helm", 0, 80, true, null, 9007199254740993n),
      fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
      fc.array(tie("value"), { maxLength: 3 })
    )
  })).value

const anyMap = (name: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> =>
  fc.dictionary(name, anyValue(name), { maxKeys: 4, noNullPrototype: true })

/** Every name that a table knows, so that its rows are met by chance. */
const known = new Set(
  [...everyKind, ...[...byKind.values()].flat()].flatMap(({ path }) => path.map((name) => name.replace("*", "x")))
)
const knownName = fc.constantFrom(...known)
const ownName = fc.stringMatching(/^own[a-c]$/)

const frozen = <A extends Json>(value: A): A => {
  if (typeof value === "object" && value !== null) Object.values(value).forEach((entry: Json) => frozen(entry))
  return Object.freeze(value)
}

const objects = fc.record({ metadata: anyMap(knownName), spec: anyMap(knownName) }, { requiredKeys: [] })
  .chain((object) => anyMap(knownName).map((rest): JsonObject => ({ ...rest, ...object, kind: "Any" })))

/** Kinds of which the portable form says something in other words. */
const restating = new Set<KindId>([
  "Secret",
  "VolumeSnapshot.snapshot.storage.k8s.io",
  "VolumeSnapshotContent.snapshot.storage.k8s.io"
])

type Leaves = ReadonlyMap<string, ReadonlyArray<string>>

/** Every value that holds no other, by where it stands and what it is; which item of a list it is in is not told. */
const leaves = (value: Json, path: ReadonlyArray<string> = []): Leaves => {
  const entries: ReadonlyArray<readonly [string, Json]> = Array.isArray(value)
    ? value.map((item: Json) => ["*", item] as const)
    : isObject(value)
    ? Object.entries(value)
    : []
  if (entries.length === 0) return new Map([[encodeJson([...path, value]), path]])
  return new Map(entries.flatMap(([name, entry]) => [...leaves(entry, [...path, name])]))
}

const emptyTimestamp = { path: ["**", "metadata", "creationTimestamp"] }

const isBelow = (path: ReadonlyArray<string>, row: ReadonlyArray<string>): boolean =>
  row[0] === "**"
    ? path.some((_, index) => isBelow(path.slice(index), row.slice(1)))
    : row.length <= path.length &&
      row.every((name, index) => name.endsWith("*") ? path[index]?.startsWith(name.slice(0, -1)) : path[index] === name)

describe("the portable form", () => {
  it("is its own portable form, and the object is not changed", () => {
    fc.assert(
      fc.property(kinds, objects, (kind, object) => {
        const once = portable(groupKind(kind), frozen(object))
        assert.deepStrictEqual(portable(groupKind(kind), frozen(once)), once)
      }),
      { numRuns: 2000 }
    )
  })

  it("is the object itself where no table names anything of it", () => {
    const own = anyMap(ownName).map((some): JsonObject => ({
      metadata: { name: "a", ...some },
      spec: { own: true, ...some }
    }))
    fc.assert(fc.property(kinds, own, (kind, object) => {
      assert.strictEqual(portable(groupKind(kind), object), object)
    }))
  })

  it("lacks nothing but what a table names, and says nothing new", () => {
    let lost = 0
    fc.assert(
      fc.property(kinds.filter((kind) => !restating.has(kind)), objects, (kind, object) => {
        const rows = [...everyKind, ...byKind.get(kind) ?? [], emptyTimestamp].map(({ path }) => path)
        const [before, after] = [leaves(object), leaves(portable(groupKind(kind), object))]
        const gone = [...before].filter(([text]) => !after.has(text)).map(([, path]) => path)
        lost += gone.length
        for (const path of gone) assert.isTrue(rows.some((row) => isBelow(path, row)), path.join("/"))
        for (const text of after.keys()) assert.isTrue(before.has(text), text)
      }),
      { numRuns: 1000 }
    )
    assert.isAbove(lost, 0)
  })

  it("is that of the person's manifest, whatever servers and controllers have added", () => {
    let added = 0
    fc.assert(
      fc.property(noiseOf, ({ kind, live, manifest }) => {
        assert.deepStrictEqual(portable(groupKind(kind), frozen(live)), portable(groupKind(kind), manifest))
        if (isObject(live["status"])) added += 1
      }),
      { numRuns: 2000 }
    )
    assert.isAbove(added, 0)
  })
})
