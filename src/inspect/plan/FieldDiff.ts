/**
 * What differs between two values of a kind, field by field: list items are told apart by their keys, what can only be owned whole is
 * compared whole. Pure; nothing is said of what is equal, and nothing twice.
 */
import { equal, isList, type Value } from "../../kubernetes/fields/JsonValue.ts"
import { encodeStep, field, type FieldPath, type Step } from "../../manifest/FieldPath.ts"
import { type FieldType, type KeyedList, stepToItem, typeAt, unknown, type ValueSet } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export type FieldChange =
  | { readonly _tag: "Added"; readonly path: FieldPath; readonly after: Json }
  | { readonly _tag: "Removed"; readonly path: FieldPath; readonly before: Json }
  | { readonly _tag: "Changed"; readonly path: FieldPath; readonly before: Json; readonly after: Json }
  /** The items of a list stand in another order than removing and appending gives: this one. */
  | { readonly _tag: "Ordered"; readonly path: FieldPath; readonly order: ReadonlyArray<Step> }

type Changes = ReadonlyArray<FieldChange>

const own = (value: JsonObject, name: string): Value => Object.hasOwn(value, name) ? value[name] : undefined

const valueChanges = (path: FieldPath, before: Value, after: Value): Changes => {
  if (before === undefined) return after === undefined ? [] : [{ _tag: "Added", path, after }]
  if (after === undefined) return [{ _tag: "Removed", path, before }]
  return equal(before, after) ? [] : [{ _tag: "Changed", path, before, after }]
}

const mapChanges = (path: FieldPath, before: JsonObject, after: JsonObject, type: FieldType): Changes =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const step = field(name)
    return changesAt([...path, step], own(before, name), own(after, name), typeAt(type, step) ?? unknown)
  })

interface Item {
  readonly step: Step
  readonly value: Json
}

type Items = ReadonlyMap<string, Item>

/** `undefined` when its items can't be told apart. */
const itemsOf = (list: ReadonlyArray<Json>, type: KeyedList | ValueSet): Items | undefined => {
  const items = new Map<string, Item>()
  for (const value of list) {
    const step = stepToItem(type, value)
    if (step === undefined || items.has(encodeStep(step))) return undefined
    items.set(encodeStep(step), { step, value })
  }
  return items
}

const orderChanges = (path: FieldPath, before: Items, after: Items): Changes => {
  const staying = [...before.keys()].filter((id) => after.has(id))
  const appended = [...after.keys()].filter((id) => !before.has(id))
  const expected = [...staying, ...appended]
  return [...after.keys()].every((id, index) => id === expected[index])
    ? []
    : [{ _tag: "Ordered", path, order: [...after.values()].map(({ step }) => step) }]
}

const itemChanges = (path: FieldPath, before: Items, after: Items, type: KeyedList | ValueSet): Changes => {
  const item = type._tag === "KeyedList" ? type.item : unknown
  const all = new Map([...before, ...after])
  const changes = [...all].flatMap(([id, { step }]) =>
    changesAt([...path, step], before.get(id)?.value, after.get(id)?.value, item)
  )
  return [...changes, ...orderChanges(path, before, after)]
}

const changesAt = (path: FieldPath, before: Value, after: Value, type: FieldType): Changes => {
  if (before === after) return []
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(before) && isObject(after))
    return mapChanges(path, before, after, type)
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && isList(before) && isList(after)) {
    const [left, right] = [itemsOf(before, type), itemsOf(after, type)]
    if (left !== undefined && right !== undefined) return itemChanges(path, left, right, type)
  }
  return valueChanges(path, before, after)
}

/** What leads from one value to the other, in the order of the fields' names and of the list items; `undefined`: there is none. */
export const fieldDiff = (before: Value, after: Value, type: FieldType): ReadonlyArray<FieldChange> =>
  changesAt([], before, after, type)
