// What it costs that objects change their status all the time, when nothing of that goes to Git: processor time, and no commit.
import { Effect } from "effect"
import { realSleep } from "../process/Eventually.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { BenchCluster } from "./BenchCluster.ts"
import { say } from "./Benchmark.ts"
import { cpuTime } from "./CpuTime.ts"
import { openEditor } from "./Editor.ts"
import { count, type Figure } from "./Figure.ts"
import { deploymentManifest, deployments } from "./Manifests.ts"
import { mustHold, startMirror } from "./Mirror.ts"
import { nextMove, tipOf } from "./RemoteTip.ts"
import { replay } from "./Replay.ts"

export interface NoiseOptions {
  readonly objects: number
  /** Changes of a status each second. */
  readonly rate: number
  readonly seconds: number
}

const within = <E>(pid: number, seconds: number, work: (second: number) => Effect.Effect<void, E>) =>
  Effect.gen(function*() {
    const [cpu, begin] = [yield* cpuTime(pid), performance.now()]
    for (let second = 0; second < seconds; second++) {
      const start = performance.now()
      yield* work(second)
      yield* realSleep(Math.max(0, 1000 - (performance.now() - start)))
    }
    const after = yield* cpuTime(pid)
    return cpu === undefined || after === undefined
      ? undefined
      : (after - cpu) / ((performance.now() - begin) / 1000)
  })

export const measureNoise = Effect.fnUntraced(function*(
  cluster: BenchCluster,
  { objects, rate, seconds }: NoiseOptions
) {
  const namespace = yield* cluster.namespace("noise")
  yield* replay(cluster, deployments(namespace, objects))
  const { controller, remote } = yield* startMirror({
    cluster,
    name: "noise",
    namespace,
    resource: "deployments",
    way: "HTTPS",
    quiet: 1000
  })
  yield* controller.until("all in Git", ({ settled, total }) => settled && total.inStep >= objects, {
    within: 600_000,
    every: 200
  })
  yield* realSleep(3000)
  const { pid } = controller.process
  const editor = yield* openEditor(cluster, "kube-controller-manager")
  const change = (second: number) =>
    Effect.forEach(
      Array.from({ length: rate }, (_, at) => (second * rate + at) % objects),
      (index) =>
        editor.patch(`${deploymentManifest(namespace, index).apiPath}/status`, {
          status: { observedGeneration: second + 1, replicas: second, conditions: [] }
        }),
      { concurrency: 8, discard: true }
    )
  const before = yield* tipOf(remote)
  const rest = yield* within(pid, seconds, () => Effect.void)
  const noise = yield* within(pid, seconds, change)
  const isQuiet = (yield* tipOf(remote)) === before
  if (!isQuiet) return yield* new MeasuredSomethingElse({ message: "a status became a commit" })
  const edit = editor.patch(deploymentManifest(namespace, 0).apiPath, { spec: { replicas: 9 } })
  yield* Effect.all([nextMove(remote, before), edit], { concurrency: "unbounded", discard: true })
  yield* mustHold(remote, `${namespace}/deployment-web-0.yaml`, "replicas: 9")
  yield* say(
    `${count(objects)} Deployments, ${rate} changes of a status a second: ${noise?.toFixed(0)} ms of CPU a second`
  )
  return { rest, noise, objects, rate }
}, Effect.scoped)

export type NoiseRuns = Effect.Success<ReturnType<typeof measureNoise>>

export const noiseFigures = ({ noise, objects, rate, rest }: NoiseRuns): ReadonlyArray<Figure> =>
  noise === undefined || rest === undefined ? [] : [
    { what: `CPU time a second, ${count(objects)} Deployments at rest`, unit: "ms", ours: rest },
    { what: `CPU time a second, ${rate} of them change their status each second`, unit: "ms", ours: noise }
  ]
