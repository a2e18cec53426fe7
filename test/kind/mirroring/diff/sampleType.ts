// A schema with every type of field, random documents of it, and an order of changes carried out in the plainest way.
import * as fc from "fast-check"
import type { FieldChange } from "../../../../src/manifest/FieldChange.ts"
import { encodeStep, type FieldPath, type Step } from "../../../../src/manifest/FieldPath.ts"
import {
  atomicList,
  atomicMap,
  type FieldType,
  type KeyedList,
  scalar,
  stepToItem,
  typeAt,
  unknown,
  valueSet
} from "../../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"

export const struct = (fields: Readonly<Record<string, FieldType>>, rest?: FieldType): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest
})
export const texts = struct({}, scalar)
export const keyed = (keys: ReadonlyArray<string>, item: FieldType, defaults: JsonObject = {}): KeyedList => ({
  _tag: "KeyedList",
  keys,
  defaults,
  item
})

const ports = keyed(
  ["port", "protocol"],
  struct({ port: scalar, protocol: scalar, name: scalar, targetPort: scalar }),
  { protocol: "TCP" }
)
const env = keyed(["name"], struct({ name: scalar, value: scalar }))
const containers = keyed(
  ["name"],
  struct({
    name: scalar,
    image: scalar,
    args: atomicList,
    env,
    ports,
    resources: struct({ limits: texts, requests: texts })
  })
)

export const sampleType = struct({
  apiVersion: scalar,
  kind: scalar,
  metadata: struct({
    name: scalar,
    namespace: scalar,
    labels: texts,
    annotations: texts,
    finalizers: valueSet
  }),
  spec: struct({
    replicas: scalar,
    hostNetwork: scalar,
    emptyDir: struct({ medium: scalar }),
    selector: atomicMap,
    rules: atomicList,
    containers,
    extra: unknown
  }),
  status: unknown
})

const sometimes = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: undefined, freq: 3 })

const record = (fields: Readonly<Record<string, fc.Arbitrary<Json | undefined>>>): fc.Arbitrary<JsonObject> =>
  fc.record(fields).map((it) =>
    Object.fromEntries(Object.entries(it).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]))
  )

const text = fc.constantFrom<Json>("a", "b", "", "1.10", "1.1")
const textMap = fc.dictionary(fc.constantFrom("x", "y", "z"), text, { maxKeys: 3, noNullPrototype: true })
const amounts = fc.dictionary(fc.constantFrom("cpu", "memory"), fc.constantFrom<Json>("1", "2", "1Gi", "500m"), {
  noNullPrototype: true
})
const free = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text,
    fc.constantFrom<Json>(0, 1, true, 12345678901234567890n),
    fc.dictionary(fc.constantFrom("p", "q"), tie("value"), { maxKeys: 2, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 2 })
  )
})).value

const keyText = (value: Json) => JSON.stringify(value)

const itemsOfSample = (arbitrary: fc.Arbitrary<JsonObject>, keys: ReadonlyArray<string>) =>
  fc.uniqueArray(arbitrary, { maxLength: 4, selector: (it) => keyText(keys.map((key) => it[key] ?? "TCP")) })

const container = record({
  name: fc.constantFrom("app", "side", "init"),
  image: sometimes(fc.constantFrom("i:1", "i:2")),
  args: sometimes(fc.array(text, { maxLength: 3 })),
  env: sometimes(itemsOfSample(record({ name: fc.constantFrom("A", "B", "C"), value: sometimes(text) }), ["name"])),
  ports: sometimes(itemsOfSample(
    record({
      port: fc.constantFrom(80, 443),
      protocol: fc.constantFrom("TCP", "UDP"),
      name: sometimes(text),
      targetPort: sometimes(fc.constantFrom(80, 81, "http"))
    }),
    ["port", "protocol"]
  )),
  resources: sometimes(record({ limits: sometimes(amounts), requests: sometimes(amounts) }))
})

export const documents: fc.Arbitrary<JsonObject> = record({
  apiVersion: fc.constant("apps/v1"),
  kind: fc.constant("Sample"),
  metadata: record({
    name: fc.constant("it"),
    labels: sometimes(textMap),
    annotations: sometimes(textMap),
    finalizers: sometimes(fc.uniqueArray(fc.constantFrom("f/1", "f/2", "f/3"), { minLength: 1 }))
  }),
  spec: sometimes(record({
    replicas: sometimes(fc.constantFrom(0, 1, 2)),
    hostNetwork: sometimes(fc.boolean()),
    emptyDir: sometimes(record({ medium: sometimes(fc.constant("Memory")) })),
    selector: sometimes(textMap),
    rules: sometimes(fc.array(record({ a: sometimes(text), b: sometimes(text) }), { maxLength: 2 })),
    containers: sometimes(itemsOfSample(container, ["name"])),
    extra: sometimes(free)
  }))
})

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isList = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)

/** Part of a document, as a person might have written it; the coins say of what. */
export const partOf = (value: Json, type: FieldType, toss: () => boolean): Json | undefined => {
  if (isMap(value) && (type._tag === "Struct" || type._tag === "Unknown")) {
    const entries = Object.entries(value).flatMap(([name, below]) => {
      const part = partOf(below, typeAt(type, { _tag: "Field", name }) ?? unknown, toss)
      return part === undefined ? [] : [[name, part] as const]
    })
    return entries.length > 0 || (Object.keys(value).length === 0 && toss()) ? Object.fromEntries(entries) : undefined
  }
  const unlessEmpty = (list: ReadonlyArray<Json>) => list.length > 0 ? list : undefined
  if (isList(value) && type._tag === "ValueSet") return unlessEmpty(value.filter(toss))
  if (isList(value) && type._tag === "KeyedList") {
    return unlessEmpty(value.flatMap((item) => {
      if (!toss() || !isMap(item)) return []
      const part = partOf(item, type.item, toss)
      const keys = Object.fromEntries(type.keys.map((key) => [key, item[key] ?? null]))
      return [{ ...keys, ...isMap(part) ? part : {} }]
    }))
  }
  return toss() ? value : undefined
}

export const coins: fc.Arbitrary<() => boolean> = fc.infiniteStream(fc.boolean()).map((stream) => () =>
  stream.next().value ?? true
)

const stepsOf = (list: ReadonlyArray<Json>, type: FieldType): ReadonlyArray<Step | undefined> =>
  list.map((item) => type._tag === "KeyedList" || type._tag === "ValueSet" ? stepToItem(type, item) : undefined)

const indexOf = (list: ReadonlyArray<Json>, type: FieldType, step: Step): number =>
  stepsOf(list, type).findIndex((it) => it !== undefined && encodeStep(it) === encodeStep(step))

/** What stands at the path. */
export const valueAt = (value: Json | undefined, type: FieldType, path: FieldPath): Json | undefined => {
  const [first, ...rest] = path
  if (first === undefined) return value
  const below = typeAt(type, first) ?? unknown
  if (first._tag === "Field") return isMap(value) ? valueAt(value[first.name], below, rest) : undefined
  return isList(value) ? valueAt(value[indexOf(value, type, first)], below, rest) : undefined
}

const changed = (
  value: Json | undefined,
  type: FieldType,
  path: FieldPath,
  make: (value: Json | undefined) => Json | undefined
): Json | undefined => {
  const [first, ...rest] = path
  if (first === undefined) return make(value)
  const below = typeAt(type, first) ?? unknown
  if (first._tag === "Field") {
    const { [first.name]: before, ...others } = isMap(value) ? value : {}
    const after = changed(before, below, rest, make)
    return after === undefined ? others : { ...others, [first.name]: after }
  }
  if (!isList(value)) throw new Error(`no list at ${JSON.stringify(first)}`)
  const index = indexOf(value, type, first)
  const after = changed(value[index], below, rest, make)
  if (index === -1) return after === undefined ? value : [...value, after]
  return after === undefined ? value.toSpliced(index, 1) : value.with(index, after)
}

/** The document after the changes, each of which must find what it is based on. */
export const carriedOut = (
  document: JsonObject,
  changes: ReadonlyArray<FieldChange>,
  type: FieldType = sampleType
): JsonObject => {
  let result: Json | undefined = document
  for (const change of changes) {
    const { path } = change
    const before = valueAt(result, type, path)
    if (change._tag === "Arrange") {
      if (!isList(before) || before.length !== change.order.length) throw new Error("the order names other items")
      const at = path.reduce<FieldType>((it, step) => typeAt(it, step) ?? unknown, type)
      const list = change.order.map((step) => before[indexOf(before, at, step)])
      if (list.includes(undefined)) throw new Error("the order names what isn't there")
      result = changed(result, type, path, () => list.filter((it) => it !== undefined))
      continue
    }
    if (same(before) !== same(change.previous)) throw new Error(`something else stands at ${JSON.stringify(path)}`)
    if (change._tag === "Remove" && before === undefined) throw new Error("nothing to remove")
    result = changed(result, type, path, () => change._tag === "Set" ? change.value : undefined)
  }
  return isMap(result) ? result : {}
}

/** Equal texts are equal values, in whatever order the fields stand. */
export const same = (value: Json | undefined): string =>
  JSON.stringify(value, (_, it: unknown) => {
    if (typeof it === "bigint") return `${it}n`
    return typeof it === "object" && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([left], [right]) => left < right ? -1 : 1))
      : it
  }) ?? "nothing"
