/** The order in which people write the fields of a manifest. */
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"

const ofManifest = ["apiVersion", "kind", "metadata"]
const ofMetadata = ["name", "namespace", "labels", "annotations"]

const first = (object: JsonObject, names: ReadonlyArray<string>): JsonObject =>
  Object.fromEntries([
    ...names.filter((name) => Object.hasOwn(object, name)).map((name): [string, Json] => [name, object[name] ?? null]),
    ...Object.entries(object).filter(([name]) => !names.includes(name))
  ])

/** `apiVersion`, `kind` and `metadata` first; whatever has no customary place stays in the order given. */
export const inCustomaryOrder = (manifest: JsonObject): JsonObject => {
  const ordered = first(manifest, ofManifest)
  const { metadata } = ordered
  return isObject(metadata)
    ? Object.fromEntries(
      Object.entries(ordered).map(([name, value]) => [name, name === "metadata" ? first(metadata, ofMetadata) : value])
    )
    : ordered
}

/**
 * Behind which of these keys a new one belongs, -1 for none: where people write it, or last.
 * @param around Whose value the map is; `undefined` for the manifest itself.
 */
export const placeOfKey = (
  key: string,
  keys: ReadonlyArray<string | undefined>,
  around: string | undefined
): number => {
  const order = around === undefined ? ofManifest : around === "metadata" ? ofMetadata : []
  const rank = order.indexOf(key)
  if (rank === -1) return keys.length - 1
  return keys.findLastIndex((other) => other !== undefined && order.slice(0, rank).includes(other))
}
