/**
 * What remains of an object when everything is left out that the server or a controller sets: the form in which it can be compared
 * with a manifest, and created in another cluster. For live objects and manifests alike; done twice it changes nothing more.
 */
import type { Json, JsonObject } from "../Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../ObjectKey.ts"
import { isObject } from "../ServerFields.ts"
import { byKind } from "./byKind.ts"
import { everyKind } from "./everyKind.ts"
import { pruning } from "./Pruning.ts"
import { restated } from "./restating.ts"
import { valueAt } from "./Row.ts"

const ofAnyKind = pruning(everyKind)

const ofKind: ReadonlyMap<KindId, (object: JsonObject) => JsonObject> = new Map(
  Array.from(byKind, ([kind, rows]) => [kind, pruning([...everyKind, ...rows])])
)

/** Generators write `creationTimestamp: null` into the metadata of templates, at any depth. */
const withoutEmptyTimestamps = (value: Json, inMetadata: boolean): Json => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => withoutEmptyTimestamps(item, false))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (!isObject(value)) return value
  let kept: Record<string, Json> | undefined
  for (const name of Object.keys(value)) {
    const entry = value[name] ?? null
    const isEmptyTimestamp = inMetadata && name === "creationTimestamp" && entry === null
    const left = isEmptyTimestamp ? undefined : withoutEmptyTimestamps(entry, name === "metadata")
    if (left === entry) continue
    kept ??= { ...value }
    if (left === undefined) delete kept[name]
    else kept[name] = left
  }
  return kept ?? value
}

/**
 * The portable form. What only a live object can show, such as a port that nobody chose, is taken from its own `managedFields`: give
 * them with it. The object is not changed.
 */
export const portable = (kind: GroupKind, object: JsonObject): JsonObject => {
  const id = kindId(kind)
  const pruned = (ofKind.get(id) ?? ofAnyKind)(restated(id, object))
  const swept = withoutEmptyTimestamps(pruned, false)
  return isObject(swept) ? swept : pruned
}

/**
 * The portable form of a manifest that is compared with a live object: of what only `managedFields` tell, both then say the same. So a
 * manifest that once was exported may go on stating a port that nobody chose.
 */
export const portableBeside = (kind: GroupKind, manifest: JsonObject, live: JsonObject): JsonObject => {
  const managedFields = valueAt(live, ["metadata", "managedFields"])
  const { metadata } = manifest
  if (managedFields === undefined || !isObject(metadata)) return portable(kind, manifest)
  return portable(kind, { ...manifest, metadata: { ...metadata, managedFields } })
}
