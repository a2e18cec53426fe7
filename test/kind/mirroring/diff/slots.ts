// A model of a document: a handful of places of every sort, and what stands in each.
import { field, type FieldPath, startsWith } from "../../../../src/manifest/FieldPath.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { carriedOut, same } from "./sampleType.ts"

export type Value = string | undefined
export type Values = ReadonlyArray<Value>

const app: FieldPath = [field("spec"), field("containers"), { _tag: "Item", keys: { name: "app" } }]

/** A field of the model: where it stands, and the value that stands there. */
interface Slot {
  readonly path: FieldPath
  readonly json: (value: string) => Json
}

const plain = (value: string): Json => value
export const slots: ReadonlyArray<Slot> = [
  { path: [field("metadata"), field("labels"), field("x")], json: plain },
  { path: [field("metadata"), field("labels"), field("y")], json: plain },
  { path: [field("spec"), field("replicas")], json: plain },
  { path: [field("spec"), field("rules")], json: (value) => [{ a: value }] },
  { path: [field("spec"), field("selector")], json: (value) => ({ a: value }) },
  { path: [field("spec"), field("extra"), field("p"), field("q")], json: plain },
  { path: [...app, field("image")], json: plain },
  {
    path: [...app, field("env"), { _tag: "Item", keys: { name: "A" } }],
    json: (value) => ({ name: "A", value })
  },
  {
    path: [...app, field("env"), { _tag: "Item", keys: { name: "B" } }],
    json: (value) => ({ name: "B", value })
  }
]

const bare: JsonObject = { apiVersion: "v1", kind: "Sample", spec: { containers: [{ name: "app" }] } }

export const documentOf = (values: Values): JsonObject =>
  slots.reduce<JsonObject>((document, { json, path }, index) => {
    const value = values[index]
    if (value === undefined) return document
    const isItem = path.at(-1)?._tag === "Item"
    const list = path.slice(0, -1)
    const withList = isItem && !same(document).includes("\"env\"")
      ? carriedOut(document, [{ _tag: "Set", path: list, value: [], previous: undefined }])
      : document
    return carriedOut(withList, [{ _tag: "Set", path, value: json(value), previous: undefined }])
  }, bare)

const indexOf = (path: FieldPath) => slots.findIndex((slot) => startsWith(path, slot.path))
/** In which slots these paths lie. */
export const touched = (paths: ReadonlyArray<FieldPath>) =>
  [...new Set(paths.map(indexOf))].filter((it) => it >= 0).toSorted((left, right) => left - right)

/** What stands in the slots. */
export const read = (document: JsonObject): Values => {
  const text = (value: Json | undefined) => /"(1a|2b|3c)"/.exec(same(value))?.[1]
  return slots.map(({ path }) => text(at(document, path)))
}

const at = (document: Json | undefined, path: FieldPath): Json | undefined =>
  path.reduce<Json | undefined>((value, step) => {
    if (step._tag === "Item" && Array.isArray(value))
      return value.find((item: Json) => same(item).includes(`"name":${same(step.keys["name"])}`))
    return step._tag === "Field" && typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).find(([name]) => name === step.name)?.[1]
      : undefined
  }, document)
