// What is left of a cluster with a claim, a file in it and a snapshot of it: each test goes on from a copy of it, or restores what Git
// has in a cluster of its own.
import { Effect, type Scope } from "effect"
import { type CsiCluster, type CsiOptions, startCsiCluster } from "../../csi/CsiCluster.ts"
import { installClasses, type Volumes, volumesOf } from "../../csi/Volumes.ts"
import { namespace, type Told } from "../restoring/lifeOfLostCluster.ts"
import { lostCluster } from "../restoring/LostCluster.ts"

/** What destroys or makes stored data; none of the stories here asks for it. */
export const telling = ["CreateSnapshot", "DeleteSnapshot", "DeleteVolume"] as const

export interface Here extends Told {
  readonly namespace: string
  readonly cluster: CsiCluster
  readonly volumes: Volumes
}

type Starting = Effect.Effect<Here, Effect.Error<ReturnType<typeof startCsiCluster>>, Scope.Scope>

/** That cluster goes on. */
export const goOn: Starting = Effect.gen(function*() {
  const { cloud, data, told } = yield* lostCluster
  const cluster = yield* startCsiCluster({ cloud, data })
  return { ...told, namespace, cluster, volumes: volumesOf(cluster, namespace) }
})

/** Another cluster on a copy of the same storage, with the classes and the namespace. */
export const startAnother = (options: CsiOptions = {}): Starting =>
  Effect.gen(function*() {
    const { cloud, told } = yield* lostCluster
    const cluster = yield* startCsiCluster({ ...options, cloud })
    yield* installClasses(cluster)
    yield* cluster.kubectlOk(["create", "namespace", namespace])
    return { ...told, namespace, cluster, volumes: volumesOf(cluster, namespace) }
  })
