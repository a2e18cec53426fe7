import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type FieldChange, fieldDiff } from "../../../src/inspect/plan/FieldDiff.ts"
import { equal } from "../../../src/kubernetes/fields/JsonValue.ts"
import { encodeStep, type FieldPath, format, startsWith, type Step } from "../../../src/manifest/FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { shapeType } from "../../kubernetes/shapes.ts"

const isStepTo = (step: Step, type: FieldType) => (item: Json) => {
  const found = type._tag === "KeyedList" || type._tag === "ValueSet" ? stepToItem(type, item) : undefined
  return found !== undefined && encodeStep(found) === encodeStep(step)
}

const withField = (map: JsonObject, name: string, value: Json | undefined): JsonObject => {
  const rest = Object.entries(map).filter(([key]) => key !== name)
  return Object.fromEntries(value === undefined ? rest : [...rest, [name, value]])
}

const withItem = (list: ReadonlyArray<Json>, index: number, value: Json | undefined): ReadonlyArray<Json> => {
  if (index === -1) return value === undefined ? list : [...list, value]
  return value === undefined ? list.toSpliced(index, 1) : list.with(index, value)
}

const replaceAt = (
  value: Json,
  [step, ...rest]: FieldPath,
  type: FieldType,
  replace: (old: Json | undefined, type: FieldType) => Json | undefined
): Json => {
  assert(step !== undefined)
  const below = typeAt(type, step) ?? unknown
  const next = (old: Json | undefined) => {
    if (rest.length === 0) return replace(old, below)
    assert(old !== undefined, `nothing at ${format([step])}`)
    return replaceAt(old, rest, below, replace)
  }
  if (Array.isArray(value)) {
    const list: ReadonlyArray<Json> = value
    const index = list.findIndex(isStepTo(step, type))
    return withItem(list, index, next(list[index]))
  }
  assert(step._tag === "Field" && typeof value === "object" && value !== null)
  const map = value as JsonObject
  return withField(map, step.name, next(Object.hasOwn(map, step.name) ? map[step.name] : undefined))
}

const inOrder = (list: Json | undefined, order: ReadonlyArray<Step>, type: FieldType): Json => {
  assert(Array.isArray(list))
  const items: ReadonlyArray<Json> = list
  assert.strictEqual(order.length, items.length)
  return order.map((step) => items.find(isStepTo(step, type)) ?? null)
}

const applied = (value: Json, change: FieldChange, type: FieldType): Json => {
  const replace = (old: Json | undefined, below: FieldType): Json | undefined => {
    switch (change._tag) {
      case "Added":
        assert.isUndefined(old, format(change.path))
        return change.after
      case "Removed":
        assert.isTrue(equal(old, change.before), format(change.path))
        return undefined
      case "Changed":
        assert.isTrue(equal(old, change.before), format(change.path))
        return change.after
      case "Ordered":
        return inOrder(old, change.order, below)
    }
  }
  return change.path.length === 0 ? replace(value, type) ?? null : replaceAt(value, change.path, type, replace)
}

const texts = fc.constantFrom("a", "b", "")
const map = fc.dictionary(fc.constantFrom("a", "b", "c/d", "__proto__"), texts, { maxKeys: 3 })
const anything = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.constantFrom(null, 1, 2n ** 60n, true),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("value"), { maxKeys: 2 })
  )
})).value
const item = fc.record(
  { name: fc.constantFrom("a", "b", "c", "d"), protocol: fc.constantFrom("TCP", "UDP"), value: texts, map },
  { requiredKeys: ["name"] }
)
const spec = fc.record({
  text: fc.oneof(texts, anything),
  map,
  maps: fc.dictionary(fc.constantFrom("a", "b"), map, { maxKeys: 2 }),
  whole: map,
  list: fc.array(texts, { maxLength: 3 }),
  set: fc.array(texts, { maxLength: 3 }),
  items: fc.oneof(fc.array(item, { maxLength: 4 }), anything),
  open: anything,
  unheard: anything
}, { requiredKeys: [] })
const shape: fc.Arbitrary<JsonObject> = fc.record({ spec: fc.oneof(spec, spec, spec, anything) }, { requiredKeys: [] })

const spelled = (changes: ReadonlyArray<FieldChange>) => changes.map(({ _tag, path }) => `${_tag} ${format(path)}`)

const specs = (before: JsonObject, after: JsonObject) => fieldDiff({ spec: before }, { spec: after }, shapeType)

describe("the difference of two objects", () => {
  it("leads from one to the other", () => {
    fc.assert(
      fc.property(shape, shape, (before, after) => {
        const changes = fieldDiff(before, after, shapeType)
        const result = changes.reduce((value: Json, change) => applied(value, change, shapeType), before)
        assert.isTrue(equal(result, after), spelled(changes).join("\n"))
      }),
      { numRuns: 2000 }
    )
  })

  it("says no field twice, and nothing of what is equal", () => {
    fc.assert(
      fc.property(shape, shape, (before, after) => {
        const changes = fieldDiff(before, after, shapeType).filter(({ _tag }) => _tag !== "Ordered")
        for (const [index, { path }] of changes.entries())
          for (const other of changes.slice(index + 1)) assert.isFalse(startsWith(other.path, path), format(path))
        for (const change of changes)
          if (change._tag === "Changed") assert.isFalse(equal(change.before, change.after))
        assert.deepStrictEqual(fieldDiff(before, structuredClone(before), shapeType), [])
      }),
      { numRuns: 1000 }
    )
  })

  it("doesn't depend on the order in which fields are written", () => {
    const before = { text: "a", map: { a: "1", b: "2" } }
    const after = { more: "x", map: { b: "3", a: "4" } }
    const turned = { map: { a: "4", b: "3" }, more: "x" }
    const wanted = ["Changed /spec/map/a", "Changed /spec/map/b", "Added /spec/more", "Removed /spec/text"]
    assert.deepStrictEqual(spelled(specs(before, after)), wanted)
    assert.deepStrictEqual(spelled(specs(before, turned)), wanted)
  })

  it("names list items by their keys, with the defaults the schema gives them", () => {
    const before = { items: [{ name: "a", protocol: "TCP", value: "1" }, { name: "b" }] }
    const after = { items: [{ name: "a", value: "2" }, { name: "c" }] }
    assert.deepStrictEqual(spelled(specs(before, after)), [
      "Removed /spec/items/[name=a,protocol=TCP]/protocol",
      "Changed /spec/items/[name=a,protocol=TCP]/value",
      "Removed /spec/items/[name=b,protocol=TCP]",
      "Added /spec/items/[name=c,protocol=TCP]"
    ])
  })

  it("tells a new order only where appending doesn't give it", () => {
    const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }]
    assert.deepStrictEqual(spelled(specs({ items: [a, b] }, { items: [b, c] })), [
      "Removed /spec/items/[name=a,protocol=TCP]",
      "Added /spec/items/[name=c,protocol=TCP]"
    ])
    assert.deepStrictEqual(spelled(specs({ items: [a, b] }, { items: [b, a] })), ["Ordered /spec/items"])
    assert.deepStrictEqual(spelled(specs({ set: ["a"] }, { set: ["b", "a"] })), [
      "Added /spec/set/[=b]",
      "Ordered /spec/set"
    ])
  })

  it("compares whole what is owned whole, and lists whose items can't be told apart", () => {
    assert.deepStrictEqual(spelled(specs({ whole: { a: "1", b: "2" } }, { whole: { a: "1" } })), [
      "Changed /spec/whole"
    ])
    assert.deepStrictEqual(spelled(specs({ list: ["a"] }, { list: ["a", "b"] })), ["Changed /spec/list"])
    assert.deepStrictEqual(spelled(specs({ set: ["a", "a"] }, { set: ["a"] })), ["Changed /spec/set"])
    assert.deepStrictEqual(spelled(specs({ items: ["a"] }, { items: [] })), ["Changed /spec/items"])
    assert.deepStrictEqual(spelled(specs({ open: { a: { b: ["1"] } } }, { open: { a: { b: [] } } })), [
      "Changed /spec/open/a/b"
    ])
  })
})
