/**
 * What an OpenAPI v3 document of the API server says of fields, as the server itself reads it for server-side apply. Pure.
 * Schemas are decoded where they are looked at; a schema that refers to itself is fine.
 */
import { Predicate } from "effect"
import { atomicList, atomicMap, type FieldType, scalar, unknown, valueSet } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { type KindId, kindId } from "../../manifest/ObjectKey.ts"
import { isObject } from "../../manifest/ServerFields.ts"

/** Of the kinds in one document: all of one group and version. */
export interface OpenApiTypes {
  /** `undefined`: the document has no such kind. */
  readonly typeOf: (kind: KindId) => FieldType | undefined
}

type Schema = JsonObject

const empty: JsonObject = {}
const record = (value: Json | undefined): JsonObject => isObject(value) ? value : empty
const text = (value: Json | undefined): string => Predicate.isString(value) ? value : ""

const scalarTypes: ReadonlySet<string> = new Set(["string", "integer", "number", "boolean"])

/** Schemas that the server has types of its own for, whatever the document says. */
const hardCoded: ReadonlyMap<string, FieldType> = new Map([
  ["io.k8s.apimachinery.pkg.api.resource.Quantity", scalar],
  ["io.k8s.apimachinery.pkg.runtime.RawExtension", atomicMap]
])

/** The schema referred to, also from a single `allOf`, as the server writes a reference with a default beside it. */
const referred = (schema: Schema): string | undefined => {
  const { $ref, allOf } = schema
  const only = Array.isArray(allOf) && allOf.length === 1 ? record(allOf[0])["$ref"] : undefined
  const reference = text($ref) === "" ? text(only) : text($ref)
  return reference === "" ? undefined : reference.slice(reference.lastIndexOf("/") + 1)
}

const isScalar = (schema: Schema) =>
  scalarTypes.has(text(schema["type"])) || schema["x-kubernetes-int-or-string"] === true ||
  schema["format"] === "int-or-string"

/** A value made when it is first asked for. */
const lazily = <A>(make: () => A): () => A => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

/** Descriptions are most of a document, and nothing here needs them. */
const kept: ReadonlySet<string> = new Set([
  "$ref",
  "additionalProperties",
  "allOf",
  "default",
  "format",
  "items",
  "properties",
  "type",
  "x-kubernetes-group-version-kind",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-patch-strategy",
  "x-kubernetes-preserve-unknown-fields"
])

const slim = (schema: Json): Json => {
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => kept.has(key)).map(([key, value]) => {
      if (key === "properties" && isObject(value))
        return [key, Object.fromEntries(Object.entries(value).map(([name, property]) => [name, slim(property)]))]
      if (key === "items" || key === "additionalProperties") return [key, slim(value)]
      return [key, key === "allOf" && Array.isArray(value) ? value.map(slim) : value]
    })
  )
}

class Decoder {
  readonly #schemas: JsonObject
  readonly #named = new Map<string, FieldType>()

  constructor(schemas: JsonObject) {
    this.#schemas = schemas
  }

  named(name: string): FieldType {
    const known = this.#named.get(name) ?? hardCoded.get(name)
    if (known !== undefined) return known
    const type = this.#decode(record(this.#schemas[name]), false)
    this.#named.set(name, type)
    return type
  }

  /** @param preserves Whether an enclosing schema keeps fields that it does not know. */
  #at(schema: Schema, preserves: boolean): FieldType {
    const name = referred(schema)
    if (name === undefined) return this.#decode(schema, preserves)
    const type = this.named(name)
    const relation = schema["x-kubernetes-map-type"]
    const isMap = type._tag === "Struct" || (type._tag === "Atomic" && type.shape === "map")
    if (relation === "atomic" && isMap) return atomicMap
    return relation === "granular" && isMap ? this.#struct(record(this.#schemas[name]), false) : type
  }

  #decode(schema: Schema, inherited: boolean): FieldType {
    const preserves = inherited || schema["x-kubernetes-preserve-unknown-fields"] === true
    if (isScalar(schema)) return scalar
    if (schema["type"] === "array") return this.#list(schema, preserves)
    if (schema["type"] !== "object" && schema["properties"] === undefined) return unknown
    return schema["x-kubernetes-map-type"] === "atomic" ? atomicMap : this.#struct(schema, preserves)
  }

  #struct(schema: Schema, preserves: boolean): FieldType {
    const properties = Object.entries(record(schema["properties"]))
    const fields = new Map(
      properties.map(([name, property]) => [name, lazily(() => this.#at(record(property), preserves))])
    )
    const rest = lazily(() =>
      this.#rest(schema["additionalProperties"], preserves || properties.length === 0, preserves)
    )
    return {
      _tag: "Struct",
      fields,
      get rest() {
        return rest()
      }
    }
  }

  #rest(additional: Json | undefined, isOpen: boolean, preserves: boolean): FieldType | undefined {
    if (isObject(additional)) return this.#at(additional, preserves)
    return additional === true || (additional === undefined && isOpen) ? unknown : undefined
  }

  #list(schema: Schema, preserves: boolean): FieldType {
    const keys = listKeys(schema)
    if (keys === undefined) return atomicList
    if (keys.length === 0) return valueSet
    const items = record(schema["items"])
    const item = lazily(() => this.#at(items, preserves))
    return {
      _tag: "KeyedList",
      keys,
      defaults: this.#defaults(items, keys),
      get item() {
        return item()
      }
    }
  }

  #defaults(items: Schema, keys: ReadonlyArray<string>): JsonObject {
    const name = referred(items)
    const properties = record((name === undefined ? items : record(this.#schemas[name]))["properties"])
    return Object.fromEntries(
      keys.flatMap((key) => {
        const value = record(properties[key])["default"]
        return value === undefined ? [] : [[key, value]]
      })
    )
  }
}

/** `undefined`: owned whole; empty: a set. */
const listKeys = (schema: Schema): ReadonlyArray<string> | undefined => {
  switch (schema["x-kubernetes-list-type"]) {
    case "set":
      return []
    case "map": {
      const keys = schema["x-kubernetes-list-map-keys"]
      return Array.isArray(keys) ? keys.filter(Predicate.isString) : undefined
    }
    case undefined: {
      const key = schema["x-kubernetes-patch-merge-key"]
      if (!/^merge(,retainKeys)?$/.test(text(schema["x-kubernetes-patch-strategy"]))) return undefined
      return Predicate.isString(key) ? [key] : []
    }
    default:
      return undefined
  }
}

const kindsOf = (schema: Schema): ReadonlyArray<KindId> => {
  const kinds = schema["x-kubernetes-group-version-kind"]
  return Array.isArray(kinds)
    ? kinds.map(record).map((it) => kindId({ group: text(it["group"]), kind: text(it["kind"]) }))
    : []
}

/** The document of one group and version. */
export const openApiTypes = (document: Json): OpenApiTypes => {
  const schemas = record(record(isObject(document) ? document["components"] : undefined)["schemas"])
  const slimmed = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, slim(schema)]))
  const decoder = new Decoder(slimmed)
  const names = new Map<KindId, string>()
  for (const [name, schema] of Object.entries(slimmed)) {
    const kinds = kindsOf(record(schema))
    // Schemas that belong to every group, such as DeleteOptions, name many kinds
    if (kinds.length === 1) { for (const kind of kinds) names.set(kind, name) }
  }
  return {
    typeOf: (kind) => {
      const name = names.get(kind)
      return name === undefined ? undefined : decoder.named(name)
    }
  }
}
