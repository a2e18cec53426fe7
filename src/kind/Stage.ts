/** In which order kinds are applied: what others stand on first, what intercepts requests last. */
import { type GroupKind, type KindId, kindId } from "../manifest/ObjectKey.ts"

/** 0: definitions, 1: namespaces, 2: foundations, 3: the rest, 4: what intercepts the API. */
export type Stage = 0 | 1 | 2 | 3 | 4

export const stageNames: Readonly<Record<Stage, string>> = {
  0: "definitions",
  1: "namespaces",
  2: "foundations",
  3: "workloads",
  4: "interceptors"
}

export const lastStage: Stage = 4

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

/** The stage in which all objects of a kind are applied. */
export const stageOf = (kind: GroupKind): Stage => {
  const id = kindId(kind)
  if (id === "CustomResourceDefinition.apiextensions.k8s.io") return 0
  if (id === "Namespace") return 1
  if (kind.group === "rbac.authorization.k8s.io" || foundations.has(id)) return 2
  if (kind.group === "admissionregistration.k8s.io" || kind.group === "apiregistration.k8s.io") return 4
  return 3
}
