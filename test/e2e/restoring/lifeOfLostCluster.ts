// The life of the cluster that the stories with real volumes begin with: it has claims, snapshots and what uses them, is backed up, and
// is lost.
import { Effect } from "effect"
import { type CsiCluster } from "../../csi/CsiCluster.ts"
import { saveCluster } from "../../csi/SavedCluster.ts"
import { installClasses, volumesOf } from "../../csi/Volumes.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { defaults, startController } from "../Controller.ts"
import { configMap } from "../mirroring/mirroring.ts"
import { type Manifest, readRemote } from "../mirroring/readRemote.ts"
import { lose } from "./restoring.ts"
import { deployment, statefulSet } from "./volumes.ts"

export const namespace = "story"

/** What the volume of the claim `data` had when its newest snapshot, `a-second`, was taken. */
export const newest = "second"

/** What was written into it after that. */
export const latest = "lost with the cluster"

export interface Told {
  readonly repository: string
  /** Of the claim `data` and of its newest snapshot, as they stand in Git. */
  readonly claim: Manifest
  readonly volume: Manifest
  readonly snapshot: Manifest
  readonly content: Manifest
}

/** Two snapshots of one claim, whose names sort the wrong way round, one of a claim that a StatefulSet uses, and what uses them. */
const live = (repository: BareRepository) =>
  Effect.fnUntraced(function*(cluster: CsiCluster) {
    const remote = readRemote(repository)
    yield* installClasses(cluster)
    yield* cluster.kubectlOk(["create", "namespace", namespace])
    const volumes = volumesOf(cluster, namespace)
    const controller = yield* startController({
      kubeconfig: cluster.kubeconfig,
      config: {
        ...defaults,
        gitUrl: repository.url,
        rules: [{ syncTo: "git" }],
        commit: { quiet: "200ms", maxAge: "1s" }
      }
    })
    const data = yield* volumes.claim("data")
    yield* volumes.write("data", "file", "first")
    yield* volumes.snapshot("z-first", "data")
    yield* volumes.write("data", "file", newest)
    const taken = yield* volumes.snapshot("a-second", "data")
    yield* volumes.write("data", "file", latest)
    yield* volumes.claim("disk-db-0")
    yield* volumes.write("disk-db-0", "file", "of the database")
    yield* volumes.snapshot("disk", "disk-db-0")
    yield* volumes.apply(
      deployment(namespace, "web", "data"),
      statefulSet(namespace, "db", "disk"),
      configMap("settings")
    )
    const inGit = (key: string) => Effect.map(remote.has(key), ({ manifest }) => manifest)
    for (const name of ["VolumeSnapshot/z-first", "VolumeSnapshot/disk", "PersistentVolumeClaim/disk-db-0"])
      yield* inGit(name.replace("/", ` ${namespace}/`))
    for (const name of ["Deployment/web", "StatefulSet/db", "ConfigMap/settings"])
      yield* inGit(name.replace("/", ` ${namespace}/`))
    yield* inGit("VolumeSnapshotClass directories")
    yield* inGit("StorageClass directories")
    const told: Told = {
      repository: repository.path,
      claim: yield* inGit(`PersistentVolumeClaim ${namespace}/data`),
      volume: yield* inGit(`PersistentVolume ${data.spec.volumeName}`),
      snapshot: yield* inGit(`VolumeSnapshot ${namespace}/a-second`),
      content: yield* inGit(`VolumeSnapshotContent ${taken.status?.boundVolumeSnapshotContentName}`)
    }
    yield* controller.until("all is written", ({ settled, writing }) => settled && writing?.waiting === 0)
    yield* lose(controller)
    return told
  }, Effect.scoped)

/** What is left of it goes with the scope. */
export const liveAndBeLost = Effect.flatMap(
  bareRepository(),
  (repository) => saveCluster({}, live(repository))
)
