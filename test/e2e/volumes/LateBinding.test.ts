// Claims whose volume is made where their first pod runs: Git holds what was asked for, before and after.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { driverName, startCsiCluster } from "../../csi/CsiCluster.ts"
import { claimManifest } from "../../csi/VolumeManifests.ts"
import { installClasses, type LiveClaim } from "../../csi/Volumes.ts"
import { mirrorVolumes } from "./mirrorVolumes.ts"

const zone = `topology.${driverName}/zone`

/** What a kubelet would have made. */
const node = [
  { apiVersion: "v1", kind: "Node", metadata: { name: "node-1", labels: { [zone]: "a" } } },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: { name: "node-1" },
    spec: { drivers: [{ name: driverName, nodeID: "node-1", topologyKeys: [zone] }] }
  }
]

it.live(
  "a claim that waits for its first consumer goes to Git at once, and stays as it is when it gets its volume",
  () =>
    Effect.gen(function*() {
      const cluster = yield* startCsiCluster({ topology: true })
      yield* installClasses(cluster, "WaitForFirstConsumer")
      const bed = yield* mirrorVolumes(cluster)
      yield* bed.volumes.apply(...node, claimManifest("db"))
      yield* bed.start()
      const key = bed.key("PersistentVolumeClaim", "db")
      const waiting = yield* bed.remote.has(key)
      assert.strictEqual((yield* bed.volumes.get<LiveClaim>("persistentvolumeclaim", "db")).status?.phase, "Pending")
      assert.deepStrictEqual(yield* cluster.calls("CreateVolume"), [])
      yield* bed.volumes.kubectl("annotate", "persistentvolumeclaim", "db", "volume.kubernetes.io/selected-node=node-1")
      const { spec } = yield* bed.volumes.isBound("db")
      const volume = yield* bed.remote.has(`PersistentVolume ${spec.volumeName}`)
      assert.property(volume.manifest.spec, "nodeAffinity")
      assert.strictEqual((yield* bed.remote.has(key)).text, waiting.text)
      const log = yield* bed.repository.git("log", "--format=%H", bed.repository.branch, "--", waiting.path)
      assert.strictEqual(log.trim().split("\n").length, 1)
    }),
  180_000
)
