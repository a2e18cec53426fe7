// `drift`: edits by kubectl, put right. From the moment a bystander's watch shows the edit to the moment it shows it undone.
import { Effect } from "effect"
import { startController } from "../e2e/Controller.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startBenchCluster } from "./BenchCluster.ts"
import { type Benchmark, say } from "./Benchmark.ts"
import { watchConfigMaps } from "./ConfigMapWatch.ts"
import { benchConfig, inStep } from "./Contenders.ts"
import { count } from "./Figure.ts"
import { configMaps, filesOf } from "./Manifests.ts"
import { median, percentile } from "./Statistics.ts"

const patch = JSON.stringify({ data: { value: "edited" } })

export const drift: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const [size, edits] = quick ? [100, 20] : [1000, 200]
  const cluster = yield* startBenchCluster
  const namespace = yield* cluster.namespace("bench")
  const repository = yield* bareRepository()
  const commit = yield* repository.commit(filesOf(configMaps(namespace, size)))
  const configText = JSON.stringify(benchConfig(repository.url, namespace))
  const controller = yield* startController({ kubeconfig: cluster.kubeconfig, configText })
  yield* inStep(controller, commit)
  const watch = yield* watchConfigMaps(cluster, namespace)
  const millis: Array<number> = []
  for (let edit = 0; edit < edits; edit++) {
    const name = `settings-${edit * Math.floor(size / edits)}`
    const edited = yield* watch.next((sighting) => sighting.name === name && sighting.value === "edited")
    const restored = yield* watch.next((sighting) => sighting.name === name && sighting.value === "one")
    yield* cluster.kubectlOk(["patch", "configmap", name, "-n", namespace, "-p", patch])
    millis.push((yield* restored).at - (yield* edited).at)
    if ((edit + 1) % 50 === 0) yield* say(`${edit + 1} of ${edits} edits put right`)
  }
  return {
    title: "drift: from an edit seen to the edit undone, both on a bystander's watch",
    conditions: [
      `kube-apiserver ${cluster.serverVersion}; ${edits} edits by kubectl patch, one after the other, ` +
      `each of another of ${count(size)} ConfigMaps`
    ],
    figures: [
      { what: "edit seen to restored, p50", unit: "ms", ours: median(millis), goal: { _tag: "AtMost", limit: 50 } },
      {
        what: "edit seen to restored, p99",
        unit: "ms",
        ours: percentile(millis, 0.99),
        goal: { _tag: "AtMost", limit: 500 }
      },
      { what: "edit seen to restored, longest", unit: "ms", ours: Math.max(...millis) }
    ],
    runs: millis
  }
})
