/** Live objects laid over, cut and compared, as far as a plan needs it. Pure. */
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { equal, hasKeys, isList, type Value } from "../../kubernetes/fields/JsonValue.ts"
import { decodeStep, encodeStep, field, type FieldPath, type Step } from "../../manifest/FieldPath.ts"
import { type FieldType, type KeyedList, stepToItem, typeAt, unknown, type ValueSet } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

const own = (value: JsonObject, name: string): Value => Object.hasOwn(value, name) ? value[name] : undefined

const listsLaidOver = (
  base: ReadonlyArray<Json>,
  top: ReadonlyArray<Json>,
  type: KeyedList | ValueSet
): ReadonlyArray<Json> => {
  const idOf = (item: Json) => {
    const step = stepToItem(type, item)
    return step === undefined ? undefined : encodeStep(step)
  }
  const items = new Map(base.map((item, index) => [idOf(item) ?? `#${index}`, item]))
  for (const [index, item] of top.entries()) {
    const id = idOf(item) ?? `+${index}`
    items.set(id, laidOver(items.get(id), item, type._tag === "KeyedList" ? type.item : unknown))
  }
  return [...items.values()]
}

/** A value with another over it, merged as server-side apply merges: field by field, list items by their keys. */
export const laidOver = (base: Value, top: Json, type: FieldType): Json => {
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && isList(base) && isList(top))
    return listsLaidOver(base, top, type)
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(base) && isObject(top)) {
    const fields = Object.entries(top).map(([name, value]): [string, Json] => [
      name,
      laidOver(own(base, name), value, typeAt(type, field(name)) ?? unknown)
    ])
    return { ...base, ...Object.fromEntries(fields) }
  }
  return top
}

const isItem = (step: Step) => (item: Json): boolean => {
  switch (step._tag) {
    case "Item":
      return hasKeys(item, step.keys)
    case "Value":
      return equal(item, step.value)
    case "Field":
    case "Index":
      return false
  }
}

interface Below {
  readonly step: Step
  readonly node: FieldsV1.FieldsV1
}

const below = (fields: FieldsV1.FieldsV1): ReadonlyArray<Below> =>
  FieldsV1.segmentsOf(fields).flatMap((segment) => {
    const [step, node] = [decodeStep(segment), FieldsV1.below(fields, segment)]
    return step === undefined || node === undefined ? [] : [{ step, node }]
  })

/** The fields, without the maps and items around them. */
export const leavesOf = (fields: FieldsV1.FieldsV1): ReadonlyArray<FieldPath> =>
  below(fields).flatMap(({ node, step }) => {
    const inside = leavesOf(node)
    return inside.length === 0 ? [[step]] : inside.map((path) => [step, ...path])
  })

const isSeparable = (type: FieldType) => type._tag !== "Scalar" && type._tag !== "Atomic"

const pickedItems = (list: ReadonlyArray<Json>, children: ReadonlyArray<Below>, type: FieldType): ReadonlyArray<Json> =>
  list.flatMap((item): ReadonlyArray<Json> => {
    const child = children.find(({ step }) => isItem(step)(item))
    if (child === undefined) return []
    const kept = picked(item, child.node, typeAt(type, child.step) ?? unknown)
    return [child.step._tag === "Item" && isObject(kept) ? { ...child.step.keys, ...kept } : item]
  })

/** Only these fields of a value, and the keys of the list items they stand in; a map or list alone stands for itself without what is in it. */
export const picked = (value: Value, fields: FieldsV1.FieldsV1, type: FieldType): Value => {
  const children = below(fields)
  if (isList(value)) return children.length === 0 && !isSeparable(type) ? value : pickedItems(value, children, type)
  if (children.length === 0 && !(isObject(value) && isSeparable(type))) return value
  if (!isObject(value)) return undefined
  return Object.fromEntries(children.flatMap(({ node, step }) => {
    const kept = step._tag === "Field" ? picked(own(value, step.name), node, typeAt(type, step) ?? unknown) : undefined
    return step._tag === "Field" && kept !== undefined ? [[step.name, kept]] : []
  }))
}

const itemsWithout = (list: ReadonlyArray<Json>, children: ReadonlyArray<Below>): ReadonlyArray<Json> =>
  list.flatMap((item): ReadonlyArray<Json> => {
    const child = children.find(({ step }) => isItem(step)(item))
    const rest = child === undefined ? item : withoutFields(item, child.node)
    return rest === undefined ? [] : [rest]
  })

const isEmptied = (before: JsonObject | ReadonlyArray<Json>, after: object) =>
  Object.keys(after).length === 0 && Object.keys(before).length > 0

/** A value without these fields, as an apply takes them out: each with all that is in it, and maps and lists with the last that was in them. */
export const withoutFields = (value: Json, fields: FieldsV1.FieldsV1): Json | undefined => {
  if (FieldsV1.isMember(fields)) return undefined
  const children = below(fields)
  if (!isList(value) && !isObject(value)) return value
  const gone = new Map(children.flatMap(({ node, step }) => step._tag === "Field" ? [[step.name, node] as const] : []))
  const after = isList(value)
    ? itemsWithout(value, children)
    : Object.fromEntries(
      Object.entries(value).flatMap(([name, inside]) => {
        const node = gone.get(name)
        const rest = node === undefined ? inside : withoutFields(inside, node)
        return rest === undefined ? [] : [[name, rest]]
      })
    )
  return isEmptied(value, after) ? undefined : after
}

/** The value of one field; `undefined`: there is none. */
export const valueAt = (value: Value, [step, ...rest]: FieldPath): Value => {
  if (step === undefined) return value
  if (isList(value)) return valueAt(value.find(isItem(step)), rest)
  return step._tag === "Field" && isObject(value) ? valueAt(own(value, step.name), rest) : undefined
}

/** What turns one object into the other as a JSON merge patch: lists whole, `null` for what goes. */
export const mergePatch = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): ReadonlyArray<[string, Json]> => {
      const [old, fresh] = [own(before, name), own(after, name)]
      if (equal(old, fresh)) return []
      if (fresh === undefined) return [[name, null]]
      return [[name, isObject(old) && isObject(fresh) ? mergePatch(old, fresh) : fresh]]
    })
  )

const bookkeeping: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid"
])

const entriesWithout = (value: JsonObject, names: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)))

const notStated: ReadonlySet<string> = new Set(["status"])

/** Whether a map that may be left out is there makes no difference: its entries are compared one by one. */
const noEntries = { annotations: {}, labels: {} }

/** An object without what only the API server sets, and without its status. */
export const comparable = (object: JsonObject): JsonObject => {
  const { metadata } = object
  const stated = entriesWithout(object, notStated)
  return isObject(metadata)
    ? { ...stated, metadata: { ...noEntries, ...entriesWithout(metadata, bookkeeping) } }
    : stated
}
