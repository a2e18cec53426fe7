import { assert, describe, it } from "@effect/vitest"
import { openApiIndex } from "../../../src/kubernetes/schemas/OpenApiIndex.ts"
import { openApiTypes } from "../../../src/kubernetes/schemas/OpenApiTypes.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import { type FieldType, typeAt } from "../../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const typeOf = (properties: JsonObject, others: JsonObject = {}): FieldType => {
  const document = {
    components: {
      schemas: {
        ...others,
        thing: {
          "type": "object",
          "description": "left out",
          properties,
          "x-kubernetes-group-version-kind": [{ group: "example.com", kind: "Thing", version: "v1" }]
        }
      }
    }
  }
  const type = openApiTypes(document).typeOf("Thing.example.com")
  if (type === undefined) throw new Error("the kind is not found")
  return type
}

const tagAt = (type: FieldType, ...names: ReadonlyArray<string>) =>
  names.reduce<FieldType | undefined>((at, name) => at && typeAt(at, field(name)), type)?._tag

const map = { type: "object", properties: { a: { type: "string" } } }

describe("the types of an OpenAPI document", () => {
  it("follow references, also those with a default beside them", () => {
    const type = typeOf({ plain: ref("map"), wrapped: { allOf: [ref("map")], default: {} } }, { map })
    assert.strictEqual(tagAt(type, "plain", "a"), "Scalar")
    assert.strictEqual(tagAt(type, "wrapped", "a"), "Scalar")
  })

  it("know that a reference may say otherwise of the map it refers to", () => {
    const type = typeOf({
      whole: { "allOf": [ref("map")], "x-kubernetes-map-type": "atomic" },
      parted: { "allOf": [ref("atomic")], "x-kubernetes-map-type": "granular" },
      asIs: ref("atomic")
    }, { map, atomic: { ...map, "x-kubernetes-map-type": "atomic" } })
    assert.deepStrictEqual(["whole", "parted", "asIs"].map((name) => tagAt(type, name)), ["Atomic", "Struct", "Atomic"])
  })

  it("go on without end where a schema refers to itself", () => {
    const node = { type: "object", properties: { next: ref("node") }, additionalProperties: ref("node") }
    const type = typeOf({ first: ref("node") }, { node })
    assert.strictEqual(tagAt(type, "first", ...Array<string>(50).fill("next")), "Struct")
    assert.strictEqual(tagAt(type, "first", ...Array<string>(50).fill("anything")), "Struct")
  })

  it("tell list items apart by the keys of the schema, else by those of older ones, else not at all", () => {
    const items = { type: "object", properties: { name: { type: "string" }, port: { type: "integer", default: 80 } } }
    const list = (extensions: JsonObject) => ({ type: "array", items, ...extensions })
    const type = typeOf({
      keyed: list({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port"] }),
      older: list({ "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name" }),
      set: { "type": "array", "items": { type: "string" }, "x-kubernetes-list-type": "set" },
      atomic: list({ "x-kubernetes-list-type": "atomic" }),
      none: list({})
    })
    const keyed = typeAt(type, field("keyed"))
    assert.deepInclude(keyed, { _tag: "KeyedList", keys: ["name", "port"], defaults: { port: 80 } })
    assert.deepInclude(typeAt(type, field("older")), { _tag: "KeyedList", keys: ["name"], defaults: {} })
    assert.deepStrictEqual(["set", "atomic", "none"].map((name) => tagAt(type, name)), ["ValueSet", "Atomic", "Atomic"])
  })

  it("know nothing below what keeps unknown fields, and what is known inside it", () => {
    const type = typeOf({
      open: {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": { known: { type: "string" }, inner: map }
      },
      anything: {},
      free: { type: "object" },
      closed: map
    })
    assert.strictEqual(tagAt(type, "open", "known"), "Scalar")
    assert.strictEqual(tagAt(type, "open", "other", "deep"), "Unknown")
    assert.strictEqual(tagAt(type, "open", "inner", "other"), "Unknown")
    assert.strictEqual(tagAt(type, "anything"), "Unknown")
    assert.strictEqual(tagAt(type, "free", "any"), "Unknown")
    assert.isUndefined(tagAt(type, "closed", "other"))
  })

  it("take a value of two types for a single value", () => {
    const type = typeOf({
      port: { "x-kubernetes-int-or-string": true, "anyOf": [{ type: "integer" }, { type: "string" }] },
      surge: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
      amount: ref("io.k8s.apimachinery.pkg.api.resource.Quantity")
    }, { "io.k8s.apimachinery.pkg.api.resource.Quantity": { oneOf: [{ type: "string" }, { type: "number" }] } })
    assert.deepStrictEqual(["port", "surge", "amount"].map((name) => tagAt(type, name)), ["Scalar", "Scalar", "Scalar"])
  })

  it("are none where the document is something else", () => {
    assert.isUndefined(openApiTypes(null).typeOf("Thing.example.com"))
    assert.isUndefined(openApiTypes({ components: { schemas: { thing: "no" } } }).typeOf("Thing.example.com"))
  })
})

describe("the index of OpenAPI documents", () => {
  it("has those of groups with their versions", () => {
    const at = (path: string) => ({ serverRelativeURL: `/openapi/v3/${path}?hash=1` })
    const paths = {
      "api/v1": at("api/v1"),
      "apis/apps/v1": at("apis/apps/v1"),
      "apis/apps": at("apis/apps"),
      "version": at("v")
    }
    assert.deepStrictEqual([...openApiIndex({ paths })], [
      ["api/v1", "/openapi/v3/api/v1?hash=1"],
      ["apis/apps/v1", "/openapi/v3/apis/apps/v1?hash=1"]
    ])
  })

  it("is empty where there is none", () => assert.strictEqual(openApiIndex("nothing").size, 0))
})
