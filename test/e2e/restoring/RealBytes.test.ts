// The whole story with real volumes: a cluster is backed up, destroyed, and an empty one gets its data back from the newest snapshot.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { type CsiCluster, startCsiCluster } from "../../csi/CsiCluster.ts"
import { snapshotManifest } from "../../csi/VolumeManifests.ts"
import { installClasses, volumesOf } from "../../csi/Volumes.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { defaults, startController } from "../Controller.ts"
import { readRemote } from "../mirroring/readRemote.ts"
import { idFile, isRestored, lose } from "./restoring.ts"
import { deployment, statefulSet } from "./volumes.ts"

const namespace = "story"

const start = ({ kubeconfig }: CsiCluster, { url }: BareRepository) =>
  startController({
    kubeconfig,
    config: {
      ...defaults,
      gitUrl: url,
      restore: "auto",
      rules: [{ syncTo: "git" }],
      commit: { quiet: "500ms", maxAge: "2s" }
    }
  })

/** A life of the first cluster: two snapshots whose names sort the wrong way round. Ends with everything but its storage. */
const before = (cloud: string, repository: BareRepository) =>
  Effect.scoped(Effect.gen(function*() {
    const cluster = yield* startCsiCluster({ cloud })
    const remote = readRemote(repository)
    yield* installClasses(cluster)
    yield* cluster.kubectlOk(["create", "namespace", namespace])
    const volumes = volumesOf(cluster, namespace)
    const controller = yield* start(cluster, repository)
    yield* volumes.claim("data")
    yield* volumes.write("data", "file", "first")
    yield* volumes.snapshot("z-first", "data")
    yield* volumes.write("data", "file", "second")
    yield* volumes.snapshot("a-second", "data")
    yield* volumes.write("data", "file", "lost with the cluster")
    yield* volumes.claim("disk-db-0")
    yield* volumes.write("disk-db-0", "file", "of the database")
    yield* volumes.snapshot("disk", "disk-db-0")
    yield* volumes.apply(deployment(namespace, "web", "data"), statefulSet(namespace, "db", "disk"))
    for (const name of ["z-first", "a-second", "disk"]) yield* remote.has(`VolumeSnapshot ${namespace}/${name}`)
    yield* remote.has(`PersistentVolumeClaim ${namespace}/data`)
    yield* remote.has(`PersistentVolumeClaim ${namespace}/disk-db-0`)
    yield* remote.has(`Deployment ${namespace}/web`)
    yield* remote.has(`StatefulSet ${namespace}/db`)
    yield* remote.has(`VolumeSnapshotClass directories`)
    yield* controller.until("all is written", ({ settled, writing }) => settled && writing?.waiting === 0)
    yield* lose(controller)
  }))

describe("a cluster with volumes", () => {
  it.live(
    "is destroyed, and an empty one gets the bytes of the newest snapshots back, with nothing taken from Git or from the storage",
    () =>
      Effect.gen(function*() {
        const cloud = join(yield* temporaryFolder("cloud-"), "cloud")
        const repository = yield* bareRepository()
        const remote = readRemote(repository)
        yield* before(cloud, repository)
        const last = (yield* repository.tip()) ?? ""

        const cluster = yield* startCsiCluster({ cloud })
        const volumes = volumesOf(cluster, namespace)
        const controller = yield* start(cluster, repository)
        yield* isRestored(controller, { within: 120_000 })
        yield* volumes.isBound("data")
        yield* volumes.isBound("disk-db-0")
        assert.strictEqual(yield* volumes.read("data", "file"), "second")
        assert.strictEqual(yield* volumes.read("disk-db-0", "file"), "of the database")
        const made = yield* volumes.kubectl(
          "get",
          "deployments,statefulsets",
          "-o",
          "jsonpath={.items[*].metadata.name}"
        )
        assert.deepStrictEqual(made.split(" "), ["web", "db"])
        assert.deepStrictEqual(yield* cluster.calls("CreateSnapshot", "DeleteSnapshot", "DeleteVolume"), [])

        yield* volumes.apply(snapshotManifest("next", "data"))
        yield* remote.has(`VolumeSnapshot ${namespace}/next`)
        const differs = (filter: string) =>
          repository.git("diff", "--name-only", `--diff-filter=${filter}`, last, "main")
        assert.strictEqual(yield* differs("a"), idFile, "what is new is the new cluster's own")
        assert.deepStrictEqual(yield* remote.removed, [])
        assert.lengthOf(yield* cluster.calls("CreateSnapshot"), 1)
      }),
    300_000
  )
})
