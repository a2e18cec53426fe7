/** Which OpenAPI v3 documents the API server has, and in which state: one for each group and version. Pure. */
import { Predicate } from "effect"
import type { Json } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

/** A group and version as a path: `api/v1`, `apis/apps/v1`. */
export type DocumentId = string

export const documentId = (group: string, version: string): DocumentId =>
  group === "" ? `api/${version}` : `apis/${group}/${version}`

/** Where each document is. The address holds a hash of the document: another document has another address. */
export type OpenApiIndex = ReadonlyMap<DocumentId, string>

/** The answer to `/openapi/v3`. */
export const openApiIndex = (document: Json): OpenApiIndex => {
  const paths = isObject(document) ? document["paths"] : undefined
  return new Map(
    Object.entries(isObject(paths) ? paths : {}).flatMap(([id, entry]) => {
      const address = isObject(entry) ? entry["serverRelativeURL"] : undefined
      return Predicate.isString(address) && /^api(s\/[^/]+)?\/[^/]+$/.test(id) ? [[id, address]] : []
    })
  )
}
