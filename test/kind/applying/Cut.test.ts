import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Cut, cut, type Mismatch } from "../../../src/kind/applying/Cut.ts"
import { field, type FieldPath, format, type Step } from "../../../src/manifest/FieldPath.ts"
import { everything, type FieldScope, nothing, without } from "../../../src/manifest/FieldScope.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { gitOwnsAllBut, gitOwnsOnly } from "../../kubernetes/scopes.ts"
import { shapeType } from "../../kubernetes/shapes.ts"

const text = fc.constantFrom("1", "2")
const map = fc.dictionary(fc.constantFrom("a", "b"), text)
const item = fc.record({
  name: fc.constantFrom("a", "b", "c"),
  protocol: fc.constantFrom("TCP", "UDP"),
  value: text,
  map
}, {
  requiredKeys: ["name"]
})
const keyOf = ({ name, protocol = "TCP" }: { readonly name: string; readonly protocol?: string }) =>
  `${name} ${protocol}`
const anySpec: fc.Arbitrary<JsonObject> = fc.record({
  text,
  map,
  maps: fc.dictionary(fc.constantFrom("a", "b"), map),
  whole: map,
  list: fc.array(text, { maxLength: 2 }),
  set: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
  items: fc.uniqueArray(item, { selector: keyOf, maxLength: 4 }),
  open: fc.dictionary(fc.constantFrom("a", "b"), map)
}, { requiredKeys: [] })
const anyObject = anySpec.map((spec): JsonObject => ({ spec }))

const anyPath = fc.constantFrom(
  "/spec",
  "/spec/text",
  "/spec/map",
  "/spec/map/a",
  "/spec/maps/a",
  "/spec/maps/b/a",
  "/spec/whole",
  "/spec/list",
  "/spec/set/[=a]",
  "/spec/items",
  "/spec/items/[name=a,protocol=TCP]",
  "/spec/items/[name=a,protocol=TCP]/value",
  "/spec/items/[name=b,protocol=UDP]/map/a",
  "/spec/items/[name=b,protocol=UDP]/map",
  "/spec/open/a",
  "/spec/open/b/a"
)
const anyScope: fc.Arbitrary<FieldScope> = fc.tuple(
  fc.boolean(),
  fc.uniqueArray(anyPath, { minLength: 1, maxLength: 5 })
)
  .map(([only, paths]) => only ? gitOwnsOnly(...paths) : gitOwnsAllBut(...paths))

/** One thing that stands in an object, with the way to it. */
interface Place {
  readonly path: FieldPath
  readonly value: Json
}

/** Everything that stands in an object, the object itself first: what is owned whole has nothing below it. */
const placesIn = (value: Json, type: FieldType, path: FieldPath = []): ReadonlyArray<Place> => {
  const here = { path, value }
  if (Array.isArray(value) && (type._tag === "KeyedList" || type._tag === "ValueSet")) {
    return [
      here,
      ...value.flatMap((one: Json) => {
        const step = stepToItem(type, one)
        const below = type._tag === "KeyedList" ? type.item : unknown
        return step === undefined ? [] : placesIn(one, below, [...path, step])
      })
    ]
  }
  if (isObject(value) && (type._tag === "Struct" || type._tag === "Unknown")) {
    return [
      here,
      ...Object.entries(value).flatMap(([name, below]) =>
        placesIn(below, typeAt(type, field(name)) ?? unknown, [...path, field(name)])
      )
    ]
  }
  return [here]
}

const scopeAt = (scope: FieldScope, path: FieldPath) => path.reduce((at, step) => at.at(step), scope)

const isAtOrAbove = (above: FieldPath, below: FieldPath) => format(above) === format(below) || isAbove(above, below)

const isGits = (scope: FieldScope, path: FieldPath) => scopeAt(scope, path).includes

const isAbove = (above: FieldPath, below: FieldPath) =>
  above.length < below.length && format(below.slice(0, above.length)) === format(above)

/** The list items on the way to a field, the field itself too. */
const itemsOnTheWay = (path: FieldPath) =>
  path.flatMap((step, index) => step._tag === "Item" ? [path.slice(0, index + 1)] : [])

/** Slow and plain: decides of every place in the manifest by itself whether it is sent. */
const sentPlaces = (manifest: JsonObject, scope: FieldScope, live: JsonObject | undefined): ReadonlyArray<Place> => {
  const places = placesIn(manifest, shapeType)
  const there = new Set(live === undefined ? [] : placesIn(live, shapeType).map(({ path }) => format(path)))
  const isNew = (path: FieldPath) => !there.has(format(path))
  const isWholeItem = (path: FieldPath) => isGits(scope, path.slice(0, -1)) && isGits(scope, path)
  const hasNothingBelow = ({ path }: Place) => !places.some((other) => isAbove(path, other.path))
  const isKey = ({ path }: Place) =>
    path.at(-2)?._tag === "Item" && ["name", "protocol"].includes(format(path.slice(-1)).slice(1))
  const stated = places.filter((place) => {
    const { path } = place
    const fresh = itemsOnTheWay(path).find(isNew)
    if (fresh !== undefined) return isWholeItem(fresh)
    if (path.at(-1)?._tag === "Item") return isWholeItem(path)
    if (isKey(place)) return false
    return hasNothingBelow(place) && isGits(scope, path)
  })
  // With a field, everything around it; with an item, its keys
  return places.filter((place) =>
    stated.some(({ path }) => isAtOrAbove(place.path, path)) ||
    (isKey(place) && stated.some(({ path }) => isAtOrAbove(place.path.slice(0, -1), path)))
  )
}

/** With the key that an item may leave to its default. */
const withKeys = (path: FieldPath, scope: FieldScope, value: JsonObject): JsonObject => {
  const step = path.at(-1)
  return step?._tag === "Item" && !itemsOnTheWay(path).some((above) => scopeAt(scope, above.slice(0, -1)).isUniform)
    ? { ...step.keys, ...value }
    : value
}

const expected = (manifest: JsonObject, scope: FieldScope, live: JsonObject | undefined): JsonObject => {
  const sent = sentPlaces(manifest, scope, live)
  const liveOrder = live === undefined ? [] : placesIn(live, shapeType).map(({ path }) => format(path))
  const build = ({ path, value }: Place): Json => {
    const inside = sent.filter((other) => other.path.length === path.length + 1 && isAbove(path, other.path))
    if (inside.length === 0) return path.at(-1)?._tag === "Item" ? withKeys(path, scope, {}) : value
    const named = (step: Step | undefined) => step?._tag === "Field" ? step.name : ""
    if (inside.every(({ path }) => path.at(-1)?._tag === "Field"))
      return withKeys(path, scope, Object.fromEntries(inside.map((place) => [named(place.path.at(-1)), build(place)])))
    const isKeyed = inside.every(({ path }) => path.at(-1)?._tag === "Item")
    const ordered = isKeyed && !isGits(scope, path)
      ? inside.toSorted((a, b) => liveOrder.indexOf(format(a.path)) - liveOrder.indexOf(format(b.path)))
      : inside
    return ordered.map(build)
  }
  const [root] = sent
  const built = root === undefined ? {} : build(root)
  return isObject(built) ? built : {}
}

const cutOf = (found: Cut | Mismatch): Cut => {
  assert(found._tag === "Cut", JSON.stringify(found))
  return found
}

const payloadOf = (manifest: JsonObject, scope: FieldScope, live?: JsonObject) =>
  cutOf(cut(manifest, shapeType, scope, live)).payload

describe("a manifest cut to what is Git's", () => {
  it("is what a plain reading of the rules gives, whatever the manifest, the live object and the scope", () => {
    fc.assert(
      fc.property(anyObject, anyScope, fc.option(anyObject, { nil: undefined }), (manifest, scope, live) => {
        assert.deepStrictEqual(payloadOf(manifest, scope, live), expected(manifest, scope, live))
      }),
      { numRuns: 500 }
    )
  })

  it("is sent whole where everything is Git's, and not at all where nothing is", () => {
    fc.assert(fc.property(anyObject, (manifest) => {
      assert.deepStrictEqual(cut(manifest, shapeType, everything, {}), { _tag: "Cut", payload: manifest, seeds: false })
      assert.deepStrictEqual(cut(manifest, shapeType, nothing, {}), { _tag: "Cut", payload: {}, seeds: false })
    }))
  })

  it("cut again stays as it is", () => {
    fc.assert(fc.property(anyObject, anyScope, anyObject, (manifest, scope, live) => {
      const once = payloadOf(manifest, scope, live)
      assert.deepStrictEqual(payloadOf(once, scope, live), once)
    }))
  })

  const spec = (fields: JsonObject): JsonObject => ({ spec: fields })

  it("names the items of which a field is Git's, in the order of the cluster where the list is not", () => {
    const scope = gitOwnsOnly("/spec/items/[name=a,protocol=TCP]/value", "/spec/items/[name=b,protocol=TCP]/value")
    const manifest = spec({ items: [{ name: "a", value: "1", map: { x: "y" } }, { name: "b", value: "2" }] })
    const live = spec({
      items: [{ name: "b", protocol: "TCP" }, { name: "c", protocol: "TCP" }, { name: "a", protocol: "TCP" }]
    })
    assert.deepStrictEqual(
      payloadOf(manifest, scope, live),
      spec({
        items: [{ name: "b", protocol: "TCP", value: "2" }, { name: "a", protocol: "TCP", value: "1" }]
      })
    )
    assert.deepStrictEqual(payloadOf(manifest, scope, spec({})), {}, "makes no item for the sake of a field")
  })

  it("sends a new item of Git's list whole, and says that something of it has to be given back", () => {
    const scope = gitOwnsAllBut("/spec/items/[name=a,protocol=TCP]/value")
    const manifest = spec({ items: [{ name: "a", value: "1" }, { name: "b", value: "1" }] })
    const live = spec({ items: [{ name: "b", protocol: "TCP", value: "1" }] })
    const fresh = cutOf(cut(manifest, shapeType, scope, live))
    assert.isTrue(fresh.seeds)
    assert.deepStrictEqual(
      fresh.payload,
      spec({
        items: [{ name: "a", protocol: "TCP", value: "1" }, { name: "b", protocol: "TCP", value: "1" }]
      })
    )
    const known = cutOf(cut(manifest, shapeType, scope, spec({ items: [{ name: "a", protocol: "TCP", value: "9" }] })))
    assert.isFalse(known.seeds)
    assert.deepStrictEqual(
      known.payload,
      spec({
        items: [{ name: "a", protocol: "TCP" }, { name: "b", protocol: "TCP", value: "1" }]
      })
    )
  })

  it("keeps a map that is empty in the manifest, and leaves out one that is cut to nothing", () => {
    const scope = gitOwnsAllBut("/spec/map/a", "/spec/maps/a")
    assert.deepStrictEqual(payloadOf(spec({ map: {}, maps: { a: { x: "y" } } }), scope), spec({ map: {} }))
    assert.deepStrictEqual(payloadOf(spec({ map: {} }), gitOwnsOnly("/spec/map/a")), {})
  })

  it("refuses a manifest that can't be taken apart where a filter takes something below", () => {
    const refusedAt = (found: Cut | Mismatch) => {
      assert(found._tag === "Mismatch", JSON.stringify(found))
      return [format(found.path), found.found]
    }
    const at = (fields: JsonObject, path: string) =>
      refusedAt(cut(spec(fields), shapeType, gitOwnsAllBut(path), undefined))
    assert.deepStrictEqual(at({ map: "text" }, "/spec/map/a"), ["/spec/map", "value"])
    assert.deepStrictEqual(at({ map: null }, "/spec/map/a"), ["/spec/map", "null"])
    assert.deepStrictEqual(at({ items: { a: "b" } }, "/spec/items/[name=a,protocol=TCP]/value"), [
      "/spec/items",
      "value"
    ])
    assert.deepStrictEqual(at({ open: { a: ["x"] } }, "/spec/open/a/b"), ["/spec/open/a", "list"])
    assert.deepStrictEqual(at({ open: 1 }, "/spec/open/a/b"), ["/spec/open", "value"])
  })

  it("is not refused for a field that has one owner as a whole: a `*` may pass it by", () => {
    const passing: FieldScope = {
      includes: true,
      isUniform: false,
      at: () => passing
    }
    const manifest = spec({ text: "1", whole: { a: "1" }, list: ["1"] })
    assert.deepStrictEqual(payloadOf(manifest, passing), manifest)
  })

  it("leaves out what is left to other writers for now", () => {
    const paused: FieldPath = [field("spec"), field("map"), field("a")]
    const manifest = spec({ text: "1", map: { a: "1", b: "2" } })
    assert.deepStrictEqual(payloadOf(manifest, without(everything, [paused])), spec({ text: "1", map: { b: "2" } }))
    assert.deepStrictEqual(payloadOf(manifest, without(everything, [paused.slice(0, 2)])), spec({ text: "1" }))
    assert.deepStrictEqual(payloadOf(manifest, without(everything, [[]])), {})
    assert.strictEqual(without(nothing, [paused]), nothing)
  })
})
