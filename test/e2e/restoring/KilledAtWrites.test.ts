// A restore with real volumes whose controller is killed at its writes, one after the other, on either side: it goes on, and at the
// end everything is as if it had never been killed.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { startCsiCluster } from "../../csi/CsiCluster.ts"
import { volumesOf } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { defaults, startController } from "../Controller.ts"
import { configMap } from "../mirroring/mirroring.ts"
import { readRemote } from "../mirroring/readRemote.ts"
import { killing } from "./killing.ts"
import { namespace, newest } from "./lifeOfLostCluster.ts"
import { lostCluster } from "./LostCluster.ts"
import { idFile } from "./restoring.ts"

const start = ({ url }: BareRepository, kubeconfig: string) =>
  startController({
    kubeconfig,
    config: {
      ...defaults,
      gitUrl: url,
      restore: "auto",
      lease: { duration: "2s", renew: "1s", retry: "200ms" },
      rules: [
        { resources: ["namespaces"], names: [namespace], syncTo: "git" },
        { resources: ["storageclasses", "volumesnapshots", "volumesnapshotcontents"], syncTo: "git" },
        { resources: ["volumesnapshotclasses"], syncTo: "git" },
        { namespaces: [namespace], syncTo: "git" }
      ],
      commit: { quiet: "500ms", maxAge: "2s" }
    }
  })

/** One life: until it is killed, or everything is restored. */
const live = Effect.fnUntraced(function*(
  way: Effect.Success<ReturnType<typeof killing>>,
  repository: BareRepository
) {
  const controller = yield* start(repository, way.kubeconfig)
  yield* way.watch(controller.process.pid)
  const phase = Effect.map(controller.status, (status) => status.settled ? status.phase : "").pipe(
    Effect.timeout("2 seconds"),
    Effect.catchCause(() => Effect.succeed(""))
  )
  const ended = Effect.all({ hasExited: controller.process.hasExited, phase })
  const { hasExited } = yield* eventually(
    "it is killed, or done",
    ended,
    ({ hasExited, phase }) => hasExited || phase === "restored, syncing",
    { within: 90_000, every: 50 }
  )
  return hasExited ? "killed" as const : "done" as const
}, Effect.scoped)

describe("a restore that is killed at its writes", () => {
  it.live(
    "goes on each time, and ends as if it had not been",
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder("killed-")
        const { cloud, last, repository } = yield* lostCluster
        const remote = readRemote(repository)
        const documents = [...(yield* remote.documents).keys()].sort()

        const cluster = yield* startCsiCluster({ cloud })
        const way = yield* killing(cluster.kubeconfig, repository, folder)
        yield* way.atPush("before")
        let lives = 1
        while ((yield* live(way, repository)) === "killed") {
          lives++
          // The request is pushed first, and at the end this cluster's name.
          if (lives === 2 || lives === 4) yield* way.atPush("after")
          if (lives === 3) yield* way.atPush("before")
        }
        yield* way.stop
        assert.isAbove(way.killed.length, 10, "or nothing is shown")

        const volumes = volumesOf(cluster, namespace)
        const controller = yield* start(repository, cluster.kubeconfig)
        yield* volumes.isBound("data")
        yield* volumes.isBound("disk-db-0")
        assert.strictEqual(yield* volumes.read("data", "file"), newest)
        assert.deepStrictEqual(yield* cluster.calls("CreateSnapshot", "DeleteSnapshot", "DeleteVolume"), [])
        assert.deepStrictEqual([...(yield* remote.documents).keys()].sort(), documents)
        yield* volumes.apply(configMap("sentinel"))
        yield* remote.has(`ConfigMap ${namespace}/sentinel`)
        yield* volumes.kubectl("delete", "configmap", "sentinel")
        yield* remote.lacks(`ConfigMap ${namespace}/sentinel`)
        assert.lengthOf(yield* remote.removed, 1)
        yield* controller.until("all is compared", ({ settled, writing }) => settled && writing?.waiting === 0)
        assert.strictEqual(yield* repository.git("diff", "--name-only", last, "main"), idFile)
        yield* controller.process.stop
      }),
    1_200_000
  )
})
