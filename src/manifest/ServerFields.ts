/** Leaves out of a manifest what only the API server may set. Everything else stays as written, empty maps too. */
import type { Json, JsonObject } from "./Manifest.ts"

/** Of `metadata`. */
export const serverSet: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid"
])

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const without = (object: JsonObject, leftOut: (key: string, value: Json) => boolean): JsonObject =>
  Object.keys(object).some((key) => leftOut(key, object[key] ?? null))
    ? Object.fromEntries(Object.entries(object).filter(([key, value]) => !leftOut(key, value)))
    : object

/** `creationTimestamp: null`, which generators write into templates; it would cost a write at every apply. */
const withoutEmptyTimestamps = (value: Json, inMetadata: boolean): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => withoutEmptyTimestamps(item, false))
  if (!isObject(value)) return value
  const kept = inMetadata ? without(value, (key, entry) => key === "creationTimestamp" && entry === null) : value
  return Object.fromEntries(
    Object.entries(kept).map(([key, entry]) => [key, withoutEmptyTimestamps(entry, key === "metadata")])
  )
}

/** @param templates Whether it may hold `creationTimestamp: null` deeper down; `false` saves the search. */
export const withoutServerFields = (manifest: JsonObject, templates: boolean): JsonObject => {
  const desired = without(manifest, (key) => key === "status")
  const { metadata } = desired
  const kept = isObject(metadata) ? without(metadata, (key) => serverSet.has(key)) : metadata
  const object = kept === metadata || kept === undefined ? desired : { ...desired, metadata: kept }
  if (!templates) return object
  const swept = withoutEmptyTimestamps(object, false)
  return isObject(swept) ? swept : object
}
