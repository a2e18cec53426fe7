// Edits on their way to the remote: one after the other, from the request of the edit to the commit; and many at once.
import { Effect } from "effect"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { BenchCluster } from "./BenchCluster.ts"
import { say } from "./Benchmark.ts"
import { openEditor } from "./Editor.ts"
import type { Figure } from "./Figure.ts"
import { configMapManifest, configMaps } from "./Manifests.ts"
import { type Mirror, mustHold, startMirror, type Way } from "./Mirror.ts"
import { nextMove, tipOf } from "./RemoteTip.ts"
import { replay } from "./Replay.ts"
import { median, percentile } from "./Statistics.ts"

export interface EditOptions {
  readonly objects: number
  readonly edits: number
  readonly burst: number
}

/** Milliseconds that a burst waits for more. */
export const window = 500

const pathOf = (namespace: string, index: number) => `${namespace}/configmap-settings-${index}.yaml`

/** Every object is in Git. */
const backedUp = ({ controller }: Mirror, objects: number) =>
  controller.until(
    `${objects} objects in Git`,
    ({ settled, total }) => settled && total.inStep >= objects,
    { within: 120_000, every: 100 }
  )

const oneByOne = Effect.fnUntraced(function*(
  cluster: BenchCluster,
  namespace: string,
  way: Way,
  { edits, objects }: EditOptions
) {
  const mirror = yield* startMirror({
    cluster,
    name: way.toLowerCase(),
    namespace,
    resource: "configmaps",
    way,
    quiet: 0
  })
  yield* backedUp(mirror, objects)
  const editor = yield* openEditor(cluster, "kubectl-edit")
  const millis: Array<number> = []
  for (let edit = 0; edit < edits; edit++) {
    const index = edit % objects
    const value = `${way}-${edit}`
    const before = yield* tipOf(mirror.remote)
    const start = performance.now()
    const [{ at }] = yield* Effect.all([
      nextMove(mirror.remote, before),
      editor.patch(configMapManifest(namespace, index).apiPath, { data: { value } })
    ], { concurrency: "unbounded" })
    millis.push(at - start)
    yield* mustHold(mirror.remote, pathOf(namespace, index), value)
  }
  yield* say(`${edits} edits over ${way}: p50 ${median(millis).toFixed(0)} ms`)
  return millis
}, Effect.scoped)

/** Waits until the last of what was edited is on the remote. */
const allThere = Effect.fnUntraced(function*({ remote }: Mirror, namespace: string, value: string, burst: number) {
  let before: string | undefined
  while (true) {
    const { at, commit } = yield* nextMove(remote, before)
    const found = yield* remote.git("grep", "--count", "--fixed-strings", "-h", value, commit, "--", `${namespace}/`)
      .pipe(
        Effect.catchDefect(() => Effect.succeed(""))
      )
    if (found.split("\n").filter((line) => line !== "").length >= burst) return at
    before = commit
  }
})

const atOnce = Effect.fnUntraced(function*(cluster: BenchCluster, namespace: string, { burst, objects }: EditOptions) {
  const mirror = yield* startMirror({
    cluster,
    name: "burst",
    namespace,
    resource: "configmaps",
    way: "HTTPS",
    quiet: window
  })
  yield* backedUp(mirror, objects)
  const before = yield* tipOf(mirror.remote)
  const editor = yield* openEditor(cluster, "kubectl-edit")
  const value = "edited-in-a-burst"
  yield* Effect.forEach(
    Array.from({ length: burst }, (_, index) => index),
    (index) => editor.patch(configMapManifest(namespace, index).apiPath, { data: { value } }),
    { concurrency: 8, discard: true }
  )
  const edited = performance.now()
  const at = yield* allThere(mirror, namespace, value, burst)
  const commits = Number(yield* mirror.remote.git("rev-list", "--count", `${before}..${mirror.remote.branch}`))
  if (!Number.isInteger(commits)) return yield* new MeasuredSomethingElse({ message: "the commits can't be counted" })
  return { millis: at - edited - window, commits }
}, Effect.scoped)

export const measureEdits = Effect.fnUntraced(function*(cluster: BenchCluster, options: EditOptions) {
  const namespace = yield* cluster.namespace("edits")
  yield* replay(cluster, configMaps(namespace, options.objects))
  const https = yield* oneByOne(cluster, namespace, "HTTPS", options)
  const ssh = yield* oneByOne(cluster, namespace, "SSH", options)
  const burst = yield* atOnce(cluster, namespace, options)
  return { https, ssh, burst }
})

export type EditRuns = Effect.Success<ReturnType<typeof measureEdits>>

const goal = { _tag: "AtMost", limit: 150 } as const

export const editFigures = ({ burst, https, ssh }: EditRuns, { burst: size }: EditOptions): ReadonlyArray<Figure> => [
  { what: "edit sent to commit on the remote, HTTPS, p50", unit: "ms", ours: median(https), goal },
  { what: "the same, p99", unit: "ms", ours: percentile(https, 0.99) },
  { what: "edit sent to commit on the remote, SSH, p50", unit: "ms", ours: median(ssh), goal },
  { what: "the same, p99", unit: "ms", ours: percentile(ssh, 0.99) },
  {
    what: `${size} edits at once, last one answered to all on the remote, less the window`,
    unit: "ms",
    ours: burst.millis,
    goal: { _tag: "AtMost", limit: 1000 }
  },
  { what: "commits for these", unit: "requests", ours: burst.commits }
]
