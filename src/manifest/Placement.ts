/**
 * Where a new manifest goes: a path below gitPath, by the configured layout. Whatever the names are, the path is one
 * that every system can check out, that we read again, and that differs from all others by more than letter case.
 */
import { hash } from "node:crypto"
import { type LayoutField, type LayoutSegment, segmentsOf } from "./LayoutText.ts"
import type { ObjectKey } from "./ObjectKey.ts"
import { isSafeSegment, longestSegment } from "./SafeSegment.ts"

type Values = Readonly<Record<LayoutField, string>>

/** Stands for the namespace of what has none. No namespace can be called so. */
const clusterScoped = "_cluster"

const valuesOf = ({ group, kind, name, namespace }: ObjectKey): Values => ({
  namespace: namespace === "" ? clusterScoped : namespace,
  kind: kind.toLowerCase(),
  group: group === "" ? "core" : group,
  name
})

const isPlain = (field: LayoutField, value: string, key: ObjectKey): boolean =>
  /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(value) || (field === "namespace" && key.namespace === "")

const expand = (segment: LayoutSegment, valueOf: (field: LayoutField) => string): string =>
  segment.map((part) => typeof part === "string" ? part : valueOf(part.field)).join("")

const digest = (...parts: ReadonlyArray<string>): string => hash("sha256", JSON.stringify(parts), "hex").slice(0, 10)

const cleaned = (value: string, longest: number): string =>
  value.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, longest).replace(/^-+|-+$/g, "") || "x"

/** What can be read of the values, made safe, and a digest that tells it from all others. */
const withDigest = (segment: LayoutSegment, values: Values, mark: string): string => {
  const fields = segment.filter((part) => typeof part !== "string").length
  const rest = Buffer.byteLength(expand(segment, () => "")) + mark.length + 1
  const longest = Math.max(1, Math.floor((longestSegment - rest) / Math.max(1, fields)))
  const text = expand(segment, (field) => cleaned(values[field], longest))
  const [, stem = text, extension = ""] = /^(.*?)(\.ya?ml)?$/.exec(text) ?? []
  return `${stem.replaceAll(".", "-")}-${mark}${extension}`
}

const segmentText = (segment: LayoutSegment, values: Values, key: ObjectKey): string => {
  const text = expand(segment, (field) => values[field])
  const fields = segment.flatMap((part) => typeof part === "string" ? [] : [part.field])
  if (fields.every((field) => isPlain(field, values[field], key)) && isSafeSegment(text)) return text
  return withDigest(segment, values, digest(...fields.map((field) => values[field])))
}

const uses = (segments: ReadonlyArray<LayoutSegment>, field: LayoutField): boolean =>
  segments.some((segment) => segment.some((part) => typeof part !== "string" && part.field === field))

/** The values with what the layout leaves out added to those it uses, one after the other. */
const fuller = (
  segments: ReadonlyArray<LayoutSegment>,
  values: Values,
  { group }: ObjectKey
): ReadonlyArray<Values> => {
  const all = [values]
  const add = (field: LayoutField, more: string): void => {
    const last = all.at(-1) ?? values
    all.push({ ...last, [field]: last[field] + more })
  }
  if (!uses(segments, "namespace")) add("name", `-${values.namespace}`)
  if (!uses(segments, "kind")) add("name", `-${values.kind}`)
  if (!uses(segments, "group") && group !== "") add(uses(segments, "kind") ? "kind" : "name", `.${group}`)
  return all
}

const mostTries = 100

function* candidates(layout: string, key: ObjectKey): Generator<string> {
  const segments = segmentsOf(layout)
  const values = valuesOf(key)
  for (const fullerValues of fuller(segments, values, key))
    yield segments.map((segment) => segmentText(segment, fullerValues, key)).join("/")
  const last = segments.at(-1) ?? []
  const above = segments.slice(0, -1).map((segment) => `${segmentText(segment, values, key)}/`).join("")
  for (let tried = 0; tried < mostTries; tried++) {
    const mark = digest(key.group, key.kind, key.namespace, key.name, String(tried))
    yield (tried === 0 ? above : "") + withDigest(last, values, mark)
  }
}

/**
 * The path below gitPath of a manifest that is in no file yet; `undefined` if there is no place for it.
 *
 * The names are used as they are, in lower case for the kind, where they can be: letters in capitals, `:` and all else
 * that some system can't have in a file name is replaced, and a digest added. Where the path is taken, what the layout
 * leaves out is added (`deployment.apps-web.yaml`), then a digest, and if its directory can't be used it goes directly
 * below gitPath.
 * @param layout One without a `layoutProblem`.
 * @param taken Whether nothing new may be put at a path below gitPath, letter case aside.
 */
export const placeNew = (layout: string, key: ObjectKey, taken: (path: string) => boolean): string | undefined => {
  for (const path of candidates(layout, key)) if (!taken(path)) return path
  return undefined
}
