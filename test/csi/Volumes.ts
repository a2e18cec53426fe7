// What tests do with volumes and snapshots of one namespace: claims, the files of their volumes, snapshots.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { KubectlFailed, LiveObject } from "../cluster/Kubectl.ts"
import { eventually, type NeverHappened, type Patience } from "../process/Eventually.ts"
import type { CsiCluster } from "./CsiCluster.ts"
import { claimManifest, type ClaimOptions, snapshotClass, snapshotManifest, storageClass } from "./VolumeManifests.ts"

export interface LiveClaim extends LiveObject {
  readonly spec: { readonly volumeName?: string }
  readonly status?: { readonly phase?: string }
}

export interface LiveVolume extends LiveObject {
  readonly spec: { readonly csi: { readonly volumeHandle: string } }
}

export interface LiveSnapshot extends LiveObject {
  readonly status?: {
    readonly readyToUse?: boolean
    readonly boundVolumeSnapshotContentName?: string
    readonly creationTime?: string
    readonly restoreSize?: string
  }
}

export interface LiveContent extends LiveObject {
  readonly spec: { readonly volumeSnapshotRef: { readonly uid?: string } }
  readonly status?: { readonly readyToUse?: boolean; readonly snapshotHandle?: string; readonly restoreSize?: number }
}

type Done<A> = Effect.Effect<A, KubectlFailed | NeverHappened>

export interface Volumes {
  readonly cluster: CsiCluster
  readonly namespace: string
  readonly kubectl: (...args: ReadonlyArray<string>) => Effect.Effect<string, KubectlFailed>
  /** `kubectl apply` of all of them at once. */
  readonly apply: (...manifests: ReadonlyArray<object>) => Effect.Effect<void, KubectlFailed>
  /** An object of the namespace, or of the cluster. */
  readonly get: <A = LiveObject>(resource: string, name: string) => Effect.Effect<A, KubectlFailed>
  /** Makes a claim and waits until it is bound. */
  readonly claim: (name: string, options?: ClaimOptions) => Done<LiveClaim>
  readonly isBound: (claim: string) => Done<LiveClaim>
  /** Where the files of a bound claim's volume are. */
  readonly folder: (claim: string) => Effect.Effect<string, KubectlFailed>
  readonly write: (claim: string, file: string, text: string) => Effect.Effect<void, KubectlFailed>
  readonly read: (claim: string, file: string) => Effect.Effect<string, KubectlFailed>
  /** Takes a snapshot of a claim and waits until it is ready. */
  readonly snapshot: (name: string, claim: string) => Done<LiveSnapshot>
  readonly isReady: (snapshot: string) => Done<LiveSnapshot>
}

/** A claim or a snapshot may need a few retries, each after 5 s at most. */
export const patient: Patience = { within: 60_000, every: 100 }

/** Installs the classes, both the default: what the cluster's operator does. */
export const installClasses = (
  cluster: CsiCluster,
  binding?: "Immediate" | "WaitForFirstConsumer"
): Effect.Effect<void, KubectlFailed> =>
  Effect.asVoid(cluster.kubectlOk(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: [storageClass(binding), snapshotClass] })
  }))

/** Of a namespace that is there. */
export const volumesOf = (cluster: CsiCluster, namespace: string): Volumes => {
  const kubectl: Volumes["kubectl"] = (...args) => cluster.kubectlOk(["-n", namespace, ...args])
  const apply: Volumes["apply"] = (...items) =>
    Effect.asVoid(cluster.kubectlOk(["apply", "-n", namespace, "-f", "-"], {
      stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items })
    }))
  const get = <A = LiveObject>(resource: string, name: string) =>
    cluster.kubectlJson<A>(["-n", namespace, "get", resource, name])
  const isBound: Volumes["isBound"] = (claim) =>
    eventually(
      `claim ${claim} is bound`,
      get<LiveClaim>("persistentvolumeclaim", claim),
      ({ status }) => status?.phase === "Bound",
      patient
    )
  const isReady: Volumes["isReady"] = (snapshot) =>
    eventually(
      `snapshot ${snapshot} is ready`,
      get<LiveSnapshot>("volumesnapshot", snapshot),
      ({ status }) => status?.readyToUse === true,
      patient
    )
  const folder = Effect.fnUntraced(function*(claim: string) {
    const { spec } = yield* get<LiveClaim>("persistentvolumeclaim", claim)
    const volume = yield* get<LiveVolume>("persistentvolume", spec.volumeName ?? "")
    return join(cluster.cloud, "volumes", volume.spec.csi.volumeHandle)
  })
  return {
    cluster,
    namespace,
    kubectl,
    apply,
    get,
    isBound,
    isReady,
    folder,
    claim: (name, options) => Effect.andThen(apply(claimManifest(name, options)), isBound(name)),
    write: (claim, file, text) => Effect.map(folder(claim), (at) => writeFileSync(join(at, file), text)),
    read: (claim, file) => Effect.map(folder(claim), (at) => readFileSync(join(at, file), "utf8")),
    snapshot: (name, claim) => Effect.andThen(apply(snapshotManifest(name, claim)), isReady(name))
  }
}
