/**
 * Changes of fields, made on plain data: what a manifest shall say afterwards. Nothing is made of them where one of them was based on
 * something else than what is there.
 */
import { Result } from "effect"
import type { FieldChange } from "../FieldChange.ts"
import { encodeStep, type FieldPath, type Step } from "../FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../FieldType.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { sameData } from "./SameData.ts"

/** What keeps a change from being made. */
export interface FieldFault {
  /** `Outdated`: the field is no longer what the change was based on. `Ambiguous`: several items of a list have the keys of one. */
  readonly _tag: "Ambiguous" | "Outdated"
  readonly path: FieldPath
}

const outdated: unique symbol = Symbol("outdated")
const ambiguous: unique symbol = Symbol("ambiguous")
type Fault = typeof ambiguous | typeof outdated

const isFault = (value: Json | undefined | Fault): value is Fault => typeof value === "symbol"

/** To the API server, null is as good as nothing. */
const isSame = (left: Json | undefined, right: Json | undefined): boolean => sameData(left ?? null, right ?? null)

const withField = (object: JsonObject, name: string, value: Json | undefined): JsonObject =>
  value === undefined
    ? Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
    : { ...object, [name]: value }

const withItem = (list: ReadonlyArray<Json>, index: number, value: Json | undefined): ReadonlyArray<Json> =>
  value === undefined
    ? list.toSpliced(index, 1)
    : index < 0 || index >= list.length
    ? [...list, value]
    : list.with(index, value)

const hasKeys = (item: Json, keys: JsonObject): boolean =>
  isObject(item) &&
  Object.entries(keys).every(([key, value]) => Object.hasOwn(item, key) && sameData(item[key] ?? null, value))

/** The numbers of all items that a step leads to. */
const itemsAt = (list: ReadonlyArray<Json>, step: Step, type: FieldType): ReadonlyArray<number> => {
  if (step._tag === "Index") return step.index < list.length ? [step.index] : []
  const wanted = encodeStep(step)
  const isIt = (item: Json): boolean => {
    if (type._tag === "KeyedList" || type._tag === "ValueSet") {
      const own = stepToItem(type, item)
      return own !== undefined && encodeStep(own) === wanted
    }
    return step._tag === "Value" ? sameData(item, step.value) : step._tag === "Item" && hasKeys(item, step.keys)
  }
  return list.flatMap((item, index) => isIt(item) ? [index] : [])
}

type Change = Extract<FieldChange, { readonly _tag: "Remove" | "Set" }>

/** @returns `undefined`: nothing stands there any more. */
const changedAt = (
  value: Json | undefined,
  path: FieldPath,
  type: FieldType,
  change: Change
): Json | undefined | Fault => {
  const [step, ...rest] = path
  const wanted = change._tag === "Set" ? change.value : undefined
  if (step === undefined)
    return isSame(value, change.previous) ? wanted : isSame(value, wanted) ? value : outdated
  const below = typeAt(type, step) ?? unknown
  const old = value ?? undefined
  if (old === undefined && wanted === undefined) return value
  if (step._tag === "Field") {
    if (old !== undefined && !isObject(old)) return outdated
    const object = old ?? {}
    const entry = Object.hasOwn(object, step.name) ? object[step.name] : undefined
    const changed = changedAt(entry, rest, below, change)
    if (isFault(changed)) return changed
    return changed === entry ? value : withField(object, step.name, changed)
  }
  if (old !== undefined && !Array.isArray(old)) return outdated
  const list: ReadonlyArray<Json> = old ?? []
  const [index = -1, second] = itemsAt(list, step, type)
  if (second !== undefined) return ambiguous
  if (index === -1 && rest.length > 0 && wanted !== undefined) return outdated
  const item = list[index]
  const changed = changedAt(item, rest, below, change)
  if (isFault(changed)) return changed
  return changed === item ? value : withItem(list, index, changed)
}

const arranged = (
  value: Json | undefined,
  path: FieldPath,
  type: FieldType,
  order: ReadonlyArray<Step>
): Json | Fault => {
  const [step, ...rest] = path
  if (step === undefined) {
    if (!Array.isArray(value)) return outdated
    const list: ReadonlyArray<Json> = value
    const places = order.map((one) => itemsAt(list, one, type))
    if (places.some(({ length }) => length > 1)) return ambiguous
    const items = places.flatMap((found) => found.map((index) => list[index] ?? null))
    const isWhole = items.length === order.length && new Set(places.flat()).size === list.length
    return isWhole ? items : outdated
  }
  const below = typeAt(type, step) ?? unknown
  if (step._tag === "Field") {
    if (!isObject(value)) return outdated
    const changed = arranged(value[step.name], rest, below, order)
    return isFault(changed) ? changed : withField(value, step.name, changed)
  }
  if (!Array.isArray(value)) return outdated
  const [index = -1, second] = itemsAt(value, step, type)
  if (second !== undefined) return ambiguous
  const changed = arranged(value[index], rest, below, order)
  return isFault(changed) ? changed : withItem(value, index, changed)
}

/** The value after all changes; lists are arranged last. */
export const withChanges = (
  value: JsonObject,
  changes: ReadonlyArray<FieldChange>,
  type: FieldType
): Result.Result<JsonObject, FieldFault> => {
  let result: Json | undefined = value
  for (const change of changes.toSorted((a, b) => Number(a._tag === "Arrange") - Number(b._tag === "Arrange"))) {
    const { path } = change
    const changed: Json | undefined | Fault = change._tag === "Arrange"
      ? arranged(result, path, type, change.order)
      : changedAt(result, path, type, change)
    if (isFault(changed)) return Result.fail({ _tag: changed === outdated ? "Outdated" : "Ambiguous", path })
    result = changed
  }
  return isObject(result) ? Result.succeed(result) : Result.fail({ _tag: "Outdated", path: [] })
}
