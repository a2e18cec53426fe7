// What Git has of claims and snapshots after a cluster was lost, and a snapshot controller that a test plays itself.
import { Effect } from "effect"
import type { Restoring } from "./restoring.ts"

const group = "snapshot.storage.k8s.io"

export interface SnapshotOptions {
  readonly claim: string
  readonly taken: string
  readonly size?: string
}

/** A VolumeSnapshot and its content, as they stand in Git. */
export const snapshotPair = (namespace: string, name: string, { claim, size = "1Mi", taken }: SnapshotOptions) => {
  const annotations = { "gitops-controller/snapshot-created": taken, "gitops-controller/restore-size": size }
  const content = `content-${namespace}-${name}`
  return [
    {
      apiVersion: `${group}/v1`,
      kind: "VolumeSnapshot",
      metadata: { name, namespace, annotations: { ...annotations, "gitops-controller/source-claim": claim } },
      spec: { source: { volumeSnapshotContentName: content } }
    },
    {
      apiVersion: `${group}/v1`,
      kind: "VolumeSnapshotContent",
      metadata: { name: content, annotations },
      spec: {
        deletionPolicy: "Delete",
        driver: "played.csi.test",
        source: { snapshotHandle: `handle-${name}` },
        volumeSnapshotRef: { name, namespace, uid: "00000000-0000-0000-0000-00000000dead" }
      }
    }
  ]
}

export const claim = (namespace: string, name: string, size = "1Mi") => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name, namespace },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } }
})

/** A Deployment that uses a claim, if one is named. */
export const deployment = (namespace: string, name: string, claimName?: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: "main", image: "main:1" }],
        ...claimName === undefined ? {} : { volumes: [{ name: "data", persistentVolumeClaim: { claimName } }] }
      }
    }
  }
})

export const statefulSet = (namespace: string, name: string, template: string) => {
  const { metadata, spec } = deployment(namespace, name)
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      ...spec,
      serviceName: name,
      volumeClaimTemplates: [{
        metadata: { name: template },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } }
      }]
    }
  }
}

/** One file for each. */
export const filesOf = (
  objects: ReadonlyArray<{ readonly kind: string; readonly metadata: { readonly name: string } }>
) =>
  Object.fromEntries(objects.map((object) => [`${object.kind}-${object.metadata.name}.json`, JSON.stringify(object)]))

/** As the snapshot controller does it, once the content is bound and its storage was asked. */
export const makeReady = ({ inSecond, namespace }: Restoring, name: string) =>
  Effect.asVoid(
    inSecond(
      "patch",
      "volumesnapshot",
      name,
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status: { readyToUse: true, boundVolumeSnapshotContentName: `content-${namespace}-${name}` } })
    )
  )
