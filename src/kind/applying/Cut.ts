/**
 * What is sent of a manifest: the fields that are Git's, as the schema says what can be owned on its own. Pure.
 * An item of Git's list that the cluster has not got yet is sent whole, since nothing less could be created.
 */
import { isList } from "../../kubernetes/fields/JsonValue.ts"
import { encodeStep, field, type FieldPath, type Step } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import { type FieldType, type KeyedList, stepToItem, typeAt, unknown, type ValueSet } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export interface Cut {
  readonly _tag: "Cut"
  readonly payload: JsonObject
  /** Whether items are sent whole of which not every field is Git's: once they are there, those are let go of. */
  readonly seeds: boolean
}

/** Only something below this field is anybody's, and the manifest has nothing there that could be taken apart. */
export interface Mismatch {
  readonly _tag: "Mismatch"
  readonly path: FieldPath
  readonly found: "list" | "null" | "value"
}

type Live = Json | undefined

const shapeOf = (value: Json): Mismatch["found"] => isList(value) ? "list" : value === null ? "null" : "value"

/** Cuts one manifest. What has to be said besides the result is kept here. */
class Cutting {
  seeds = false
  mismatch: Mismatch | undefined

  /** `undefined`: nothing of it is sent. */
  value(value: Json, type: FieldType, scope: FieldScope, live: Live, path: FieldPath): Json | undefined {
    if (scope.isUniform) return scope.includes ? value : undefined
    switch (type._tag) {
      case "Scalar":
      case "Atomic":
        return scope.includes ? value : undefined
      case "KeyedList":
        return isList(value) ? this.#items(value, type, scope, live, path) : this.#refused(value, path)
      case "ValueSet":
        return isList(value) ? this.#values(value, type, scope) : this.#refused(value, path)
      case "Struct":
      case "Unknown":
        return isObject(value) ? this.#map(value, type, scope, live, path) : this.#refused(value, path)
    }
  }

  #map(value: JsonObject, type: FieldType, scope: FieldScope, live: Live, path: FieldPath): JsonObject | undefined {
    const fields = Object.entries(value)
    if (fields.length === 0) return scope.includes ? value : undefined
    const liveFields = isObject(live) ? live : {}
    const kept = fields.flatMap(([name, below]) => {
      const step = field(name)
      const liveField = Object.hasOwn(liveFields, name) ? liveFields[name] : undefined
      const cut = this.value(below, typeAt(type, step) ?? unknown, scope.at(step), liveField, [...path, step])
      return cut === undefined ? [] : [[name, cut] as const]
    })
    return kept.length === 0 ? undefined : Object.fromEntries(kept)
  }

  #items(
    value: ReadonlyArray<Json>,
    type: KeyedList,
    scope: FieldScope,
    live: Live,
    path: FieldPath
  ): Json | undefined {
    if (value.length === 0) return scope.includes ? value : undefined
    const liveItems = indexed(isList(live) ? live : [], type)
    const kept = value.flatMap((item) => {
      const step = stepToItem(type, item)
      // Without a key nobody can say whose it is: the server refuses it
      if (step?._tag !== "Item" || !isObject(item)) return scope.includes ? [{ item, index: -1 }] : []
      const found = liveItems.get(encodeStep(step))
      const cut = this.#item(item, type, step, scope, found?.item, path)
      return cut === undefined ? [] : [{ item: cut, index: found?.index ?? -1 }]
    })
    const placed = scope.includes ? kept : kept.toSorted((left, right) => left.index - right.index)
    return placed.length === 0 ? undefined : placed.map(({ item }) => item)
  }

  #item(
    item: JsonObject,
    type: KeyedList,
    step: Extract<Step, { readonly _tag: "Item" }>,
    list: FieldScope,
    live: Live,
    path: FieldPath
  ): JsonObject | undefined {
    const scope = list.at(step)
    const isGits = list.includes && scope.includes
    if (live === undefined) {
      if (!isGits) return undefined
      this.seeds ||= !scope.isUniform
      return { ...step.keys, ...item }
    }
    // Of an item that isn't Git's its keys alone say nothing
    const fields = isGits ? item : without(item, type.keys)
    const cut = this.value(fields, type.item, scope, live, [...path, step])
    if (isObject(cut) && (isGits || Object.keys(cut).length > 0)) return { ...step.keys, ...cut }
    return isGits ? step.keys : undefined
  }

  #values(value: ReadonlyArray<Json>, type: ValueSet, scope: FieldScope): Json | undefined {
    const kept = value.filter((item) => {
      const step = stepToItem(type, item)
      return step !== undefined && scope.at(step).includes
    })
    return kept.length > 0 || (value.length === 0 && scope.includes) ? kept : undefined
  }

  #refused(value: Json, path: FieldPath): undefined {
    this.mismatch ??= { _tag: "Mismatch", path, found: shapeOf(value) }
    return undefined
  }
}

const without = (item: JsonObject, keys: ReadonlyArray<string>): JsonObject =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !keys.includes(name)))

const indexed = (items: ReadonlyArray<Json>, type: KeyedList) =>
  new Map(items.flatMap((item, index) => {
    const step = stepToItem(type, item)
    return step === undefined ? [] : [[encodeStep(step), { item, index }] as const]
  }))

/**
 * The manifest cut to the fields in scope. Fields that say which object it is have to be in scope, or are missing.
 * @param live The object as it is in the cluster; `undefined`: it has none of the list items.
 */
export const cut = (
  manifest: JsonObject,
  type: FieldType,
  scope: FieldScope,
  live: JsonObject | undefined
): Cut | Mismatch => {
  const cutting = new Cutting()
  const payload = cutting.value(manifest, type, scope, live, [])
  return cutting.mismatch ?? { _tag: "Cut", payload: isObject(payload) ? payload : {}, seeds: cutting.seeds }
}
