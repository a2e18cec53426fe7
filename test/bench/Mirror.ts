// The controller under a rule that sends objects to Git, as a process of its own, with a remote served by another.
import { Effect } from "effect"
import { type Controller, startController } from "../e2e/Controller.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { BenchCluster } from "./BenchCluster.ts"
import { startOrdered } from "./OrderedProcess.ts"
import type { Served } from "./ServeGit.ts"

export type Way = "HTTPS" | "SSH"

export interface MirrorOptions {
  /** Each has a record of its own. */
  readonly name: string
  readonly cluster: BenchCluster
  readonly namespace: string
  /** Plural. */
  readonly resource: string
  readonly way: Way
  /** How long nothing new has to come before a commit, in milliseconds. */
  readonly quiet: number
}

export interface Mirror {
  readonly controller: Controller
  readonly remote: BareRepository
  /** By `performance.now()`, when the process was started. */
  readonly startedAt: number
}

const credentialsFor = (way: Way, { https, ssh }: Served) =>
  way === "HTTPS"
    ? { gitUrl: https.url, credentials: { https: https.credentials } }
    : { gitUrl: ssh?.url, credentials: { ssh: { identity: ssh?.identityFile, knownHosts: ssh?.knownHostsFile } } }

/** An empty repository, served. */
export const servedRepository = Effect.gen(function*() {
  const remote = yield* bareRepository()
  const { first } = yield* startOrdered<Served, never, never>("ServeGit.ts", { path: remote.path, ssh: true })
  return { remote, served: first }
})

/** Starts with an empty repository; what is in the namespace goes there. Ends with the scope. */
export const startMirror = Effect.fnUntraced(
  function*({ cluster, name, namespace, quiet, resource, way }: MirrorOptions) {
    const { remote, served } = yield* servedRepository
    const startedAt = performance.now()
    const configText = JSON.stringify({
      ...credentialsFor(way, served),
      stateNamespace: `${namespace}-state`,
      name,
      interval: "1h",
      http: { port: 0 },
      restore: "off",
      commit: { quiet: `${quiet}ms`, maxAge: "30s" },
      rules: [{ resources: [resource], namespaces: [namespace], syncTo: "git" }]
    })
    const controller = yield* startController({ kubeconfig: cluster.kubeconfig, configText })
    return { controller, remote, startedAt } satisfies Mirror
  }
)

/** How many manifests a commit has. */
export const countFiles = (remote: BareRepository, namespace: string): Effect.Effect<number> =>
  Effect.map(
    remote.git("ls-tree", "-r", "--name-only", remote.branch, `${namespace}/`),
    (text) => text === "" ? 0 : text.split("\n").length
  )

/** Fails when the remote holds another text than it should. */
export const mustHold = (
  remote: BareRepository,
  path: string,
  text: string
): Effect.Effect<void, MeasuredSomethingElse> =>
  Effect.flatMap(remote.git("show", `${remote.branch}:${path}`), (found) =>
    found.includes(text)
      ? Effect.void
      : Effect.fail(new MeasuredSomethingElse({ message: `${path} should hold ${text}, and is\n${found}` })))
