// The whole story with real volumes: a cluster is backed up, destroyed, and an empty one gets its data back from the newest snapshot.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type CsiCluster, startCsiCluster } from "../../csi/CsiCluster.ts"
import { snapshotManifest } from "../../csi/VolumeManifests.ts"
import { installClasses, volumesOf } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { defaults, startController } from "../Controller.ts"
import { tells } from "../mirroring/mirroring.ts"
import { readRemote } from "../mirroring/readRemote.ts"
import { namespace, newest } from "./lifeOfLostCluster.ts"
import { lostCluster } from "./LostCluster.ts"
import { idFile, isRestored, lose } from "./restoring.ts"

const everything = [{ syncTo: "git" }]

const start = ({ kubeconfig }: CsiCluster, { url }: BareRepository, rules: ReadonlyArray<object> = everything) =>
  startController({
    kubeconfig,
    config: {
      ...defaults,
      gitUrl: url,
      restore: "auto",
      rules,
      lease: { duration: "2s", renew: "1s", retry: "200ms" },
      commit: { quiet: "500ms", maxAge: "2s" }
    }
  })

describe("a cluster with volumes", () => {
  it.live(
    "is destroyed, and an empty one gets the bytes of the newest snapshots back, with nothing taken from Git or from the storage",
    () =>
      Effect.gen(function*() {
        const { cloud, last, repository } = yield* lostCluster
        const remote = readRemote(repository)
        const cluster = yield* startCsiCluster({ cloud })
        const volumes = volumesOf(cluster, namespace)
        const controller = yield* start(cluster, repository)
        yield* isRestored(controller, { within: 120_000 })
        yield* volumes.isBound("data")
        yield* volumes.isBound("disk-db-0")
        assert.strictEqual(yield* volumes.read("data", "file"), newest)
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
    "comes back too where classes come late, the driver can't list snapshots and is slow, claims wait for their first consumer, and the controller is killed twice",
    () =>
      Effect.gen(function*() {
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
        const { cloud, last, repository } = yield* lostCluster
        const cluster = yield* startCsiCluster({ cloud, listSnapshots: false, readyAfter: "2s" })
        const volumes = volumesOf(cluster, namespace)
        const first = yield* start(cluster, repository, rules)
        const said = yield* tells(
          first,
          /a-second .*: it is not ready: the VolumeSnapshotClass directories, .* is not there/,
          {
            within: 60_000
          }
        )
        assert.include(said, "create it")
        const names = (kind: string) => volumes.kubectl("get", kind, "-o", "jsonpath={.items[*].metadata.name}")
        assert.strictEqual(yield* names("persistentvolumeclaims"), "")
        assert.strictEqual(yield* names("deployments,statefulsets"), "")
        yield* lose(first)
        yield* installClasses(cluster, "WaitForFirstConsumer")
        const second = yield* start(cluster, repository, rules)
        yield* eventually("claims are back", names("persistentvolumeclaims"), (all) => all.includes("data"), {
          within: 60_000
        })
        yield* lose(second)
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
        assert.strictEqual(yield* volumes.read("data", "file"), newest)
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
