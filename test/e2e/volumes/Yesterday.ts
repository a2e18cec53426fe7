// A cluster of yesterday with a claim, a file in it and a snapshot of it, and what the controller wrote of these to Git.
// Made once for a test file; each test goes on from a copy of it, or restores what Git has in a cluster of its own.
import { Context, Effect, Layer, type Scope } from "effect"
import { type CsiCluster, type CsiOptions, startCsiCluster } from "../../csi/CsiCluster.ts"
import { copyOf, saveCluster, type SavedCluster } from "../../csi/SavedCluster.ts"
import { installClasses, type LiveClaim, type Volumes, volumesOf } from "../../csi/Volumes.ts"
import type { Manifest } from "../mirroring/readRemote.ts"
import { mirrorVolumes } from "./mirrorVolumes.ts"

export interface Told {
  /** Of the claim `db` and its snapshot `monday`. */
  readonly namespace: string
  readonly claim: Manifest
  readonly volume: Manifest
  readonly snapshot: Manifest
  readonly content: Manifest
}

/** What stands in the volume's `rows.txt`. */
export const bytes = "forty-two"

/** What destroys or makes stored data; none of the stories here asks for it. */
export const telling = ["CreateSnapshot", "DeleteSnapshot", "DeleteVolume"] as const

const live = (cluster: CsiCluster) =>
  Effect.gen(function*() {
    yield* installClasses(cluster)
    const bed = yield* mirrorVolumes(cluster)
    yield* bed.start()
    const { metadata, spec } = yield* bed.volumes.claim("db")
    yield* bed.volumes.write("db", "rows.txt", bytes)
    const snapshot = yield* bed.volumes.snapshot("monday", "db")
    const inGit = (key: string) => Effect.map(bed.remote.has(key), ({ manifest }) => manifest)
    return {
      namespace: metadata.namespace ?? "",
      claim: yield* inGit(bed.key("PersistentVolumeClaim", "db")),
      volume: yield* inGit(`PersistentVolume ${(spec satisfies LiveClaim["spec"]).volumeName}`),
      snapshot: yield* inGit(bed.key("VolumeSnapshot", "monday")),
      content: yield* inGit(`VolumeSnapshotContent ${snapshot.status?.boundVolumeSnapshotContentName}`)
    }
  })

export class Yesterday extends Context.Service<Yesterday, SavedCluster<Told>>()("test/Yesterday") {
  static readonly layer = Layer.effect(Yesterday, saveCluster({}, (cluster) => Effect.scoped(live(cluster))))
}

export interface Here extends Told {
  readonly cluster: CsiCluster
  readonly volumes: Volumes
}

/** That cluster goes on. */
export const goOn: Effect.Effect<Here, Effect.Error<ReturnType<typeof startCsiCluster>>, Yesterday | Scope.Scope> =
  Effect.gen(function*() {
    const saved = yield* copyOf(yield* Yesterday)
    const cluster = yield* startCsiCluster(saved)
    return { ...saved.told, cluster, volumes: volumesOf(cluster, saved.told.namespace) }
  })

/** Another cluster on a copy of the same storage, with the classes and the namespace. */
export const startAnother = (
  options: CsiOptions = {}
): Effect.Effect<Here, Effect.Error<ReturnType<typeof startCsiCluster>>, Yesterday | Scope.Scope> =>
  Effect.gen(function*() {
    const { cloud, told } = yield* copyOf(yield* Yesterday)
    const cluster = yield* startCsiCluster({ ...options, cloud })
    yield* installClasses(cluster)
    yield* cluster.kubectlOk(["create", "namespace", told.namespace])
    return { ...told, cluster, volumes: volumesOf(cluster, told.namespace) }
  })
