// The first backup of many objects that Git has none of, beside a script that does the same with kubectl and Git.
import { Effect } from "effect"
import { startProcess } from "../process/RunningProcess.ts"
import { hermeticEnv } from "../remote/NativeGit.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { BenchCluster } from "./BenchCluster.ts"
import { say, timed } from "./Benchmark.ts"
import { count, type Figure, quantity } from "./Figure.ts"
import { configMaps } from "./Manifests.ts"
import { memoryFolder } from "./MemoryFolder.ts"
import { countFiles, servedRepository, startMirror } from "./Mirror.ts"
import { peakMemory } from "./PeakMemory.ts"
import { nextMove } from "./RemoteTip.ts"
import { replay } from "./Replay.ts"

const script = `set -e
git init --quiet --initial-branch=main .
mkdir "$NAMESPACE"
"$KUBECTL" get configmaps -n "$NAMESPACE" -o yaml |
  awk -v folder="$NAMESPACE" '/^kind: List/{exit} /^- /{close(f); n++; f=sprintf("%s/%05d.yaml", folder, n)} n{print substr($0, 3) > f}'
git add --all
git commit --quiet --message backup
git "$@" push --quiet "$URL" main
`

/** What would change what Git does here, taken out. */
const ofSomebody = Object.fromEntries(
  Object.keys(process.env).filter((name) => /^(?:GIT_|SSH_A)/.test(name)).map((name) => [name, undefined])
)

/** `kubectl get -o yaml`, a file for each object, add, commit and push. */
const native = Effect.fnUntraced(function*(cluster: BenchCluster, namespace: string) {
  const { remote, served: { https } } = yield* servedRepository
  const folder = yield* memoryFolder
  const run = Effect.gen(function*() {
    const running = yield* startProcess({
      command: "sh",
      args: ["-c", script, "backup", ...https.gitArguments],
      folder,
      cwd: folder,
      env: {
        ...ofSomebody,
        ...hermeticEnv(),
        KUBECONFIG: cluster.kubeconfig,
        KUBECTL: cluster.kubectlPath,
        NAMESPACE: namespace,
        URL: https.url,
        HOME: folder
      }
    })
    const { code } = yield* running.exit
    if (code !== 0) return yield* new MeasuredSomethingElse({ message: yield* running.stderr })
  })
  const [, millis] = yield* timed(run)
  return { millis, files: yield* countFiles(remote, namespace) }
}, Effect.scoped)

/** From the start of the process to the last commit. */
const ours = Effect.fnUntraced(function*(cluster: BenchCluster, namespace: string, objects: number) {
  const { controller, remote, startedAt } = yield* startMirror({
    cluster,
    name: "backup",
    namespace,
    resource: "configmaps",
    way: "HTTPS",
    quiet: 2000
  })
  let last: string | undefined
  let commits = 0
  while (true) {
    const { at, commit } = yield* nextMove(remote, last, 300_000)
    commits++
    const files = yield* countFiles(remote, namespace)
    if (files > objects) return yield* new MeasuredSomethingElse({ message: `${files} files for ${objects} objects` })
    if (files === objects) {
      const memory = yield* peakMemory(controller.process.pid)
      return { millis: at - startedAt, commits, memory }
    }
    last = commit
  }
}, Effect.scoped)

export const measureBackup = Effect.fnUntraced(function*(cluster: BenchCluster, objects: number) {
  const namespace = yield* cluster.namespace("backup")
  yield* replay(cluster, configMaps(namespace, objects))
  const peer = yield* native(cluster, namespace)
  if (peer.files !== objects)
    return yield* new MeasuredSomethingElse({ message: `kubectl and Git made ${peer.files} files` })
  yield* say(`${count(objects)} ConfigMaps with kubectl and Git: ${quantity(peer.millis, "ms")}`)
  const own = yield* ours(cluster, namespace, objects)
  yield* say(`${count(objects)} ConfigMaps, ours: ${quantity(own.millis, "ms")} in ${own.commits} commits`)
  return { objects, peer, own }
})

export type BackupRuns = Effect.Success<ReturnType<typeof measureBackup>>

export const backupFigures = ({ objects, own, peer }: BackupRuns): ReadonlyArray<Figure> => [
  {
    what: `first backup of ${count(objects)} ConfigMaps, process start to commit, beside kubectl, awk and Git`,
    unit: "ms",
    ours: own.millis,
    peer: peer.millis,
    goal: { _tag: "TimesItsTime", atMost: 2 }
  },
  { what: "commits for these", unit: "requests", ours: own.commits },
  ...own.memory === undefined
    ? []
    : [{ what: "peak memory of the first backup", unit: "MiB" as const, ours: own.memory }]
]
