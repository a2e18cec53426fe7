// Changes of fields of any manifest, with what they come to on plain data and how to take them back.
import type { FieldChange } from "../../../src/manifest/FieldChange.ts"
import { equalSteps, field, type FieldPath, type Step } from "../../../src/manifest/FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"

export type DataPath = ReadonlyArray<number | string>

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const at = (value: Json, path: DataPath): Json =>
  path.reduce<Json>((inner, segment) => (inner as never)[segment] ?? null, value)

/** The same with another value at a path, on plain data; `undefined` takes it out. */
export const changed = (value: Json, [segment, ...rest]: DataPath, wanted: Json | undefined): Json => {
  if (segment === undefined) return wanted ?? null
  const last = rest.length === 0
  if (Array.isArray(value)) {
    const list: Array<Json> = [...value]
    if (last && wanted === undefined) list.splice(Number(segment), 1)
    else list[Number(segment)] = last ? wanted ?? null : changed(list[Number(segment)] ?? null, rest, wanted)
    return list
  }
  const object: Record<string, Json> = isObject(value) ? { ...value } : {}
  if (last && wanted === undefined) delete object[segment]
  else object[segment] = last ? wanted ?? null : changed(object[segment] ?? null, rest, wanted)
  return object
}

export interface Field {
  readonly steps: FieldPath
  readonly data: DataPath
  readonly value: Json
  readonly type: FieldType
  /** Whether its items can be told apart. */
  readonly keyed: boolean
}

const stepsOf = (list: ReadonlyArray<Json>, type: FieldType): ReadonlyArray<Step> | undefined => {
  if (type._tag !== "KeyedList" && type._tag !== "ValueSet") return undefined
  const steps = list.map((item) => stepToItem(type, item))
  return new Set(steps.map((step) => JSON.stringify(step))).size === list.length && !steps.includes(undefined)
    ? steps.flatMap((step) => step === undefined ? [] : [step])
    : undefined
}

export const fieldsOf = (value: Json, type: FieldType, steps: FieldPath, data: DataPath): ReadonlyArray<Field> => {
  if (isObject(value)) {
    const below = Object.entries(value).flatMap(([key, entry]) =>
      fieldsOf(entry, typeAt(type, field(key)) ?? unknown, [...steps, field(key)], [...data, key])
    )
    return [{ steps, data, value, type, keyed: false }, ...below]
  }
  if (!Array.isArray(value)) return [{ steps, data, value, type, keyed: false }]
  const items = stepsOf(value, type)
  const below = items?.flatMap((step, index) =>
    fieldsOf(value[index], typeAt(type, step) ?? unknown, [...steps, step], [...data, index])
  )
  return [{ steps, data, value, type, keyed: items !== undefined }, ...below ?? []]
}

/** What says which object it is, and so is never changed; with what is around it. */
const isIdentity = ([first, second]: DataPath): boolean =>
  first === undefined || first === "apiVersion" || first === "kind" ||
  (first === "metadata" && (second === undefined || second === "name" || second === "namespace"))

const isKey = ({ steps }: Field): boolean => {
  const [item, last] = steps.slice(-2)
  return item?._tag === "Item" && last?._tag === "Field" && Object.hasOwn(item.keys, last.name)
}

/** Whether what is at the field, or above it, says which object or which item it is. */
const isFixed = (one: Field): boolean => isIdentity(one.data) || isKey(one)

export interface Change {
  readonly changes: ReadonlyArray<FieldChange>
  readonly inverse: ReadonlyArray<FieldChange>
  readonly expected: Json
  /** The value that is touched, or the nearest that is there. */
  readonly concerned: DataPath
  readonly kind: "Added" | "Moved" | "Removed" | "Replaced" | "Set"
  readonly value: Json
}

export type Pick = <A>(all: ReadonlyArray<A>) => A | undefined

const scalarsOf = (pick: Pick, text: string): Json =>
  pick([text, text, "plain", "on", "1.20", "0123", "two\nlines\n", "nginx:1.27", 5, -1, 0.5, true, null, ""]) ?? text

const valueOf = (pick: Pick, text: string): Json =>
  pick<Json>([
    scalarsOf(pick, text),
    { a: "b", [text === "" ? "key" : text]: [1, { c: "d" }] },
    ["x", text],
    {},
    []
  ]) ?? null

const scalarAt = (value: Json): boolean => typeof value !== "object" || value === null

const set = (steps: FieldPath, value: Json, previous: Json | undefined): FieldChange => ({
  _tag: "Set",
  path: steps,
  value,
  previous
})
const remove = (steps: FieldPath, previous: Json): FieldChange => ({ _tag: "Remove", path: steps, previous })
const arrange = (path: FieldPath, order: ReadonlyArray<Step>): FieldChange => ({ _tag: "Arrange", path, order })

/** Whether nothing else stands in the map or list. */
const lastOfParent = (manifest: Json, path: DataPath): boolean =>
  Object.keys(at(manifest, path.slice(0, -1)) ?? {}).length === 1

export const makers: ReadonlyArray<
  (manifest: JsonObject, all: ReadonlyArray<Field>, pick: Pick, text: string) => Change | undefined
> = [
  // a scalar
  (manifest, all, pick, text) => {
    const one = pick(all.filter((one) => scalarAt(one.value) && one.value !== null && !isFixed(one)))
    if (one === undefined || typeof one.data.at(-1) === "number") return undefined
    const value = scalarsOf(pick, text)
    return {
      changes: [set(one.steps, value, one.value)],
      inverse: [set(one.steps, one.value, value)],
      expected: changed(manifest, one.data, value),
      concerned: one.data,
      kind: "Set",
      value
    }
  },
  // any value by any other
  (manifest, all, pick, text) => {
    const one = pick(all.filter((one) => !isFixed(one) && typeof one.data.at(-1) === "string" && one.value !== null))
    if (one === undefined) return undefined
    const value = valueOf(pick, text)
    return {
      changes: [set(one.steps, value, one.value)],
      inverse: [set(one.steps, one.value, value)],
      expected: changed(manifest, one.data, value),
      concerned: one.data,
      kind: "Replaced",
      value
    }
  },
  // a new key, one level down or two
  (manifest, all, pick, text) => {
    const one = pick(all.filter(({ value }) => isObject(value)))
    const key = text === "" ? "added" : text
    if (one === undefined || !isObject(one.value) || Object.hasOwn(one.value, key)) return undefined
    const value = valueOf(pick, text)
    const path = pick([[key], [key, "deeper"]]) ?? [key]
    return {
      changes: [set([...one.steps, ...path.map(field)], value, undefined)],
      inverse: [remove([...one.steps, field(key)], path.length === 1 ? value : { deeper: value })],
      expected: changed(manifest, [...one.data, ...path], value),
      concerned: one.data,
      kind: "Added",
      value: path.length === 1 ? value : { deeper: value }
    }
  },
  // nothing where something was
  (manifest, all, pick) => {
    const one = pick(all.filter((one) => !isFixed(one)))
    if (one === undefined) return undefined
    const isItem = typeof one.data.at(-1) === "number"
    const list = all.find(({ data }) =>
      data.length === one.data.length - 1 && data.every((part, at) => part === one.data[at])
    )
    const order = isItem && list !== undefined && Array.isArray(list.value) ? stepsOf(list.value, list.type) : undefined
    return {
      changes: [remove(one.steps, one.value)],
      inverse: [
        set(one.steps, one.value, undefined),
        ...order === undefined ? [] : [arrange(one.steps.slice(0, -1), order)]
      ],
      expected: changed(manifest, one.data, undefined),
      concerned: lastOfParent(manifest, one.data) ? one.data.slice(0, -1) : one.data,
      kind: "Removed",
      value: null
    }
  },
  // a new item
  (manifest, all, pick, text) => {
    const one = pick(all.filter(({ keyed, value }) => keyed && Array.isArray(value)))
    if (one === undefined || !Array.isArray(one.value)) return undefined
    const { type } = one
    const item: Json = type._tag === "KeyedList"
      ? Object.fromEntries([...type.keys.map((key) => [key, key === "containerPort" || key === "port" ? 7 : "new"]), [
        "x",
        text
      ]])
      : "example.com/new"
    const step = type._tag === "KeyedList" || type._tag === "ValueSet" ? stepToItem(type, item) : undefined
    if (step === undefined || stepsOf(one.value, type)?.some((other) => equalSteps(other, step)) === true)
      return undefined
    return {
      changes: [set([...one.steps, step], item, undefined)],
      inverse: [remove([...one.steps, step], item)],
      expected: changed(manifest, [...one.data, one.value.length], item),
      concerned: one.data,
      kind: "Added",
      value: item
    }
  },
  // another order
  (manifest, all, pick) => {
    const one = pick(all.filter(({ keyed, value }) => keyed && Array.isArray(value) && value.length > 1))
    if (one === undefined || !Array.isArray(one.value)) return undefined
    const steps = stepsOf(one.value, one.type) ?? []
    const from = pick([...steps.keys()]) ?? 0
    const numbers = [...steps.keys()].filter((index) => index !== from)
    numbers.splice(pick([...steps.keys()]) ?? 0, 0, from)
    return {
      changes: [arrange(one.steps, numbers.flatMap((index) => steps[index] ?? []))],
      inverse: [arrange(one.steps, steps)],
      expected: changed(manifest, one.data, numbers.map((index) => at(one.value, [index]))),
      concerned: one.data,
      kind: "Moved",
      value: null
    }
  },
  // items of a list that is one value
  (manifest, all, pick, text) => {
    const one = pick(all.filter(({ keyed, value }) => !keyed && Array.isArray(value) && value.length > 0))
    if (one === undefined || !Array.isArray(one.value)) return undefined
    const value: ReadonlyArray<Json> = one.value.toSpliced(
      pick([...one.value.keys()]) ?? 0,
      pick([0, 1]) ?? 0,
      ...pick([[], [text], ["new", "er"]]) ?? []
    )
    return {
      changes: [set(one.steps, value, one.value)],
      inverse: [set(one.steps, one.value, value)],
      expected: changed(manifest, one.data, value),
      concerned: one.data,
      kind: "Replaced",
      value
    }
  }
]
