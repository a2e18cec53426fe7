/** What is sent to the API server for one manifest, before it is cut to the fields that are Git's. Pure. */
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { memberLabel } from "../ApplySet.ts"

export interface PayloadTarget {
  readonly namespace: string
  /** Its id, which becomes a label; `undefined` for an object whose life is not Git's. */
  readonly applySet: string | undefined
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const labelsOf = (metadata: JsonObject): JsonObject => isObject(metadata["labels"]) ? metadata["labels"] : {}

const defined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))

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

/** The whole manifest, in its namespace, as a member of our set. */
export const whole = (manifest: JsonObject, { applySet, namespace }: PayloadTarget): JsonObject =>
  withMetadata(asStored(manifest), (metadata) => ({
    ...without(metadata, "namespace"),
    ...(namespace === "" ? {} : { namespace }),
    ...(applySet === undefined ? {} : { labels: { ...labelsOf(metadata), [memberLabel]: applySet } })
  }))

/** What was cut, with what says which object it is. */
export const identified = (cut: JsonObject, { apiVersion, kind, metadata }: JsonObject): JsonObject => {
  const { name, namespace } = isObject(metadata) ? metadata : {}
  return withMetadata({ ...cut, ...defined({ apiVersion, kind }) }, (kept) => ({
    ...kept,
    ...defined({ name, namespace })
  }))
}

/** Whether the server derives labels for it from its template as long as it has none of its own: then ours has to come later. */
export const defaultsItsLabels = ({ apiVersion, kind, metadata }: JsonObject): boolean =>
  ((kind === "Job" && String(apiVersion).startsWith("batch/")) ||
    (kind === "ReplicationController" && apiVersion === "v1")) &&
  isObject(metadata) && Object.keys(labelsOf(metadata)).length === 0

/** The same without our label. */
export const unlabelled = (payload: JsonObject): JsonObject =>
  withMetadata(payload, (metadata) => without(metadata, "labels"))

/** What the object has to be; without any it may be absent. */
export interface Conditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** As the body of an apply of an object that is as the conditions say. */
export const encoded = (payload: JsonObject, conditions: Conditions): string =>
  encodeJson(withMetadata(payload, (metadata) => ({ ...metadata, ...conditions })))

/** Why a manifest must not be applied although a rule says so, or `undefined`. */
export const refusal = (kind: string, manifest: JsonObject): string | undefined => {
  if (kind !== "Secret") return undefined
  if (manifest["type"] === "helm.sh/release.v1")
    return "a Helm release Secret belongs to Helm and is never applied; remove it from Git"
  if (manifest["type"] === "kubernetes.io/service-account-token")
    return "a service-account token is made by the cluster and is never applied; remove it from Git"
  return undefined
}
