/** In which order kinds are applied: what others stand on first, what intercepts requests last. */
import { type GroupKind, type KindId, kindId } from "../manifest/ObjectKey.ts"

/**
 * 0: definitions, 1: namespaces, 2: foundations, 3: what storage holds (volumes, contents of snapshots), 4: snapshots, 5: claims,
 * 6: the rest, 7: what intercepts the API.
 */
export type Stage = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

export const stageNames: Readonly<Record<Stage, string>> = {
  0: "definitions",
  1: "namespaces",
  2: "foundations",
  3: "storage",
  4: "snapshots",
  5: "claims",
  6: "workloads",
  7: "interceptors"
}

/** In their order. */
export const stages: ReadonlyArray<Stage> = [0, 1, 2, 3, 4, 5, 6, 7]

export const lastStage: Stage = 7

const foundations: ReadonlySet<KindId> = new Set([
  "IngressClass.networking.k8s.io",
  "LimitRange",
  "PriorityClass.scheduling.k8s.io",
  "ResourceQuota",
  "RuntimeClass.node.k8s.io",
  "Secret",
  "ServiceAccount",
  "StorageClass.storage.k8s.io",
  "VolumeAttributesClass.storage.k8s.io",
  "VolumeSnapshotClass.snapshot.storage.k8s.io"
])

const stageOfKind: ReadonlyMap<KindId, Stage> = new Map<KindId, Stage>([
  ["CustomResourceDefinition.apiextensions.k8s.io", 0],
  ["Namespace", 1],
  ["PersistentVolume", 3],
  ["VolumeSnapshotContent.snapshot.storage.k8s.io", 3],
  ["VolumeSnapshot.snapshot.storage.k8s.io", 4],
  ["PersistentVolumeClaim", 5]
])

/** The stage in which all objects of a kind are applied. */
export const stageOf = (kind: GroupKind): Stage => {
  const id = kindId(kind)
  const own = stageOfKind.get(id)
  if (own !== undefined) return own
  if (kind.group === "rbac.authorization.k8s.io" || foundations.has(id)) return 2
  if (kind.group === "admissionregistration.k8s.io" || kind.group === "apiregistration.k8s.io") return 7
  return 6
}
