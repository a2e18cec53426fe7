import { assert, describe, it } from "@effect/vitest"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { groupKind, type KindId } from "../../../src/manifest/ObjectKey.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"

const of = (kind: KindId, object: JsonObject) => portable(groupKind(kind), object)

const setBy = (manager: string, fieldsV1: JsonObject, subresource?: string): JsonObject => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource })
})

describe("a claim", () => {
  const spec = {
    volumeName: "pvc-1",
    storageClassName: "fast",
    dataSource: { name: "s" },
    dataSourceRef: { name: "s" }
  }

  it("forgets the volume that the binder chose, and where its data came from", () => {
    const annotations = {
      "pv.kubernetes.io/bind-completed": "yes",
      "pv.kubernetes.io/bound-by-controller": "yes",
      "volume.kubernetes.io/selected-node": "n",
      "volume.kubernetes.io/storage-provisioner": "p"
    }
    assert.deepStrictEqual(of("PersistentVolumeClaim", { metadata: { name: "a", annotations }, spec }), {
      metadata: { name: "a" },
      spec: { storageClassName: "fast" }
    })
  })

  it("keeps a volume that a person chose, and its class, whoever made it", () => {
    const managedFields = [
      setBy("kubectl-create", { "f:spec": { "f:volumeName": {} } }),
      setBy("kube-controller-manager", { "f:spec": { "f:storageClassName": {} } })
    ]
    const annotations = { "pv.kubernetes.io/bind-completed": "yes" }
    assert.deepStrictEqual(of("PersistentVolumeClaim", { metadata: { name: "a", managedFields, annotations }, spec }), {
      metadata: { name: "a" },
      spec: { volumeName: "pvc-1", storageClassName: "fast" }
    })
  })
})

describe("a volume", () => {
  it("keeps the name of its claim and no uid, so that it never counts as released", () => {
    const live = {
      metadata: {
        name: "pv",
        annotations: {
          "pv.kubernetes.io/provisioned-by": "driver",
          "volume.kubernetes.io/provisioner-deletion-secret-name": "",
          "volume.kubernetes.io/provisioner-deletion-secret-namespace": ""
        },
        finalizers: ["kubernetes.io/pv-protection", "external-provisioner.volume.kubernetes.io/finalizer"]
      },
      spec: {
        claimRef: { kind: "PersistentVolumeClaim", namespace: "shop", name: "db", uid: "u", resourceVersion: "1" },
        csi: { volumeHandle: "h", volumeAttributes: { "storage.kubernetes.io/csiProvisionerIdentity": "1-2" } }
      }
    }
    assert.deepStrictEqual(of("PersistentVolume", live), {
      metadata: { name: "pv", annotations: { "pv.kubernetes.io/provisioned-by": "driver" } },
      spec: {
        claimRef: { kind: "PersistentVolumeClaim", namespace: "shop", name: "db" },
        csi: { volumeHandle: "h" }
      }
    })
  })
})

describe("a volume that was made for a claim", () => {
  const volume = (policy: string, annotations: JsonObject) => ({
    metadata: { name: "pv", annotations },
    spec: { persistentVolumeReclaimPolicy: policy }
  })

  it("is kept by its manifest, whatever the cluster does with it; one that a person made stays as it is", () => {
    const provisioned = { "pv.kubernetes.io/provisioned-by": "driver" }
    assert.deepStrictEqual(of("PersistentVolume", volume("Delete", provisioned)), volume("Retain", provisioned))
    assert.deepStrictEqual(of("PersistentVolume", volume("Recycle", provisioned)), volume("Recycle", provisioned))
    const own = { team: "a" }
    assert.deepStrictEqual(of("PersistentVolume", volume("Delete", own)), volume("Delete", own))
  })
})

describe("snapshots", () => {
  const kind = (name: string) => `${name}.snapshot.storage.k8s.io`

  it("refer to what there is, and keep what they were taken of", () => {
    const snapshot = {
      metadata: { name: "s", finalizers: ["snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection"] },
      spec: { volumeSnapshotClassName: "fast", source: { persistentVolumeClaimName: "db" } },
      status: {
        boundVolumeSnapshotContentName: "snapcontent-1",
        creationTime: "2026-01-01T00:00:00Z",
        readyToUse: true,
        restoreSize: "1Gi"
      }
    }
    assert.deepStrictEqual(of(kind("VolumeSnapshot"), snapshot), {
      metadata: {
        name: "s",
        annotations: {
          "gitops-controller/snapshot-created": "2026-01-01T00:00:00Z",
          "gitops-controller/restore-size": "1Gi",
          "gitops-controller/source-claim": "db"
        }
      },
      spec: { volumeSnapshotClassName: "fast", source: { volumeSnapshotContentName: "snapcontent-1" } }
    })
  })

  it("are told by a content with its handle, without a uid, and never deleted with it", () => {
    const content = {
      metadata: { name: "c", annotations: { "snapshot.storage.kubernetes.io/deletion-secret-name": "k" } },
      spec: {
        deletionPolicy: "Delete",
        driver: "d",
        source: { volumeHandle: "v" },
        volumeSnapshotRef: {
          apiVersion: "snapshot.storage.k8s.io/v1",
          kind: "VolumeSnapshot",
          name: "s",
          namespace: "n",
          uid: "u",
          resourceVersion: "1"
        }
      },
      status: { creationTime: 1795415294121799641n, readyToUse: true, restoreSize: 1073741824, snapshotHandle: "h" }
    }
    assert.deepStrictEqual(of(kind("VolumeSnapshotContent"), content), {
      metadata: {
        name: "c",
        annotations: {
          "gitops-controller/snapshot-created": "2026-11-23T06:28:14.121Z",
          "gitops-controller/restore-size": "1073741824",
          "gitops-controller/source-volume": "v",
          "snapshot.storage.kubernetes.io/deletion-secret-name": "k"
        }
      },
      spec: {
        deletionPolicy: "Retain",
        driver: "d",
        source: { snapshotHandle: "h" },
        volumeSnapshotRef: { name: "s", namespace: "n" }
      }
    })
  })

  it("are never deleted with a content of somebody's own either", () => {
    const content = (deletionPolicy: string) => ({
      metadata: { name: "c" },
      spec: { deletionPolicy, source: { snapshotHandle: "h" } }
    })
    assert.deepStrictEqual(of(kind("VolumeSnapshotContent"), content("Delete")), content("Retain"))
    assert.deepStrictEqual(of(kind("VolumeSnapshotContent"), content("Retain")), content("Retain"))
  })

  it("keep what an annotation says of them already", () => {
    const annotations = { "gitops-controller/snapshot-created": "2026-01-01T00:00:00Z" }
    const snapshot = {
      metadata: { name: "s", annotations },
      spec: { source: { persistentVolumeClaimName: "db" } },
      status: { boundVolumeSnapshotContentName: "snapcontent-1", creationTime: "2026-02-02T00:00:00Z" }
    }
    assert.deepStrictEqual(of(kind("VolumeSnapshot"), snapshot), {
      metadata: { name: "s", annotations: { ...annotations, "gitops-controller/source-claim": "db" } },
      spec: { source: { volumeSnapshotContentName: "snapcontent-1" } }
    })
  })

  it("that came from a manifest keep the time that it says, not that of their return", () => {
    const restored = {
      metadata: { name: "s", annotations: { "gitops-controller/snapshot-created": "2026-01-01T00:00:00Z" } },
      spec: { source: { volumeSnapshotContentName: "snapcontent-1" } }
    }
    const status = { boundVolumeSnapshotContentName: "snapcontent-1", creationTime: "2026-02-02T00:00:00Z" }
    assert.deepStrictEqual(of(kind("VolumeSnapshot"), { ...restored, status }), restored)
  })
})
