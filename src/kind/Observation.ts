/** From a live object to what a kind remembers of it. Pure. */
import { entriesOf, ownEntry } from "../kubernetes/fields/ManagedFields.ts"
import { heldDigest, ownedDigest } from "../kubernetes/fields/OwnedDigest.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../kubernetes/KubernetesObject.ts"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import type { GroupKind } from "../manifest/ObjectKey.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { isPaused } from "../manifest/PauseAnnotation.ts"
import { isNeverPruned } from "../manifest/PruneAnnotation.ts"
import * as ApplySet from "./ApplySet.ts"
import { type MirrorView, noView } from "./mirroring/MirrorView.ts"
import { type Live, unseen } from "./Tracked.ts"

export interface Observer {
  /** Our field manager. */
  readonly fieldManager: string
  /** The id of our ApplySet. */
  readonly applySet: string
}

const object = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {}

const conditions = (live: KubernetesObject): ReadonlyArray<JsonObject> => {
  const list = object(live["status"])["conditions"]
  return Array.isArray(list) ? list.map(object) : []
}

const condition = (live: KubernetesObject, type: string) =>
  conditions(live).find((candidate) => candidate["type"] === type)

const isTrue = (live: KubernetesObject, type: string) => condition(live, type)?.["status"] === "True"

interface Readiness {
  readonly ready: boolean
  readonly refusal: string | undefined
}

const readiness: Readonly<Record<string, (live: KubernetesObject) => Readiness>> = {
  "CustomResourceDefinition.apiextensions.k8s.io": (live) => {
    const names = condition(live, "NamesAccepted")
    return {
      ready: isTrue(live, "Established"),
      refusal: names?.["status"] === "False"
        ? `the API server refused its names: ${String(names["message"])}`
        : undefined
    }
  }
}

const alwaysReady: Readiness = { ready: true, refusal: undefined }

const isFinished = (live: KubernetesObject) =>
  typeof object(live["spec"])["ttlSecondsAfterFinished"] === "number" &&
  (isTrue(live, "Complete") || isTrue(live, "Failed"))

/** The server writes either for both. */
const hasSource = (live: KubernetesObject): boolean =>
  object(live["spec"])["dataSourceRef"] !== undefined ||
  object(live["spec"])["dataSource"] !== undefined

const lastWriter = (live: KubernetesObject, observer: Observer): string | undefined =>
  (live.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== observer.fieldManager && entry.subresource !== "status")
    .toSorted((a, b) => (a.time ?? "").localeCompare(b.time ?? ""))
    .at(-1)?.manager

const heldOf = (live: KubernetesObject, own: ManagedFieldsEntry | undefined): string | undefined => {
  if (own !== undefined) return heldDigest(own)
  return entriesOf(live).length === 0 ? unseen : undefined
}

/**
 * Reduces a live object of a kind; the object itself need not be kept.
 * @param view What is remembered of it for its way to Git.
 */
export const observe = (
  kind: GroupKind,
  live: KubernetesObject,
  observer: Observer,
  view: MirrorView = noView
): Live => {
  const id = kindId(kind)
  const { metadata } = live
  const entry = ownEntry(live, observer.fieldManager)
  const owner = metadata.ownerReferences?.find((reference) => reference.controller === true)
  return {
    uid: metadata.uid,
    version: metadata.resourceVersion,
    owned: entry === undefined ? undefined : ownedDigest(live, entry),
    held: heldOf(live, entry),
    labels: metadata.labels ?? {},
    member: metadata.labels?.[ApplySet.memberLabel] === observer.applySet,
    isPaused: isPaused(metadata.annotations),
    isNeverPruned: isNeverPruned(metadata.annotations),
    terminating: metadata.deletionTimestamp !== undefined,
    finalizers: metadata.deletionTimestamp === undefined ? "" : (metadata.finalizers ?? []).join(", "),
    ...(readiness[id]?.(live) ?? alwaysReady),
    finished: id === "Job.batch" && isFinished(live),
    controller: owner === undefined ? undefined : `${owner.kind} ${owner.name}`,
    lastWriter: lastWriter(live, observer),
    ...id === "PersistentVolumeClaim" ? { hasSource: hasSource(live) } : {},
    ...view
  }
}
