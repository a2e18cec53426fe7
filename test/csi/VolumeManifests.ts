// Manifests of claims, snapshots and their classes, as a person writes them.
import { driverName } from "./CsiCluster.ts"

export const className = "directories"

/**
 * The default class of claims.
 * @param binding `WaitForFirstConsumer`: a volume is made once a node is selected for the claim.
 */
export const storageClass = (binding: "Immediate" | "WaitForFirstConsumer" = "Immediate") => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: className, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: driverName,
  volumeBindingMode: binding
})

/** The default class of snapshots: what is stored goes with the object. */
export const snapshotClass = {
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshotClass",
  metadata: { name: className, annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" } },
  driver: driverName,
  deletionPolicy: "Delete"
}

export interface ClaimOptions {
  /** The VolumeSnapshot that it comes from. */
  readonly from?: string
}

export const claimManifest = (name: string, { from }: ClaimOptions = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "1Mi" } },
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
