// What must hold of the changes between any two documents, whoever set what, and whichever fields the cluster decides.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { documentChanges } from "../../../../src/kind/mirroring/diff/documentChanges.ts"
import type { FieldChange } from "../../../../src/manifest/FieldChange.ts"
import { equal, field, type FieldPath, startsWith } from "../../../../src/manifest/FieldPath.ts"
import { everything, type FieldScope } from "../../../../src/manifest/FieldScope.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { scopes, sides } from "./anySides.ts"
import { carriedOut, coins, documents, partOf, same, sampleType, valueAt } from "./sampleType.ts"

interface Leaf {
  readonly path: FieldPath
  readonly value: Json
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isList = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)

/** Every field that can be owned on its own; an item, and a map, stands before what is in it. */
const leavesOf = (value: Json, type: FieldType = sampleType, path: FieldPath = []): ReadonlyArray<Leaf> => {
  if (isMap(value) && (type._tag === "Struct" || type._tag === "Unknown")) {
    return [
      { path, value: {} },
      ...Object.entries(value).flatMap(([name, below]) => {
        const step = field(name)
        return leavesOf(below, typeAt(type, step) ?? unknown, [...path, step])
      })
    ]
  }
  if (isList(value) && (type._tag === "KeyedList" || type._tag === "ValueSet")) {
    return [
      { path, value: [] },
      ...value.flatMap((item) => {
        const step = stepToItem(type, item)
        return step === undefined ? [] : leavesOf(item, typeAt(type, step), [...path, step])
      })
    ]
  }
  return [{ path, value }]
}

const lastName = (path: FieldPath) => {
  const last = path.at(-1)
  return last?._tag === "Field" ? last.name : ""
}

/** What a server would leave out. */
const saysNothing = ({ path, value }: Leaf) =>
  value === null || (isList(value) && value.length === 0) ||
  (value === false && lastName(path) === "hostNetwork") || (value === "" && lastName(path) === "value") ||
  (isMap(value) && ["annotations", "labels", "limits", "requests"].includes(lastName(path)))

const amounts: Readonly<Record<string, string>> = { "1000m": "1", "1024Mi": "1Gi", "2000m": "2", "0.5": "500m" }

const isIn = (there: JsonObject) => ({ path, value }: Leaf) => {
  const other = valueAt(there, sampleType, path)
  // Of maps and lists whose fields and items are leaves of their own, only that they are there
  if (isMap(value) && Object.keys(value).length === 0 && isMap(other)) return true
  if (isList(value) && value.length === 0 && isList(other)) return true
  if (saysNothing({ path, value }) && (other === undefined || other === null)) return true
  const above = path.at(-2)
  const isAmount = above?._tag === "Field" && ["limits", "requests"].includes(above.name)
  const plain = (it: Json | undefined) => same(isAmount && typeof it === "string" ? amounts[it] ?? it : it)
  return plain(other) === plain(value) || (lastName(path) === "protocol" && other === undefined)
}

const missing = (value: JsonObject, there: JsonObject) => leavesOf(value).filter((leaf) => !isIn(there)(leaf))

const scopeAt = (scope: FieldScope, path: FieldPath) => path.reduce((it, step) => it.at(step), scope)

const changesOf = (
  { authored, git, live }: Record<"authored" | "git" | "live", JsonObject>,
  scope: FieldScope = everything
) => documentChanges({ git, gitPortable: git, live, authored, type: sampleType, scope })

/** Whether it is in an item that comes or goes, by itself or with its whole list. */
const comesOrGoes = (changes: ReadonlyArray<FieldChange>, path: FieldPath) =>
  changes.some((change) =>
    change._tag !== "Arrange" && startsWith(path, change.path) &&
    path.slice(change.path.length - 1).some(({ _tag }) => _tag === "Item")
  )

/** Without what looks like an amount and is none. */
const withoutText = (spec: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(spec).filter(([name]) => !["extra", "rules", "selector"].includes(name)))

describe("the changes between any two documents", () => {
  it("make Git say what is live, and all that somebody set", () => {
    fc.assert(fc.property(sides, (given) => {
      const after = carriedOut(given.git, changesOf(given))
      assert.deepStrictEqual(missing(after, given.live), [])
      assert.deepStrictEqual(missing(given.authored, after).filter((leaf) => !saysNothing(leaf)), [])
    }))
  })

  it("leave every field as Git has it that is live so", () => {
    fc.assert(fc.property(sides, (given) => {
      const after = carriedOut(given.git, changesOf(given))
      for (const leaf of leavesOf(given.git).filter(({ path }) => path.length > 0)) {
        // A map or list may go with what is in it, if the cluster has none
        if (isIn(given.live)(leaf) && valueAt(given.live, sampleType, leaf.path) !== undefined)
          assert.isTrue(isIn(after)(leaf), JSON.stringify(leaf.path))
      }
    }))
  })

  it("change nothing once they are made", () => {
    fc.assert(fc.property(sides, scopes, fc.boolean(), (given, some, isWhole) => {
      const scope = isWhole ? everything : some
      const after = carriedOut(given.git, changesOf(given, scope))
      assert.deepStrictEqual(changesOf({ ...given, git: after }, scope), [])
    }))
  })

  it("all change something, and no two the same", () => {
    fc.assert(fc.property(sides, scopes, (given, scope) => {
      const changes = changesOf(given, scope).filter((change) => change._tag !== "Arrange")
      for (const [index, change] of changes.entries()) {
        if (change._tag === "Set") assert.notStrictEqual(same(change.value), same(change.previous))
        for (const other of changes.slice(index + 1)) assert.isFalse(equal(change.path, other.path))
      }
    }))
  })

  it("are none where Git says what somebody set, in its own words", () => {
    const respelt = (value: Json, toss: () => boolean): Json => {
      if (isList(value)) return value.map((item) => respelt(item, toss))
      if (!isMap(value)) return Object.keys(amounts).find((it) => amounts[it] === value && toss()) ?? value
      return Object.fromEntries(
        Object.entries(value).map((
          [name, below]
        ) => [
          name,
          name === "limits" || name === "requests" || isMap(below) || name === "containers"
            ? respelt(below, toss)
            : below
        ])
      )
    }
    fc.assert(fc.property(documents, coins, coins, (live, toss, spell) => {
      const part = partOf({ ...live, metadata: { name: "it" } }, sampleType, toss)
      const authored = isMap(part) ? part : {}
      const outsideText = isMap(authored["spec"]) ? { ...authored, spec: withoutText(authored["spec"]) } : authored
      const git = respelt(outsideText, spell)
      assert.deepStrictEqual(changesOf({ git: isMap(git) ? git : {}, live, authored: outsideText }), [])
    }))
  })

  it("leave what is not in scope, but for items that come and go", () => {
    fc.assert(fc.property(sides, scopes, (given, scope) => {
      const changes = changesOf(given, scope)
      const after = carriedOut(given.git, changes)
      for (const { path } of [...leavesOf(given.git), ...leavesOf(after)]) {
        if (scopeAt(scope, path).includes || comesOrGoes(changes, path)) continue
        const [before, now] = [valueAt(given.git, sampleType, path), valueAt(after, sampleType, path)]
        if (isMap(before) || isList(before) || isMap(now) || isList(now)) continue
        assert.strictEqual(same(now), same(before), JSON.stringify(path))
      }
    }))
  })

  it("make Git say what is live where that is in scope", () => {
    fc.assert(fc.property(sides, scopes, (given, scope) => {
      const after = carriedOut(given.git, changesOf(given, scope))
      for (const leaf of missing(after, given.live)) {
        const { includes, isUniform } = scopeAt(scope, leaf.path)
        const inItem = leaf.path.some((step) => step._tag === "Item" || step._tag === "Value")
        // A schema lets no field be a map here and a list there.
        const [was, is] = [given.git, given.live].map((value) => valueAt(value, sampleType, leaf.path))
        const turns = (isMap(was) && isList(is)) || (isList(was) && isMap(is))
        if (includes && isUniform && !inItem && !turns) assert.fail(JSON.stringify(leaf))
      }
    }))
  })
})
