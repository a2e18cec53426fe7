/**
 * A live object as the API server sends it. Only what every kind has is typed; the rest is plain JSON.
 */
import type { Json, JsonObject } from "../manifest/Manifest.ts"

export interface OwnerReference extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

/** Who set which fields, as the API server keeps it. */
export interface ManagedFieldsEntry extends JsonObject {
  readonly manager: string
  readonly operation: "Apply" | "Update"
  readonly apiVersion?: string
  readonly time?: string
  readonly subresource?: string
  readonly fieldsV1?: JsonObject
}

export interface ObjectMeta extends JsonObject {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  /** Opaque: compare for equality only. */
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly finalizers?: ReadonlyArray<string>
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: ReadonlyArray<OwnerReference>
  readonly managedFields?: ReadonlyArray<ManagedFieldsEntry>
}

/** Also what a metadata-only watch sends: then `apiVersion` and `kind` are those of `PartialObjectMetadata`. */
export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

const isRecord = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** True of what the API server sends for one object (it always writes name, uid and resourceVersion). */
export const isKubernetesObject = (value: Json | undefined): value is KubernetesObject =>
  isRecord(value) && isRecord(value["metadata"]) && typeof value["metadata"]["resourceVersion"] === "string" &&
  typeof value["metadata"]["name"] === "string" && typeof value["metadata"]["uid"] === "string"
