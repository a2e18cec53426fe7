// Manifests of claims, snapshots and their classes, as a person writes them.
import { driverName } from "./CsiCluster.ts"

export const className = "directories"

/** How the volumes of a claim are made: with the default class of this name. */
export const storageClass = (options: { readonly reclaim?: "Delete" | "Retain"; readonly late?: boolean } = {}) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: className, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: driverName,
  reclaimPolicy: options.reclaim ?? "Delete",
  volumeBindingMode: options.late === true ? "WaitForFirstConsumer" : "Immediate"
})

export const snapshotClass = (deletionPolicy: "Delete" | "Retain" = "Delete") => ({
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshotClass",
  metadata: { name: className, annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" } },
  driver: driverName,
  deletionPolicy
})

export interface ClaimOptions {
  /** The VolumeSnapshot that it comes from. */
  readonly from?: string
  /** Default: `1Mi`. */
  readonly size?: string
}

export const claimManifest = (name: string, { from, size = "1Mi" }: ClaimOptions = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: size } },
    ...(from === undefined
      ? {}
      : { dataSourceRef: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: from } })
  }
})

/** Of a claim in its namespace. */
export const snapshotManifest = (name: string, claim: string) => ({
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshot",
  metadata: { name },
  spec: { source: { persistentVolumeClaimName: claim } }
})
