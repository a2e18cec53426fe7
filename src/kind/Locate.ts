/** Where in its file the API server's complaint about a manifest lies. */
import { Effect } from "effect"
import { ManifestReader } from "../git/ManifestReader.ts"
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import type { Failure } from "./Diagnosis.ts"

const fieldOf = (failure: Failure): string | undefined => {
  switch (failure._tag) {
    case "ApiRejected":
      return failure.causes.find(({ field }) => field !== "")?.field
    case "NamespaceNotFound":
    case "NamespaceTerminating":
      return "metadata.namespace"
    case "VersionNotServed":
      return "apiVersion"
    case "ManifestRefused":
      return "type"
    default:
      return undefined
  }
}

/** `path:line:column` of what has to be mended; `undefined` when the failure is about no field of the manifest. */
export const locate = Effect.fnUntraced(function*(ref: ManifestRef, failure: Failure) {
  const field = fieldOf(failure)
  if (field === undefined) return undefined
  const reader = yield* ManifestReader
  const place = yield* reader.placeOf(ref, field)
  return place === undefined ? undefined : formatPlace({ path: ref.path, ...place })
})
