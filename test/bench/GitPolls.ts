// Looks at a branch that hasn't moved, in a repository of many branches, over HTTPS and over SSH, beside `git ls-remote`.
import { Effect } from "effect"
import { bareRepository } from "../remote/BareRepository.ts"
import { git } from "../remote/NativeGit.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { say } from "./Benchmark.ts"
import { count, type Figure, type Goal, quantity } from "./Figure.ts"
import { startNativeGit } from "./NativeGitRunner.ts"
import { startOrdered } from "./OrderedProcess.ts"
import { startOurGit } from "./OurGit.ts"
import { inTurn, type Pair, pairedFigure } from "./Rounds.ts"
import type { Served } from "./ServeGit.ts"
import { median, percentile } from "./Statistics.ts"

const manyBranches = Effect.fnUntraced(function*(branches: number) {
  const remote = yield* bareRepository()
  const tip = yield* remote.commit({ "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n" })
  const commands = Array.from({ length: branches - 1 }, (_, at) => `create refs/heads/team-${at}/work ${tip}\n`)
  yield* git(["update-ref", "--stdin"], { cwd: remote.path, stdin: commands.join("") })
  yield* remote.git("pack-refs", "--all")
  return { remote, tip }
})

export interface PollRuns {
  readonly https: ReadonlyArray<Pair>
  readonly ssh: ReadonlyArray<Pair>
}

/** Before what is measured: connections are open, code is compiled. */
const warmUp = 5

/** @param branches how many the repository has */
export const measurePolls = Effect.fnUntraced(function*(branches: number, rounds: number) {
  const { remote, tip } = yield* manyBranches(branches)
  const { first: { https, ssh } } = yield* startOrdered<Served, never, never>("ServeGit.ts", {
    path: remote.path,
    ssh: true
  })
  if (ssh === undefined) return yield* new MeasuredSomethingElse({ message: "nothing is served over SSH" })
  const peer = yield* startNativeGit
  const overHttps = yield* startOurGit({ url: https.url, credentials: { https: https.credentials } })
  const overSsh = yield* startOurGit({
    url: ssh.url,
    credentials: { ssh: { identity: ssh.identityFile, knownHosts: ssh.knownHostsFile } }
  })
  const seen = (commit: string | undefined, millis: number) =>
    commit === tip ? Effect.succeed(millis) : Effect.fail(new MeasuredSomethingElse({ message: `saw ${commit}` }))
  const poll = (ours: typeof overHttps) =>
    Effect.flatMap(ours.order({ _tag: "Poll" }), ({ commit, millis }) => seen(commit, millis))
  const lsRemote = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    Effect.flatMap(
      peer.order({ lines: [[...args, "refs/heads/main"]], env }),
      ({ millis, stdout }) => seen(stdout.split("\t")[0], millis)
    )
  const runs = { https: [] as Array<Pair>, ssh: [] as Array<Pair> }
  for (let round = 0; round < rounds + warmUp; round++) {
    runs.https.push(
      yield* inTurn(round, poll(overHttps), lsRemote([...https.gitArguments, "ls-remote", https.url]))
    )
    runs.ssh.push(yield* inTurn(round, poll(overSsh), lsRemote(["ls-remote", ssh.url], ssh.gitEnv)))
  }
  const measured: PollRuns = { https: runs.https.slice(warmUp), ssh: runs.ssh.slice(warmUp) }
  const [p50Https, p50Ssh] = [measured.https, measured.ssh].map((pairs) => median(pairs.map(({ ours }) => ours)))
  yield* say(
    `${count(branches)} branches: a poll over HTTPS p50 ${quantity(p50Https ?? Number.NaN, "ms")}, over SSH ${
      quantity(p50Ssh ?? Number.NaN, "ms")
    }`
  )
  return measured
}, Effect.scoped)

const figuresOf = (what: string, pairs: ReadonlyArray<Pair>, goal: Goal | undefined): ReadonlyArray<Figure> => [
  pairedFigure(`${what}, p50, beside git ls-remote`, pairs, goal),
  { what: `${what}, p90`, unit: "ms", ours: percentile(pairs.map(({ ours }) => ours), 0.9) }
]

export const pollFigures = ({ https, ssh }: PollRuns, goal?: Goal): ReadonlyArray<Figure> => [
  ...figuresOf("poll over HTTPS", https, goal),
  ...figuresOf("poll over SSH", ssh, goal)
]
