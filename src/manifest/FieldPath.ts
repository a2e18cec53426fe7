/**
 * Where a field stands in an object: names of fields, and list items by their keys, as the API server tells them apart.
 * Written `/spec/containers/[name=app]/image`; split at `/`, the text has one piece for each step.
 */
import { decodeObject, encodeJson } from "./JsonText.ts"
import type { Json, JsonObject } from "./Manifest.ts"

export type Step =
  | { readonly _tag: "Field"; readonly name: string }
  /** The item of a list with these keys. */
  | { readonly _tag: "Item"; readonly keys: JsonObject }
  /** The item of a set that is this value. */
  | { readonly _tag: "Value"; readonly value: Json }
  | { readonly _tag: "Index"; readonly index: number }

/** Empty: the whole object. */
export type FieldPath = ReadonlyArray<Step>

export const field = (name: string): Step => ({ _tag: "Field", name })

const escaped = (text: string) => text.replaceAll("~", "~0").replaceAll("/", "~1")

/** Text that the grammar would read as something else stands in quotes, as in JSON. */
const fieldText = (name: string) => /^\d*$|^-$|[[*]/.test(name) ? `[${escaped(JSON.stringify(name))}]` : escaped(name)

const valueText = (value: Json) => {
  const text = typeof value === "string" ? value : encodeJson(value)
  return text === "" || /[",\]]/.test(text) ? escaped(JSON.stringify(text)) : escaped(text)
}

const sortedEntries = (keys: JsonObject) =>
  Object.entries(keys).sort(([left], [right]) => left < right ? -1 : left > right ? 1 : 0)

export const formatStep = (step: Step): string => {
  switch (step._tag) {
    case "Field":
      return fieldText(step.name)
    case "Item":
      return `[${sortedEntries(step.keys).map(([key, value]) => `${escaped(key)}=${valueText(value)}`).join(",")}]`
    case "Value":
      return `[=${valueText(step.value)}]`
    case "Index":
      return `[${step.index}]`
  }
}

/** As people write it in `filters`, `/` and `~` as `~1` and `~0`; `""` for the whole object. */
export const format = (path: FieldPath): string => path.map((step) => `/${formatStep(step)}`).join("")

/**
 * The step as a segment of `FieldsV1`: `f:<name>`, `k:<keys>`, `v:<value>`, `i:<index>`. Equal steps have equal segments,
 * so it can be the key of a map.
 */
export const encodeStep = (step: Step): string => {
  switch (step._tag) {
    case "Field":
      return `f:${step.name}`
    case "Item":
      return `k:${encodeJson(Object.fromEntries(sortedEntries(step.keys)))}`
    case "Value":
      return `v:${encodeJson(step.value)}`
    case "Index":
      return `i:${step.index}`
  }
}

const decodeJson = (text: string): Json => {
  const wrapped = decodeObject(`{"value":${text}}`)
  return wrapped["value"] ?? null
}

/** The step that a segment of `FieldsV1` stands for; `undefined` for `.` and for what no server writes. */
export const decodeStep = (segment: string): Step | undefined => {
  const rest = segment.slice(2)
  switch (segment.slice(0, 2)) {
    case "f:":
      return { _tag: "Field", name: rest }
    case "k:":
      return { _tag: "Item", keys: decodeObject(rest) }
    case "v:":
      return { _tag: "Value", value: decodeJson(rest) }
    case "i:":
      return { _tag: "Index", index: Number(rest) }
    default:
      return undefined
  }
}

export const equalSteps = (left: Step, right: Step): boolean =>
  left === right || (left._tag === right._tag && encodeStep(left) === encodeStep(right))

export const equal = (left: FieldPath, right: FieldPath): boolean =>
  left.length === right.length && startsWith(left, right)

/** Whether `path` is `prefix` or below it. */
export const startsWith = (path: FieldPath, prefix: FieldPath): boolean =>
  prefix.length <= path.length &&
  prefix.every((step, index) => {
    const other = path[index]
    return other !== undefined && equalSteps(step, other)
  })
