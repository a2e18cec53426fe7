// `commit`: one changed file among many. From the end of the push to the moment a bystander's watch shows the new value; the
// look at the repository, which would wait for the interval, is set off by hand.
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Context, Effect, Layer, Logger } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as App from "../../src/App.ts"
import * as Config from "../../src/config/Config.ts"
import { Coordinator } from "../../src/coordination/Coordinator.ts"
import { GitActor } from "../../src/git/GitActor.ts"
import { Rulesets } from "../../src/rules/Rulesets.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { type BenchCluster, startBenchCluster } from "./BenchCluster.ts"
import { type Benchmark, say } from "./Benchmark.ts"
import { type ConfigMapWatch, watchConfigMaps } from "./ConfigMapWatch.ts"
import { benchConfig } from "./Contenders.ts"
import { count, type Figure, quantity } from "./Figure.ts"
import { configMapManifest, configMaps, filesOf } from "./Manifests.ts"
import { median, percentile } from "./Statistics.ts"

/** The controller in this process, so that its Git actor can be told to look now. */
const startApp = Effect.fnUntraced(function*(cluster: BenchCluster, gitUrl: string, namespace: string) {
  const file = join(yield* temporaryFolder("gitops-bench-"), "config.yaml")
  yield* Effect.sync(() => writeFileSync(file, JSON.stringify(benchConfig(gitUrl, namespace))))
  const config = yield* Config.load({ file })
  const app = yield* Layer.build(
    App.layer(config, { kubeconfig: cluster.kubeconfig }).pipe(Layer.provide(Rulesets.layer(config.rules)))
  )
  return { git: Context.get(app, GitActor), coordinator: Context.get(app, Coordinator) }
})

interface Bed {
  readonly author: BareRepository
  readonly remote: BareRepository
  readonly git: GitActor["Service"]
  readonly watch: ConfigMapWatch
  readonly namespace: string
}

/** Pushes a change of one file and waits until it can be seen; answers the milliseconds between. */
const oneCommit = Effect.fnUntraced(function*(bed: Bed, index: number, value: string) {
  const { object, path, text } = configMapManifest(bed.namespace, index, value)
  yield* bed.author.commit({ [path]: text })
  const seen = yield* bed.watch.next((it) => it.name === object.metadata.name && it.value === value)
  yield* bed.author.git("push", "--quiet", bed.remote.path, "main")
  const pushed = performance.now()
  yield* bed.git.refresh
  const { at } = yield* seen
  return at - pushed
})

const measure = Effect.fnUntraced(function*(size: number, commits: number) {
  const cluster = yield* startBenchCluster
  const namespace = yield* cluster.namespace("bench")
  const author = yield* bareRepository()
  const remote = yield* bareRepository()
  const first = yield* author.commit(filesOf(configMaps(namespace, size)))
  yield* author.git("push", "--quiet", remote.path, "main")
  const { coordinator, git } = yield* startApp(cluster, remote.url, namespace)
  yield* eventually(
    "the first sync is done",
    coordinator.state,
    ({ git: { tip }, round, settledRound }) => tip?.commit === first && settledRound === round,
    { within: 600_000, every: 250 }
  )
  const watch = yield* watchConfigMaps(cluster, namespace)
  const millis: Array<number> = []
  for (let number = 0; number < commits; number++) {
    const index = (number * 7919) % size
    millis.push(yield* oneCommit({ author, remote, git, watch, namespace }, index, `commit ${number}`))
  }
  yield* say(`one of ${count(size)}: p50 ${quantity(median(millis), "ms")}`)
  return { size, millis, serverVersion: cluster.serverVersion }
}, Effect.scoped)

type Measured = Effect.Success<ReturnType<typeof measure>>

const figuresOf = (measured: Measured, p50: Pick<Figure, "peer" | "goal">): ReadonlyArray<Figure> => {
  const what = `one changed file of ${count(measured.size)}`
  return [
    { what: `${what}, p50`, unit: "ms", ours: median(measured.millis), ...p50 },
    { what: `${what}, p90`, unit: "ms", ours: percentile(measured.millis, 0.9) }
  ]
}

const services = Layer.mergeAll(
  NodeServices.layer,
  NodeHttpClient.layerUndici,
  Logger.layer([])
)

export const commit: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const [size, commits] = quick ? [100, 10] : [1000, 40]
  const few = yield* measure(size, commits)
  const many = yield* measure(size * 10, commits)
  return {
    title: "commit: from the end of a push to the moment a bystander's watch shows it",
    conditions: [
      `kube-apiserver ${few.serverVersion}; a file:// repository; the look at it set off by hand after the push`,
      `${commits} commits of one file each, one after the other; the peer of the larger size is the smaller one`
    ],
    figures: [
      ...figuresOf(few, { goal: { _tag: "AtMost", limit: 100 } }),
      ...figuresOf(many, { peer: median(few.millis), goal: { _tag: "TimesItsTime", atMost: 2 } })
    ],
    runs: { few: few.millis, many: many.millis }
  }
}, Effect.provide(services))
