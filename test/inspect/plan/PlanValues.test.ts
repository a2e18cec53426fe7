import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  comparable,
  laidOver,
  leavesOf,
  mergePatch,
  picked,
  valueAt,
  withoutFields
} from "../../../src/inspect/plan/PlanValues.ts"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import { equal } from "../../../src/kubernetes/fields/JsonValue.ts"
import { field, format } from "../../../src/manifest/FieldPath.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { shapeType } from "../../kubernetes/shapes.ts"

const over = (base: JsonObject, top: JsonObject) => laidOver({ spec: base }, { spec: top }, shapeType)

/** As RFC 7396 says it. */
const patched = (target: Json | undefined, patch: Json): Json => {
  if (!isObject(patch)) return patch
  const fields = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name)
    else fields.set(name, patched(fields.get(name), value))
  }
  return Object.fromEntries(fields)
}

const texts = fc.constantFrom("a", "b", "")
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.constantFrom(1, true),
    fc.array(tie("json"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("json"), { maxKeys: 3 })
  )
}))
const object = fc.dictionary(fc.constantFrom("a", "b", "c"), json, { maxKeys: 3 })

const item = fc.record({ name: fc.constantFrom("a", "b", "c"), value: texts }, { requiredKeys: ["name"] })
const spec = fc.record({
  text: texts,
  map: fc.dictionary(fc.constantFrom("a", "b"), texts, { minKeys: 1, maxKeys: 2 }),
  whole: fc.dictionary(fc.constantFrom("a", "b"), texts, { minKeys: 1, maxKeys: 2 }),
  set: fc.uniqueArray(texts, { minLength: 1, maxLength: 3 }),
  items: fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
}, { requiredKeys: ["text"] }).map((spec): JsonObject => ({ spec }))

/** With the keys of items as the server writes them. */
const withDefaults = ({ spec }: JsonObject): JsonObject => {
  if (!isObject(spec) || !Array.isArray(spec["items"])) return { spec: spec ?? {} }
  const items: ReadonlyArray<JsonObject> = spec["items"]
  return { spec: { ...spec, items: items.map((item) => ({ protocol: "TCP", ...item })) } }
}

describe("a value laid over another", () => {
  it("is merged field by field, and list items by their keys, in the order they stand in", () => {
    assert.deepStrictEqual(
      over(
        { text: "a", map: { a: "1", b: "1" }, whole: { a: "1" }, set: ["a"], items: [{ name: "a", value: "1" }] },
        {
          map: { b: "2" },
          whole: { b: "2" },
          set: ["b", "a"],
          items: [{ name: "b" }, { name: "a", protocol: "TCP", value: "2" }]
        }
      ),
      {
        spec: {
          text: "a",
          map: { a: "1", b: "2" },
          whole: { b: "2" },
          set: ["a", "b"],
          items: [{ name: "a", protocol: "TCP", value: "2" }, { name: "b" }]
        }
      }
    )
  })

  it("changes nothing where it says the same", () => {
    fc.assert(fc.property(spec, (value) => assert.deepStrictEqual(laidOver(value, value, shapeType), value)))
  })
})

describe("the fields of a value", () => {
  it("are all of it, when an apply of it owns them", () => {
    fc.assert(fc.property(spec, (value) => {
      const fields = claimedFields(value, shapeType)
      const live = withDefaults(value)
      assert.isTrue(equal(picked(live, fields, shapeType), live))
      assert.isUndefined(withoutFields(live, fields))
    }))
  })

  it("are picked with the keys of the items they stand in, and a map alone without what is in it", () => {
    const live = { spec: { map: { a: "1" }, whole: { a: "1" }, items: [{ name: "a", protocol: "TCP", value: "1" }] } }
    const set = {
      "f:spec": {
        "f:map": {},
        "f:whole": {},
        "f:items": { "k:{\"name\":\"a\",\"protocol\":\"TCP\"}": { "f:value": {} }, "k:{\"name\":\"b\"}": {} }
      }
    }
    assert.deepStrictEqual(picked(live, set, shapeType), {
      spec: { map: {}, whole: { a: "1" }, items: [{ name: "a", protocol: "TCP", value: "1" }] }
    })
  })

  it("are taken out with all that is in them, and maps and lists with the last", () => {
    const live = { spec: { text: "x", map: { a: "1", b: "1" }, maps: { a: { b: "1" } }, set: ["a", "b"] } }
    const set = { "f:spec": { "f:map": { "f:a": {} }, "f:maps": { "f:a": { "f:b": {} } }, "f:set": { "v:\"a\"": {} } } }
    assert.deepStrictEqual(withoutFields(live, set), { spec: { text: "x", map: { b: "1" }, set: ["b"] } })
    assert.deepStrictEqual(withoutFields(live, { "f:spec": { "f:map": { ".": {}, "f:a": {} } } }), {
      spec: { text: "x", maps: { a: { b: "1" } }, set: ["a", "b"] }
    })
  })

  it("are named without the maps and items around them", () => {
    const set = {
      "f:spec": { ".": {}, "f:map": { ".": {}, "f:a": {} }, "f:items": { "k:{\"name\":\"a\"}": { ".": {} } } }
    }
    assert.deepStrictEqual(leavesOf(set).map(format), ["/spec/map/a", "/spec/items/[name=a]"])
    assert.deepStrictEqual(leavesOf({}), [])
  })

  it("are found by their path", () => {
    const live = { items: [{ name: "a", value: "1" }] }
    assert.strictEqual(valueAt(live, [field("items"), { _tag: "Item", keys: { name: "a" } }, field("value")]), "1")
    assert.isUndefined(valueAt(live, [field("items"), { _tag: "Item", keys: { name: "b" } }, field("value")]))
  })
})

describe("a merge patch", () => {
  it("turns the one into the other", () => {
    fc.assert(fc.property(object, object, (before, after) => {
      assert.isTrue(equal(patched(before, mergePatch(before, after)), after))
    }))
    assert.deepStrictEqual(mergePatch({ a: { b: 1, c: 2 } }, { a: { b: 1 } }), { a: { c: null } })
  })
})

describe("objects, to be compared", () => {
  it("have nothing in them that only the API server sets", () => {
    const metadata = { name: "a", uid: "u", resourceVersion: "1", generation: 2, managedFields: [], labels: { x: "y" } }
    assert.deepStrictEqual(comparable({ kind: "ConfigMap", metadata, status: {}, data: {} }), {
      kind: "ConfigMap",
      metadata: { name: "a", annotations: {}, labels: { x: "y" } },
      data: {}
    })
  })
})
