/**
 * What a schema says of a field: what can be owned on its own below it. Values are lazy, as schemas refer to themselves:
 * walk them along a path, never through and through.
 */
import type { Step } from "./FieldPath.ts"
import type { Json, JsonObject } from "./Manifest.ts"

export type FieldType = Scalar | Atomic | Struct | KeyedList | ValueSet | Unknown

export interface Scalar {
  readonly _tag: "Scalar"
}

/** A map or list that is owned whole. */
export interface Atomic {
  readonly _tag: "Atomic"
  readonly shape: "map" | "list"
}

/** A map whose fields are owned one by one. */
export interface Struct {
  readonly _tag: "Struct"
  readonly fields: ReadonlyMap<string, () => FieldType>
  /** Of the fields that have no name in the schema, such as labels; `undefined`: there are no others. */
  readonly rest: FieldType | undefined
}

/** A list whose items are told apart by the values of these fields. */
export interface KeyedList {
  readonly _tag: "KeyedList"
  readonly keys: ReadonlyArray<string>
  /** What a key counts as when the item leaves it out. */
  readonly defaults: JsonObject
  readonly item: FieldType
}

/** A list of scalars, each owned on its own. */
export interface ValueSet {
  readonly _tag: "ValueSet"
}

/** Nothing is known of it nor below it: its maps are owned field by field, its lists whole. */
export interface Unknown {
  readonly _tag: "Unknown"
}

export const scalar: FieldType = { _tag: "Scalar" }
export const atomicMap: FieldType = { _tag: "Atomic", shape: "map" }
export const atomicList: FieldType = { _tag: "Atomic", shape: "list" }
export const valueSet: FieldType = { _tag: "ValueSet" }
export const unknown: FieldType = { _tag: "Unknown" }

/** The type one step further; `undefined` where nothing can be owned on its own, or there is no such field. */
export const typeAt = (type: FieldType, step: Step): FieldType | undefined => {
  switch (type._tag) {
    case "Struct":
      return step._tag === "Field" ? type.fields.get(step.name)?.() ?? type.rest : undefined
    case "KeyedList":
      return step._tag === "Item" ? type.item : undefined
    case "ValueSet":
      return step._tag === "Value" ? scalar : undefined
    case "Unknown":
      return step._tag === "Field" ? unknown : undefined
    case "Scalar":
    case "Atomic":
      return undefined
  }
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * The step to an item of a list of this type; `undefined` for what the API server refuses: an item that has none of the keys.
 * A key that it leaves out, and that has no default, is no part of the step.
 */
export const stepToItem = (list: KeyedList | ValueSet, item: Json): Step | undefined => {
  if (list._tag === "ValueSet") return { _tag: "Value", value: item }
  if (!isObject(item)) return undefined
  const keys = list.keys.flatMap((key): ReadonlyArray<readonly [string, Json]> => {
    const value = Object.hasOwn(item, key) ? item[key] : list.defaults[key]
    return value === undefined ? [] : [[key, value]]
  })
  return keys.length === 0 ? undefined : { _tag: "Item", keys: Object.fromEntries(keys) }
}
