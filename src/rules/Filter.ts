/**
 * Which fields a rule takes: patterns of field paths, matched by whole segments; a filter takes a field and all below it.
 * `FilterSyntax` reads them.
 */
import type { Step } from "../manifest/FieldPath.ts"
import { encodeJson } from "../manifest/JsonText.ts"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import { isObject } from "../manifest/ServerFields.ts"

export type Segment =
  | { readonly _tag: "Field"; readonly name: string }
  /** Any key of a map, any item of a list. */
  | { readonly _tag: "Any" }
  /** The items of a list with these values, as text. */
  | { readonly _tag: "Keys"; readonly keys: Readonly<Record<string, string>> }

export type Pattern = ReadonlyArray<Segment>

export interface Filter {
  /** As written. */
  readonly text: string
  /** Never empty. */
  readonly segments: Pattern
}

const field = (name: string): Segment => ({ _tag: "Field", name })

const labels: Pattern = [field("metadata"), field("labels")]
const annotations: Pattern = [field("metadata"), field("annotations")]

/** What a filter stands for: `/metadata` is its labels and annotations, every other filter is itself. */
export const patternsOf = ({ segments }: Filter): ReadonlyArray<Pattern> => {
  const [first, second] = segments
  return first?._tag === "Field" && first.name === "metadata" && second === undefined
    ? [labels, annotations]
    : [segments]
}

const textOf = (value: Json | undefined) => value === undefined || typeof value === "string" ? value : encodeJson(value)

const hasKeys = (keys: Readonly<Record<string, string>>, known: JsonObject, item: Json | undefined) =>
  Object.entries(keys).every(([key, text]) =>
    textOf(
      Object.hasOwn(known, key) ? known[key] : isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined
    ) ===
      text
  )

/** Whether a step is one that the segment stands for. The item itself tells what its keys leave open. */
export const matchesStep = (segment: Segment, step: Step, item?: Json): boolean => {
  switch (segment._tag) {
    case "Any":
      return true
    case "Field":
      return step._tag === "Field" && step.name === segment.name
    case "Keys":
      return step._tag === "Item" && hasKeys(segment.keys, step.keys, item)
  }
}

const coversSegment = (above: Segment, below: Segment): boolean => {
  switch (above._tag) {
    case "Any":
      return true
    case "Field":
      return below._tag === "Field" && below.name === above.name
    case "Keys":
      return below._tag === "Keys" &&
        Object.entries(above.keys).every(([key, text]) => Object.hasOwn(below.keys, key) && below.keys[key] === text)
  }
}

const coversPattern = (above: Pattern, below: Pattern) =>
  above.length <= below.length &&
  above.every((segment, index) => {
    const other = below[index]
    return other !== undefined && coversSegment(segment, other)
  })

/** Whether the first takes every field that the second does, in whatever object. */
export const covers = (above: Filter, below: Filter): boolean =>
  patternsOf(below).every((pattern) => patternsOf(above).some((other) => coversPattern(other, pattern)))
