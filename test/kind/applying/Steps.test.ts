import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import {
  type Change,
  releasedBy,
  type Steps,
  stepsFor,
  takenBy,
  type Wanted
} from "../../../src/kind/applying/Steps.ts"
import { memberLabel } from "../../../src/kind/ApplySet.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import { field, format } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { parse } from "../../../src/rules/FilterSyntax.ts"
import { layered } from "../../../src/rules/Ownership.ts"
import { shapeType } from "../../kubernetes/shapes.ts"
import { rule } from "../samples.ts"

const fieldManager = "gitops-controller"
const applySet = "applyset-x-v1"
const apiVersion = "example.com/v1"

const filtered = (syncTo: "kubernetes" | "ignore", ...filters: ReadonlyArray<string>) =>
  rule({
    syncTo,
    filters: filters.map((filter) => Result.getOrThrow(parse(filter))),
    places: { apiGroups: [], resources: [], filters: filters.map((_, index) => ({ line: 7 + index, column: 9 })) }
  })
const whole = layered([], rule())
const allBut = (...filters: ReadonlyArray<string>) => layered([filtered("ignore", ...filters)], rule())

const shape = (spec: JsonObject): JsonObject => ({
  apiVersion,
  kind: "Shape",
  metadata: { name: "a", namespace: "shop" },
  spec
})

const wanted = (spec: JsonObject, change: Partial<Wanted> = {}): Wanted => ({
  manifest: shape(spec),
  ownership: whole,
  type: shapeType,
  namespace: "shop",
  name: "a",
  applySet,
  fieldManager,
  paused: [],
  ...change
})

const entry = (manager: string, operation: "Apply" | "Update", fields: FieldsV1.FieldsV1): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion,
  fieldsType: "FieldsV1",
  fieldsV1: fields
})

const label: FieldsV1.FieldsV1 = { "f:metadata": { "f:labels": { [`f:${memberLabel}`]: {} } } }

const live = (spec: JsonObject, ...managedFields: ReadonlyArray<ManagedFieldsEntry>): KubernetesObject => ({
  apiVersion,
  kind: "Shape",
  metadata: {
    name: "a",
    namespace: "shop",
    uid: "u",
    resourceVersion: "7",
    labels: { [memberLabel]: applySet },
    managedFields
  },
  spec
})

const changeOf = (steps: Steps): Change => {
  assert(steps._tag === "Change", steps._tag)
  return steps
}

const refusalOf = (steps: Steps): string => {
  assert(steps._tag === "Refused", steps._tag)
  return `${steps.failure._tag}: ${steps.failure.message}`
}

const pathsOf = (fields: FieldsV1.FieldsV1) => FieldsV1.paths(fields).map(format)

describe("the steps of one object", () => {
  it("make one that is absent whole, and say what is given back", () => {
    const steps = stepsFor(
      wanted({ text: "1", items: [{ name: "x", value: "1" }] }, { ownership: allBut("/spec/items/*/value") }),
      undefined
    )
    assert(steps._tag === "Create")
    assert.deepStrictEqual(steps.payload["spec"], { text: "1", items: [{ name: "x", value: "1" }] })
    assert.deepStrictEqual(pathsOf(steps.givenBack), ["/spec/items/[name=x,protocol=TCP]/value"])
    const all = stepsFor(wanted({ text: "1" }), undefined)
    assert(all._tag === "Create")
    assert.deepStrictEqual(all.givenBack, {})
  })

  it("are none when what we hold is what Git states, with its values", () => {
    const held = entry(fieldManager, "Apply", { ...label, "f:spec": { "f:text": {} } })
    assert.strictEqual(stepsFor(wanted({ text: "1" }), live({ text: "1" }, held))._tag, "InStep")
    assert.strictEqual(stepsFor(wanted({ text: "2" }), live({ text: "1" }, held))._tag, "Change")
    const client = entry("kubectl-create", "Update", { "f:spec": { "f:text": {} } })
    assert.strictEqual(
      stepsFor(wanted({ text: "1" }), live({ text: "1" }, held, client))._tag,
      "InStep",
      "no need to adopt"
    )
  })

  it("release what is not Git's any more, and apply nothing that is there already", () => {
    const held = entry(fieldManager, "Apply", { ...label, "f:spec": { "f:text": {}, "f:more": {} } })
    const steps = changeOf(
      stepsFor(
        wanted({ text: "1", more: "9" }, { ownership: allBut("/spec/more") }),
        live({ text: "1", more: "2" }, held)
      )
    )
    assert.isUndefined(steps.payload)
    assert.deepStrictEqual(pathsOf(releasedBy(steps)), ["/spec/more"])
    const paused = changeOf(
      stepsFor(
        wanted({ text: "1", more: "9" }, { paused: [[field("spec"), field("more")]] }),
        live({ text: "0", more: "2" }, held)
      )
    )
    assert.deepStrictEqual(paused.payload?.["spec"], { text: "1" })
    assert.deepStrictEqual(pathsOf(releasedBy(paused)), ["/spec/more"])
  })

  it("name who loses which fields: clients to adoption, everybody to another value", () => {
    const held = entry(fieldManager, "Apply", { ...label, "f:spec": { "f:text": {} } })
    const steps = changeOf(stepsFor(
      wanted({ more: "1", items: [{ name: "x", value: "1" }] }),
      live(
        { text: "1", more: "2", items: [{ name: "x", protocol: "TCP", value: "1" }] },
        held,
        entry("helm", "Update", { "f:spec": { "f:text": {} } }),
        entry("autoscaler", "Update", {
          "f:spec": {
            "f:more": {},
            "f:items": { "k:{\"name\":\"x\",\"protocol\":\"TCP\"}": { ".": {}, "f:value": {} } }
          }
        })
      )
    ))
    assert.deepStrictEqual(takenBy(steps).map(({ fields, manager }) => [manager, pathsOf(fields)]), [
      ["helm", ["/spec/text"]],
      ["autoscaler", ["/spec/more"]]
    ])
  })

  it("only apply where managedFields were taken away", () => {
    const steps = changeOf(
      stepsFor(wanted({ text: "1" }, { ownership: allBut("/spec/more") }), live({ text: "0", more: "2" }))
    )
    assert.isTrue(steps.ownerUnknown)
    assert.isUndefined(steps.surgery)
    assert.deepStrictEqual(steps.payload?.["spec"], { text: "1" })
  })

  it("refuse to make an object for the sake of some fields", () => {
    const ownership = layered([filtered("kubernetes", "/spec/text")], undefined)
    assert.strictEqual(
      refusalOf(stepsFor(wanted({ text: "1" }, { ownership }), undefined)),
      "ObjectAbsent: Shape.example.com shop/a is not in the cluster, and rules with filters never create: its fields are applied once it is there. " +
        "For Git to create it, add a rule without filters."
    )
  })

  it("refuse filters where the server has no schema, and apply plainly where everything is Git's", () => {
    const held = entry(fieldManager, "Apply", {
      ...label,
      "f:spec": { "f:text": {}, "f:items": { "k:{\"name\":\"x\"}": { "f:name": {} } } }
    })
    const object = live({ text: "1" }, held)
    assert.match(
      refusalOf(stepsFor(wanted({ text: "1" }, { type: unknown, ownership: allBut("/spec/more") }), object)),
      /^FiltersNeedSchema: The API server publishes no OpenAPI v3 schema of Shape\.example\.com in example\.com\/v1, so /
    )
    const steps = changeOf(stepsFor(wanted({ text: "2", items: [{ name: "y" }] }, { type: unknown }), object))
    assert.isUndefined(steps.surgery)
    assert.deepStrictEqual(steps.payload?.["spec"], { text: "2", items: [{ name: "y" }] })
  })

  it("refuse a filter that does not fit the schema, with its place and what to write instead", () => {
    const refused = (...filters: ReadonlyArray<string>) =>
      refusalOf(stepsFor(wanted({ map: "text", text: "1" }, { ownership: allBut(...filters) }), live({})))
    assert.strictEqual(
      refused("/spec/more", "/spec/list/*"),
      `FilterMismatch: the filter "/spec/list/*" (8:9 in the configuration) does not fit Shape.example.com: ` +
        `the list "/spec/list" has one owner as a whole: write "/spec/list"`
    )
    assert.strictEqual(
      refused("/spec/map/a"),
      `FilterMismatch: "/spec/map" is a single value in the manifest, and the filter "/spec/map/a" (7:9 in the configuration) takes fields below it: ` +
        `write fields below "/spec/map" in the manifest or take the line out, or write "/spec/map" as the filter`
    )
    const paused = [[field("spec"), field("map"), field("a")]]
    assert.match(
      refusalOf(stepsFor(wanted({ map: null }, { paused }), live({}))),
      /"\/spec\/map" is null in the manifest, while fields below it are left to another writer for now/
    )
    assert.strictEqual(
      stepsFor(wanted({ text: "1" }, { ownership: allBut("/spec/none", "/spek/x/y") }), live({}))._tag,
      "Change",
      "a field that the kind has not got takes nothing"
    )
  })

  it("take our label with them where the object's life is no longer Git's, but not while that rule is suspended", () => {
    const held = entry(fieldManager, "Apply", { ...label, "f:spec": { "f:text": {} } })
    const dropped = (lifecycle: Parameters<typeof layered>[1]) => {
      const ownership = layered([filtered("kubernetes", "/spec/text")], lifecycle)
      return changeOf(stepsFor(wanted({ text: "1" }, { ownership }), live({ text: "1" }, held))).surgery?.droppedLabel
    }
    assert.strictEqual(dropped(undefined), memberLabel)
    assert.strictEqual(dropped(rule({ syncTo: "ignore" })), memberLabel)
    assert.isUndefined(dropped(rule({ suspend: true })))
  })
})
