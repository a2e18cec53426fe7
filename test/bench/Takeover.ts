// `takeover`: two replicas, and the one that leads is killed, or ended in order as a rolling update does. How long drift stays meanwhile.
import { Effect } from "effect"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startBenchCluster } from "./BenchCluster.ts"
import { type Benchmark, say } from "./Benchmark.ts"
import { watchConfigMaps } from "./ConfigMapWatch.ts"
import { benchConfig, inStep } from "./Contenders.ts"
import { count } from "./Figure.ts"
import { configMaps, filesOf } from "./Manifests.ts"

const patch = JSON.stringify({ data: { value: "edited" } })
/** The defaults of the configuration, in milliseconds. */
const leaseTime = 15_000
const lease = { duration: "15s", renew: "10s", retry: "2s" }
/** What may come on top of it. */
const onTop = 2000

const standsBy = (controller: Controller) =>
  controller.until("it stands by", ({ phase }) => /^standby: (?!nobody)/.test(phase))

export const takeover: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const [size, rounds] = quick ? [100, 1] : [1000, 4]
  const cluster = yield* startBenchCluster
  const namespace = yield* cluster.namespace("bench")
  const repository = yield* bareRepository()
  const commit = yield* repository.commit(filesOf(configMaps(namespace, size)))
  const configText = JSON.stringify({ ...benchConfig(repository.url, namespace), lease })
  const start = startController({ kubeconfig: cluster.kubeconfig, configText })
  let leader = yield* start
  yield* inStep(leader, commit)
  const watch = yield* watchConfigMaps(cluster, namespace)

  const after = Effect.fnUntraced(function*(signal: "SIGKILL" | "SIGTERM") {
    const millis: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      const next = yield* start
      yield* standsBy(next)
      const name = `settings-${round}`
      const restored = yield* watch.next((sighting) => sighting.name === name && sighting.value === "one")
      const begin = performance.now()
      yield* leader.process.signal(signal)
      if (signal === "SIGTERM") yield* leader.process.exit
      yield* cluster.kubectlOk(["patch", "configmap", name, "-n", namespace, "-p", patch])
      millis.push((yield* restored).at - begin)
      yield* eventually("all is in step", next.status, ({ settled, total }) => settled && total.inStep === size, {
        within: 60_000
      })
      leader = next
      yield* say(`${signal}: ${Math.round(millis.at(-1) ?? 0)} ms`)
    }
    return millis
  })
  const killed = yield* after("SIGKILL")
  const ended = yield* after("SIGTERM")
  return {
    title: `takeover: two replicas over ${count(size)} ConfigMaps, the leader goes`,
    conditions: [
      `kube-apiserver ${cluster.serverVersion}; lease ${lease.duration}, renew ${lease.renew}, retry ${lease.retry}; ` +
      `${rounds} times each, the longest counts`,
      "from the signal to an edit undone that kubectl made right after it, on a bystander's watch"
    ],
    figures: [
      {
        what: "killed (SIGKILL)",
        unit: "ms",
        ours: Math.max(...killed),
        goal: { _tag: "AtMost", limit: leaseTime + onTop }
      },
      { what: "ended in order (SIGTERM)", unit: "ms", ours: Math.max(...ended), goal: { _tag: "AtMost", limit: onTop } }
    ],
    runs: { killed, ended }
  }
})
