/**
 * The values of a document that may be manifests: the document itself, or the items of a list of objects; and where
 * they stand.
 */
import type { Json, JsonObject } from "./Manifest.ts"
import type { Path } from "./ManifestDocument.ts"
import { isObject } from "./ServerFields.ts"
import type { YamlDocument, YamlPlaces } from "./Yaml.ts"

export interface Candidate {
  readonly document: YamlDocument
  /** From the root of the document. */
  readonly path: Path
  readonly value: Json
}

/** The items of a `List`, or of a list of one kind such as `ConfigMapList`; `undefined`: it is no list. */
const itemsOf = (value: Json): ReadonlyArray<Json> | undefined => {
  if (!isObject(value) || typeof value["kind"] !== "string" || typeof value["apiVersion"] !== "string") return undefined
  if (!value["kind"].endsWith("List") || value["sops"] !== undefined) return undefined
  const items = value["items"] ?? null
  if (Array.isArray(items)) return items
  return value["kind"] === "List" && items === null ? [] : undefined
}

/** Items of a list of one kind may leave out what the list says. */
const typed = (item: Json, list: JsonObject): Json => {
  const kind = String(list["kind"]).slice(0, -"List".length)
  if (!isObject(item) || kind === "" || item["kind"] !== undefined || item["apiVersion"] !== undefined) return item
  const entries = Object.entries({ ...item, apiVersion: list["apiVersion"] ?? null, kind })
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1))
}

const flatten = (document: YamlDocument, value: Json, path: Path): ReadonlyArray<Candidate> => {
  const items = itemsOf(value)
  if (items === undefined || !isObject(value)) return [{ document, path, value }]
  return items.flatMap((item, index) => flatten(document, typed(item, value), [...path, "items", index]))
}

export const candidates = (document: YamlDocument): ReadonlyArray<Candidate> => flatten(document, document.value, [])

/** The offset of a field, or of the nearest thing around it that is there. */
export const offsetOf = (document: YamlDocument, path: Path, places: YamlPlaces): number => {
  let { offset } = document
  let value: Json | undefined = document.value
  for (const segment of path) {
    const found: number | undefined = typeof value === "object" && value !== null
      ? places.get(value)?.get(segment)
      : undefined
    if (found === undefined) break
    offset = found
    value = Array.isArray(value) ? value[Number(segment)] : isObject(value) ? value[String(segment)] : undefined
  }
  return offset
}
