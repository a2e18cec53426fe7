import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  type Drifted,
  driftedFields,
  foughtFields,
  serverItself,
  unknownWriter
} from "../../../src/kind/fights/Fights.ts"
import { type StatedField, statedFields } from "../../../src/kind/fights/StatedFields.ts"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { type FieldPath, format } from "../../../src/manifest/FieldPath.ts"
import { everything } from "../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { gitOwnsAllBut } from "../../kubernetes/scopes.ts"
import { shapeType } from "../../kubernetes/shapes.ts"

const fieldManager = "gitops-controller"

const text = fc.constantFrom("a", "b", "c")
const key = fc.constantFrom("a", "b", "x.y/z")
const map = fc.dictionary(key, text, { minKeys: 1, maxKeys: 3 })
const item = fc.record({ name: text, protocol: fc.constantFrom("TCP", "UDP"), value: text, map }, {
  requiredKeys: ["name"]
})
const spec: fc.Arbitrary<JsonObject> = fc.record({
  text,
  map,
  maps: fc.dictionary(key, map, { minKeys: 1, maxKeys: 2 }),
  whole: map,
  list: fc.array(text, { minLength: 1, maxLength: 2 }),
  set: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  items: fc.uniqueArray(item, {
    minLength: 1,
    maxLength: 3,
    selector: ({ name, protocol = "TCP" }) => `${name} ${protocol}`
  }),
  open: map
}, { requiredKeys: [] })

const payloadOf = (spec: JsonObject): JsonObject => ({
  apiVersion: "example.com/v1",
  kind: "Shape",
  metadata: { name: "one", namespace: "here", labels: { app: "one" } },
  spec
})

const entry = (manager: string, fieldsV1: FieldsV1.FieldsV1, more: Partial<ManagedFieldsEntry> = {}) =>
  ({
    manager,
    operation: "Update",
    apiVersion: "example.com/v1",
    time: "2026-01-01T00:00:00Z",
    fieldsV1,
    ...more
  }) as const

const ours = (fieldsV1: FieldsV1.FieldsV1) => entry(fieldManager, fieldsV1, { operation: "Apply" })

/** As the server stores it: the key that is left out has its default. */
const stored = (payload: JsonObject): JsonObject => {
  const { spec } = payload as { readonly spec: JsonObject }
  const { items } = spec as { readonly items?: ReadonlyArray<JsonObject> }
  return items === undefined
    ? payload
    : { ...payload, spec: { ...spec, items: items.map((one) => ({ protocol: "TCP", ...one })) } }
}

const liveOf = (payload: JsonObject, managedFields: ReadonlyArray<ManagedFieldsEntry>, changes: JsonObject = {}) => {
  const { metadata } = payload as { readonly metadata: JsonObject }
  const object: KubernetesObject = {
    ...payload,
    ...changes,
    apiVersion: "example.com/v1",
    kind: String(payload["kind"]),
    metadata: { ...metadata, name: "one", uid: "u", resourceVersion: "7", managedFields }
  }
  return object
}

const drifted = (payload: JsonObject, live: KubernetesObject): Drifted => ({
  live,
  payload,
  type: shapeType,
  fieldManager,
  scope: everything
})

const only = (path: FieldPath, node = FieldsV1.leaf): FieldsV1.FieldsV1 =>
  path.toReversed().reduce<FieldsV1.FieldsV1>((node, step) => ({ [FieldsV1.segmentOf(step)]: node }), node)

const all = (paths: ReadonlyArray<FieldPath>) => paths.map((path) => only(path)).reduce(FieldsV1.union, FieldsV1.empty)

/** What the set holds of these fields and below them. */
const partOf = (set: FieldsV1.FieldsV1, paths: ReadonlyArray<FieldPath>) =>
  paths.map((path) => {
    const node = path.reduce((node, step) => FieldsV1.below(node, FieldsV1.segmentOf(step)) ?? FieldsV1.leaf, set)
    return only(path, node)
  }).reduce(FieldsV1.union, FieldsV1.empty)

describe("the fields that a payload states", () => {
  it("are the smallest that its apply will own, each with its live value", () => {
    fc.assert(fc.property(spec, (spec) => {
      const payload = payloadOf(spec)
      const claimed = new Set(FieldsV1.paths(claimedFields(payload, shapeType)).map(format))
      const stated = statedFields(payload, stored(payload), shapeType)
      for (const { live, path, stated: value } of stated) {
        assert.isTrue(claimed.has(format(path)), format(path))
        if (path.at(-1)?._tag === "Field") assert.deepStrictEqual(live, value)
        else assert.isDefined(live)
      }
      const paths = stated.map(({ path }) => format(path))
      assert.isFalse(paths.some((path) => paths.some((other) => other.startsWith(`${path}/`))))
      assert.strictEqual(new Set(paths).size, paths.length)
    }))
  })
})

describe("the fields of a list item", () => {
  const items = [{ name: "a", protocol: "UDP", value: "x" }, { name: "b" }]
  const stated = (live: JsonObject) =>
    statedFields({ spec: { items } }, live, shapeType).map(({ live, path }) => [format(path), live])

  it("are those that are no keys, or the item where it has no others", () => {
    assert.deepStrictEqual(stated({ spec: { items: [items[0] ?? {}, { name: "b", protocol: "TCP" }] } }), [
      ["/spec/items/[name=a,protocol=UDP]/value", "x"],
      ["/spec/items/[name=b,protocol=TCP]", { name: "b", protocol: "TCP" }]
    ])
  })

  it("are one where the item is not there", () => {
    assert.deepStrictEqual(stated({ spec: {} }), [
      ["/spec/items/[name=a,protocol=UDP]", undefined],
      ["/spec/items/[name=b,protocol=TCP]", undefined]
    ])
  })
})

describe("the fields fought over", () => {
  const chosen = fc.tuple(spec, fc.infiniteStream(fc.boolean())).map(([spec, taken]) => {
    const payload = payloadOf(spec)
    const fields = statedFields(payload, stored(payload), shapeType)
    return {
      payload,
      theirs: fields.filter(() => taken.next().value === true),
      claim: claimedFields(payload, shapeType)
    }
  })

  const pathsOf = (fields: ReadonlyArray<StatedField>) => fields.map(({ path }) => path)

  it("are exactly those that others took from our entry, and who took them", () => {
    fc.assert(fc.property(chosen, ({ claim, payload, theirs }) => {
      const taken = partOf(claim, pathsOf(theirs))
      const live = liveOf(stored(payload), [ours(FieldsV1.difference(claim, taken)), entry("hpa", taken)])
      const fought = foughtFields(drifted(payload, live))
      assert.deepStrictEqual(fought.map(({ path }) => format(path)), pathsOf(theirs).map(format))
      assert.isTrue(fought.every(({ manager }) => manager === "hpa"))
    }))
  })

  it("are none where we still hold them, whatever the values are", () => {
    fc.assert(fc.property(chosen, spec, ({ claim, payload }, other) => {
      const live = liveOf(stored(payload), [ours(claim), entry("hpa", claimedFields(payloadOf(other), shapeType))], {
        spec: Object.fromEntries(Object.keys(payload["spec"] ?? {}).map((name): [string, Json] => [name, "other"]))
      })
      const lists = foughtFields(drifted(payload, live)).filter(({ path }) =>
        path.every(({ _tag }) => _tag === "Field")
      )
      assert.deepStrictEqual(lists, [])
    }))
  })

  it("are none where nobody holds them and the values are ours, as when somebody takes managedFields away", () => {
    fc.assert(fc.property(chosen, ({ payload }) => {
      assert.deepStrictEqual(driftedFields(drifted(payload, liveOf(stored(payload), []))), [])
    }))
  })

  const configMap = payloadOf({ text: "ours", map: { a: "1" } })

  it("name the last writer when nobody holds a field, unless it wrote before us", () => {
    const changes = { spec: { map: { a: "1" } } }
    const rest = all([[{ _tag: "Field", name: "spec" }, { _tag: "Field", name: "map" }, { _tag: "Field", name: "a" }]])
    const labels = all([[{ _tag: "Field", name: "metadata" }, { _tag: "Field", name: "annotations" }]])
    const whoAt = (time: string) =>
      foughtFields(
        drifted(configMap, liveOf(configMap, [ours(rest), entry("kubectl-edit", labels, { time })], changes))
      )
        .filter(({ path }) => format(path) === "/spec/text")
        .map(({ manager, value }) => `${manager} ${value}`)
    assert.deepStrictEqual(whoAt("2026-01-01T00:00:01Z"), ["kubectl-edit absent"])
    assert.deepStrictEqual(whoAt("2025-12-31T23:59:59Z"), [`${unknownWriter} absent`])
  })

  it("name of several who hold a field the one who wrote last, which is who wrote without a time, and never who only keeps what we let go", () => {
    const taken = claimedFields(configMap, shapeType)
    const who = (...entries: ReadonlyArray<ManagedFieldsEntry>) =>
      new Set(foughtFields(drifted(configMap, liveOf(configMap, entries))).map(({ manager }) => manager))
    const early = entry("helm", taken)
    const late = entry("hpa", taken, { time: "2026-01-02T00:00:00Z" })
    const { time: _, ...scale } = entry("kubectl", taken, { subresource: "scale" })
    assert.deepStrictEqual(who(late, early), new Set(["hpa"]))
    assert.deepStrictEqual(who(scale, late, early), new Set(["kubectl"]))
    const keeper = entry(releasedManager, taken, { time: "2026-01-03T00:00:00Z" })
    assert.deepStrictEqual(who(late, keeper), new Set(["hpa"]))
    assert.deepStrictEqual(who(keeper), new Set())
  })

  it("leave out what is not in scope, and what is ours under another operation", () => {
    const taken = claimedFields(configMap, shapeType)
    const live = liveOf(configMap, [entry("hpa", taken)])
    const within = { ...drifted(configMap, live), scope: gitOwnsAllBut("/spec/map", "/metadata") }
    assert.deepStrictEqual(foughtFields(within).map(({ path }) => format(path)), ["/spec/text"])
    const own = liveOf(configMap, [entry(fieldManager, taken)])
    assert.deepStrictEqual(foughtFields(drifted(configMap, own)), [])
  })

  it("show no value of a Secret, and of others not all", () => {
    const values = (kind: string) => {
      const payload = { ...configMap, kind }
      const live = liveOf(payload, [entry("hpa", claimedFields(payload, shapeType))], {
        spec: { text: "s".repeat(100) }
      })
      return foughtFields(drifted(payload, live)).filter(({ path }) => format(path) === "/spec/text")
        .map(({ value }) => value)
    }
    assert.deepStrictEqual(values("Secret"), ["hidden"])
    assert.deepStrictEqual(values("Shape"), [`"${"s".repeat(59)}…`])
  })

  it("blame the server where nobody took a field of ours and its value is another", () => {
    const live = liveOf(configMap, [ours(claimedFields(configMap, shapeType))], {
      spec: { text: "x", map: { a: "1" } }
    })
    assert.deepStrictEqual(
      driftedFields(drifted(configMap, live)).map(({ manager, path }) => [manager, format(path)]),
      [
        [serverItself, "/spec/text"]
      ]
    )
  })
})
