/** What is sent to the API server for one manifest: cut to the fields Git owns, with our label. Pure. */
import type { JsonObject } from "../../manifest/Manifest.ts"
import type { Ownership } from "../../rules/Ruleset.ts"
import { memberLabel } from "../ApplySet.ts"

export interface PayloadTarget {
  readonly namespace: string
  readonly name: string
  readonly applySet: string
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"])

const ownedByGit = (ownership: Ownership, field: string) => ownership.ownerOf(`/${field}`)?.syncTo === "kubernetes"

const labelsOf = (metadata: JsonObject): JsonObject => isObject(metadata["labels"]) ? metadata["labels"] : {}

const without = (value: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))

const withMetadata = (payload: JsonObject, change: (metadata: JsonObject) => JsonObject): JsonObject => ({
  ...payload,
  metadata: change(isObject(payload["metadata"]) ? payload["metadata"] : {})
})

/**
 * A Secret as it is stored: `stringData` is part of `data`. The API server would note our ownership of `stringData`, a field that no live
 * object has, so neither drift in it nor a key that goes from Git would be seen. What the server refuses stays for it to refuse.
 */
const asStored = (manifest: JsonObject): JsonObject => {
  const { data = {}, stringData, ...rest } = manifest
  if (manifest["kind"] !== "Secret" || manifest["apiVersion"] !== "v1") return manifest
  if (!isObject(stringData) || !isObject(data)) return manifest
  const texts = Object.entries(stringData)
  if (!texts.every(([, value]) => typeof value === "string")) return manifest
  const encoded = texts.map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")])
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } }
}

/** The manifest cut to what Git owns, in its namespace, as a member of our set. */
export const desired = (manifest: JsonObject, ownership: Ownership, target: PayloadTarget): JsonObject => {
  const fields = Object.entries(asStored(manifest)).filter(([field]) =>
    identity.has(field) || ownedByGit(ownership, field)
  )
  return withMetadata(Object.fromEntries(fields), (metadata) => ({
    ...without(metadata, "namespace"),
    ...(target.namespace === "" ? {} : { namespace: target.namespace }),
    labels: { ...labelsOf(metadata), [memberLabel]: target.applySet }
  }))
}

/** Whether the server derives labels for it from its template as long as it has none of its own: then ours has to come later. */
export const defaultsItsLabels = (kind: string, manifest: JsonObject): boolean =>
  (kind === "Job.batch" || kind === "ReplicationController") && isObject(manifest["metadata"]) &&
  Object.keys(labelsOf(manifest["metadata"])).length === 0

/** The same without our label. */
export const unlabelled = (payload: JsonObject): JsonObject =>
  withMetadata(payload, (metadata) => without(metadata, "labels"))

/** Why a manifest must not be applied although a rule says so, or `undefined`. */
export const refusal = (kind: string, manifest: JsonObject): string | undefined => {
  if (kind !== "Secret") return undefined
  if (manifest["type"] === "helm.sh/release.v1")
    return "a Helm release Secret belongs to Helm and is never applied; remove it from Git"
  if (manifest["type"] === "kubernetes.io/service-account-token")
    return "a service-account token is made by the cluster and is never applied; remove it from Git"
  return undefined
}
