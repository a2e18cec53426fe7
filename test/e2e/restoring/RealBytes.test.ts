// The whole story with real volumes: a cluster is backed up, destroyed, and an empty one gets its data back from the newest snapshot.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { type CsiCluster, startCsiCluster } from "../../csi/CsiCluster.ts"
import { snapshotManifest } from "../../csi/VolumeManifests.ts"
import { installClasses, volumesOf } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { defaults, startController } from "../Controller.ts"
import { tells } from "../mirroring/mirroring.ts"
import { readRemote } from "../mirroring/readRemote.ts"
import { idFile, isRestored, lose } from "./restoring.ts"
import { deployment, statefulSet } from "./volumes.ts"

const namespace = "story"

const everything = [{ syncTo: "git" }]

const start = ({ kubeconfig }: CsiCluster, { url }: BareRepository, rules: ReadonlyArray<object> = everything) =>
  startController({
    kubeconfig,
    config: {
      ...defaults,
      gitUrl: url,
      restore: "auto",
      rules,
      commit: { quiet: "500ms", maxAge: "2s" }
    }
  })

/** A life of the first cluster: two snapshots whose names sort the wrong way round. Ends with everything but its storage. */
const before = (cloud: string, repository: BareRepository, rules?: ReadonlyArray<object>) =>
  Effect.scoped(Effect.gen(function*() {
    const cluster = yield* startCsiCluster({ cloud })
    const remote = readRemote(repository)
    yield* installClasses(cluster)
    yield* cluster.kubectlOk(["create", "namespace", namespace])
    const volumes = volumesOf(cluster, namespace)
    const controller = yield* start(cluster, repository, rules)
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
    if (rules === undefined) yield* remote.has("VolumeSnapshotClass directories")
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

  it.live(
    "comes back too where classes come late, the driver can't list snapshots and is slow, claims wait for their first consumer, and the controller is killed all along",
    () =>
      Effect.gen(function*() {
        const cloud = join(yield* temporaryFolder("cloud-"), "cloud")
        const repository = yield* bareRepository()
        const rules = [{
          resources: [
            "namespaces",
            "persistentvolumeclaims",
            "volumesnapshots",
            "volumesnapshotcontents",
            "deployments",
            "statefulsets"
          ],
          syncTo: "git"
        }]
        yield* before(cloud, repository, rules)
        const last = (yield* repository.tip()) ?? ""

        const cluster = yield* startCsiCluster({ cloud, listSnapshots: false, readyAfter: "2s" })
        const volumes = volumesOf(cluster, namespace)
        const asking = yield* start(cluster, repository, rules)
        yield* asking.until("it waits", ({ phase }) => phase.includes("restoring starts at"))
        yield* lose(asking)
        const first = yield* start(cluster, repository, rules)
        yield* first.until("it restores", ({ phase }) => phase.startsWith("restoring from"), { within: 60_000 })
        yield* lose(first)
        const second = yield* start(cluster, repository, rules)
        const said = yield* tells(
          second,
          /a-second .*: it is not ready: the VolumeSnapshotClass directories, .* is not there/,
          {
            within: 60_000
          }
        )
        assert.include(said, "create it")
        const names = (kind: string) => volumes.kubectl("get", kind, "-o", "jsonpath={.items[*].metadata.name}")
        assert.strictEqual(yield* names("persistentvolumeclaims"), "")
        assert.strictEqual(yield* names("deployments,statefulsets"), "")
        yield* lose(second)
        yield* installClasses(cluster, "WaitForFirstConsumer")
        const third = yield* start(cluster, repository, rules)
        yield* eventually("claims are back", names("persistentvolumeclaims"), (all) => all.includes("data"), {
          within: 60_000
        })
        yield* lose(third)
        const controller = yield* start(cluster, repository, rules)
        yield* isRestored(controller, { within: 90_000 })
        assert.strictEqual(yield* names("deployments,statefulsets"), "web db")
        yield* cluster.kubectlOk(["create", "-f", "-"], {
          stdin: JSON.stringify({ apiVersion: "v1", kind: "Node", metadata: { name: "node" } })
        })
        for (const claim of ["data", "disk-db-0"])
          yield* volumes.kubectl("annotate", "pvc", claim, "volume.kubernetes.io/selected-node=node")
        yield* volumes.isBound("data")
        yield* volumes.isBound("disk-db-0")
        assert.strictEqual(yield* volumes.read("data", "file"), "second")
        assert.strictEqual(yield* volumes.read("disk-db-0", "file"), "of the database")
        assert.deepStrictEqual(yield* cluster.calls("CreateSnapshot", "DeleteSnapshot", "DeleteVolume"), [])
        const remote = readRemote(repository)
        yield* volumes.apply(snapshotManifest("next", "data"))
        yield* remote.has(`VolumeSnapshot ${namespace}/next`)
        assert.strictEqual(
          yield* repository.git("diff", "--name-only", "--diff-filter=D", last, "main"),
          ""
        )
        const contents = yield* repository.git("diff", "--name-only", "--diff-filter=M", last, "main")
        assert.notMatch(contents, /volumesnapshot/)
      }),
    300_000
  )
})
