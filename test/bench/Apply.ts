// `apply`: the first sync of many objects, beside a bare replay of the same requests and beside kubectl, which all create
// them on one control plane, in turn, each from the same empty beginning.
import { Effect } from "effect"
import { type BenchCluster, emptyCollection, kubeconfigVia, portOf, startBenchCluster } from "./BenchCluster.ts"
import { type Benchmark, say } from "./Benchmark.ts"
import { type ApplyRun, type Contender, measure } from "./Contenders.ts"
import { delayProxy } from "./DelayProxy.ts"
import { count, type Figure, type Goal, quantity } from "./Figure.ts"
import { configMaps, configMapsPath, deployments, deploymentsPath, type Generated } from "./Manifests.ts"
import { type Pair, pairedFigure } from "./Rounds.ts"
import { median } from "./Statistics.ts"

interface Case {
  readonly what: string
  readonly contenders: ReadonlyArray<Contender>
  readonly rounds: number
  /** Added to every round trip, in milliseconds. */
  readonly delay: number
  readonly manifests: (namespace: string) => ReadonlyArray<Generated>
  readonly collection: (namespace: string) => string
  /** How much faster than kubectl it should be. */
  readonly asFast: number
}

type Runs = Readonly<Record<Contender, ReadonlyArray<ApplyRun>>>

const all: ReadonlyArray<Contender> = ["replay", "ours", "kubectl"]
const farMillis = 10

const casesFor = (quick: boolean): ReadonlyArray<Case> => {
  const thousand = quick ? 200 : 1000
  const configMapCase = (size: number, rounds: number): Case => ({
    what: `${count(size)} ConfigMaps`,
    contenders: all,
    rounds: quick ? 1 : rounds,
    delay: 0,
    manifests: (namespace) => configMaps(namespace, size),
    collection: configMapsPath,
    asFast: 1.5
  })
  return [
    configMapCase(thousand, 5),
    {
      ...configMapCase(thousand, 5),
      what: `${count(thousand)} Deployments`,
      manifests: (namespace) => deployments(namespace, thousand),
      collection: deploymentsPath
    },
    {
      ...configMapCase(thousand, 3),
      what: `${count(thousand)} ConfigMaps, ${farMillis} ms away`,
      contenders: ["ours", "kubectl"],
      delay: farMillis,
      asFast: 8
    },
    configMapCase(thousand * 10, 1)
  ]
}

/** In another order each round, so that none always comes first. */
const inTurn = (contenders: ReadonlyArray<Contender>, round: number) =>
  contenders.map((_, index) => contenders[(index + round) % contenders.length]).filter((it) => it !== undefined)

const runCase = Effect.fnUntraced(function*(cluster: BenchCluster, it: Case) {
  const runs: Record<Contender, Array<ApplyRun>> = { ours: [], kubectl: [], replay: [] }
  const kubeconfig = it.delay === 0
    ? cluster.kubeconfig
    : yield* kubeconfigVia(cluster, yield* delayProxy(portOf(cluster), it.delay))
  for (let round = 0; round < it.rounds; round++) {
    for (const contender of inTurn(it.contenders, round)) {
      const namespace = yield* cluster.namespace("bench")
      const run = yield* measure(contender, { cluster, kubeconfig, namespace, manifests: it.manifests(namespace) })
      runs[contender].push(run)
      yield* say(`${it.what}, round ${round + 1} of ${it.rounds}, ${contender}: ${quantity(run.millis, "ms")}`)
      yield* emptyCollection(cluster, it.collection(namespace))
    }
  }
  return runs as Runs
}, Effect.scoped)

const stage = (runs: ReadonlyArray<ApplyRun>, name: string) =>
  median(runs.map(({ before }) => before[name] ?? Number.NaN))

const pairsOf = (ours: ReadonlyArray<ApplyRun>, peers: ReadonlyArray<ApplyRun>) =>
  ours.flatMap((run, round): ReadonlyArray<Pair> => {
    const peer = peers[round]
    return peer === undefined ? [] : [{ ours: run.millis, peer: peer.millis }]
  })

const figuresOf = (it: Case, { kubectl, ours, replay }: Runs): ReadonlyArray<Figure> => {
  const beside = (peer: string, runs: ReadonlyArray<ApplyRun>, goal: Goal): Figure =>
    pairedFigure(`${it.what}, beside ${peer}`, pairsOf(ours, runs), goal)
  return [
    ...replay.length === 0 ? [] : [beside("a bare replay", replay, { _tag: "TimesItsTime", atMost: 1.25 })],
    beside("kubectl", kubectl, { _tag: "AsFast", atLeast: it.asFast })
  ]
}

/** What the goals leave out. */
const startUpOf = (it: Case, { kubectl, ours }: Runs): ReadonlyArray<Figure> => [
  { what: `before: ${it.what}: start to listening`, unit: "ms", ours: stage(ours, "listening") },
  { what: `before: ${it.what}: start to commit read and parsed`, unit: "ms", ours: stage(ours, "takenUp") },
  {
    what: `before: ${it.what}: start to first PATCH, beside kubectl`,
    unit: "ms",
    ours: stage(ours, "firstPatch"),
    peer: stage(kubectl, "firstPatch")
  }
]

/** The API server learns its types and kubectl its API at the first request. */
const warmUp = Effect.fnUntraced(function*(cluster: BenchCluster) {
  for (const [generate, collection] of [[configMaps, configMapsPath], [deployments, deploymentsPath]] as const) {
    for (const contender of ["replay", "kubectl"] as const) {
      const namespace = yield* cluster.namespace("warm-up")
      const manifests = generate(namespace, 50)
      yield* measure(contender, { cluster, kubeconfig: cluster.kubeconfig, namespace, manifests })
      yield* emptyCollection(cluster, collection(namespace))
    }
  }
})

export const apply: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const cluster = yield* startBenchCluster
  yield* warmUp(cluster)
  const results: Array<{ readonly it: Case; readonly runs: Runs }> = []
  for (const it of casesFor(quick)) results.push({ it, runs: yield* runCase(cluster, it) })
  return {
    title: "apply: the first sync, from the first PATCH received to the last one answered",
    conditions: [
      `kube-apiserver ${cluster.serverVersion}; all are timed by its audit log, which is on for all`,
      "five rounds near, three far away, one of ten thousand; all in turn, from the same empty beginning: medians, and the",
      "ratio is the median of the rounds' own, as the machine's speed changes from one round to the next"
    ],
    figures: [
      ...results.flatMap(({ it, runs }) => figuresOf(it, runs)),
      ...results.flatMap(({ it, runs }) => startUpOf(it, runs))
    ],
    runs: Object.fromEntries(results.map(({ it, runs }) => [it.what, runs]))
  }
})
