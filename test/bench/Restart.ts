// `restart`: the controller starts again over a cluster that is in step. It must write nothing, and see that it is so.
import { Effect } from "effect"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually, realSleep } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { type BenchCluster, startBenchCluster } from "./BenchCluster.ts"
import { type Benchmark, say, timed } from "./Benchmark.ts"
import { watchConfigMaps } from "./ConfigMapWatch.ts"
import { benchConfig, inStep } from "./Contenders.ts"
import { count, type Figure, quantity } from "./Figure.ts"
import { configMaps, filesOf } from "./Manifests.ts"
import { bareNodeMemory, peakMemory } from "./PeakMemory.ts"

const userAgent = "gitops-controller"
const restMillis = 3000

/** Whether every object is in step, and it says that it is ready. */
const isReady = (controller: Controller, size: number) =>
  eventually(
    "ready, with everything in step",
    controller.status,
    ({ ready, settled, total }) => ready && settled && total.inStep === size,
    { within: 600_000, every: 100 }
  )

/** Requests of the controller that changed something since then. */
const writesSince = Effect.fnUntraced(function*(cluster: BenchCluster, mark: number, namespace: string) {
  const requests = yield* cluster.auditSince(mark)
  const writes = requests.filter((request) => request.write && request.userAgent.startsWith(userAgent))
  return {
    requests: requests.filter((request) => request.userAgent.startsWith(userAgent)).length,
    objects: writes.filter((request) => request.namespace === namespace).length,
    own: writes.filter((request) => request.namespace !== namespace && request.resource !== "leases").length
  }
})

/** Waits until it has written nothing but its Lease for a while: what it found out is in its record. */
const isAtRest = Effect.fnUntraced(function*(cluster: BenchCluster, namespace: string) {
  const look = Effect.gen(function*() {
    const mark = yield* cluster.auditMark
    yield* realSleep(restMillis)
    const { objects, own } = yield* writesSince(cluster, mark, namespace)
    return objects + own
  })
  yield* eventually("it writes nothing any more", look, (writes) => writes === 0, { within: 120_000 })
})

/** Proves that it was watching all the time: an edit is put right, by one write. */
const proveAwake = Effect.fnUntraced(function*(cluster: BenchCluster, namespace: string) {
  const watch = yield* watchConfigMaps(cluster, namespace)
  const mark = yield* cluster.auditMark
  const restored = yield* watch.next(({ name, value }) => name === "settings-3" && value === "one")
  const patch = JSON.stringify({ data: { value: "edited" } })
  yield* cluster.kubectlOk(["patch", "configmap", "settings-3", "-n", namespace, "-p", patch])
  yield* restored
  const { objects } = yield* writesSince(cluster, mark, namespace)
  if (objects === 0)
    return yield* new MeasuredSomethingElse({ message: "the audit log doesn't show the controller's own writes" })
})

export const restart: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const size = quick ? 1000 : 10_000
  const cluster = yield* startBenchCluster
  const namespace = yield* cluster.namespace("bench")
  const repository = yield* bareRepository()
  const commit = yield* repository.commit(filesOf(configMaps(namespace, size)))
  const configText = JSON.stringify(benchConfig(repository.url, namespace))
  const start = startController({ kubeconfig: cluster.kubeconfig, configText })
  const firstSyncMemory = yield* Effect.scoped(Effect.gen(function*() {
    const controller = yield* start
    yield* inStep(controller, commit)
    yield* isAtRest(cluster, namespace)
    return yield* peakMemory(controller.process.pid)
  }))
  yield* say(`${count(size)} ConfigMaps are in step`)
  const bare = yield* bareNodeMemory
  const mark = yield* cluster.auditMark
  const [controller, millis] = yield* timed(Effect.tap(start, (it) => isReady(it, size)))
  yield* say(`ready again after ${quantity(millis, "ms")}`)
  yield* realSleep(restMillis)
  const memory = yield* peakMemory(controller.process.pid)
  const writes = yield* writesSince(cluster, mark, namespace)
  yield* proveAwake(cluster, namespace)

  const memoryFigures: ReadonlyArray<Figure> = bare === undefined || memory === undefined ? [] : [
    {
      what: "peak memory above bare Node's",
      unit: "MiB",
      ours: memory - bare,
      goal: { _tag: "AtMost", limit: 200 }
    },
    { what: "peak memory, beside bare Node", unit: "MiB", ours: memory, peer: bare },
    ...firstSyncMemory === undefined ? [] : [{
      what: "peak memory of the first sync, beside bare Node",
      unit: "MiB" as const,
      ours: firstSyncMemory,
      peer: bare
    }]
  ]
  return {
    title: `restart: ${count(size)} ConfigMaps in step, the controller starts again`,
    conditions: [
      `kube-apiserver ${cluster.serverVersion}; writes are counted in its audit log, until 3 s after ready`,
      "and an edit made then is put right, so it was awake; memory is VmHWM of the process"
    ],
    figures: [
      { what: "writes to objects", unit: "requests", ours: writes.objects, goal: { _tag: "AtMost", limit: 0 } },
      {
        what: "writes to its own state, its Lease aside",
        unit: "requests",
        ours: writes.own,
        goal: { _tag: "AtMost", limit: 0 }
      },
      { what: "requests of all kinds", unit: "requests", ours: writes.requests },
      { what: "process start to ready", unit: "ms", ours: millis },
      ...memoryFigures
    ],
    runs: { writes, millis, memory, bare, firstSyncMemory }
  }
})
