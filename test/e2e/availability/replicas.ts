// Several replicas of one controller, as a Deployment runs them: each reaches the API server by a way of its own, on which the test
// sees what it sends and can cut it off. ConfigMaps of a namespace are their work: /data/cluster goes to Git, all else comes from there.
import { Effect, type Scope } from "effect"
import { apiProxy } from "../../cluster/ApiProxy.ts"
import { ControlPlane, type ControlPlaneHandle } from "../../cluster/ControlPlane.ts"
import type { KubectlFailed } from "../../cluster/Kubectl.ts"
import { eventually, type NeverHappened } from "../../process/Eventually.ts"
import type { ProcessNotStarted } from "../../process/RunningProcess.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { type HttpGitServer, startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { type Controller, startController } from "../Controller.ts"

/** What a replica sent, with its time in milliseconds. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly at: number
}

export interface Replica {
  readonly controller: Controller
  /** In the order of sending. */
  readonly sent: ReadonlyArray<Sent>
  /** Connections to the API server break, and new ones too. */
  readonly cutOff: Effect.Effect<void>
  readonly reconnect: Effect.Effect<void>
  /** Whether it says that it leads; one that doesn't answer doesn't. */
  readonly leads: Effect.Effect<boolean>
}

export interface Replicas {
  readonly cluster: ControlPlaneHandle
  readonly namespace: string
  readonly repository: BareRepository
  readonly server: HttpGitServer
  /** The configuration file of all of them. */
  readonly configText: string
  /** One more. It ends with the scope. */
  readonly start: Effect.Effect<Replica, NeverHappened | ProcessNotStarted, Scope.Scope>
  /** One more that stands by, for whoever leads. */
  readonly standBy: Effect.Effect<Replica, NeverHappened | ProcessNotStarted, Scope.Scope>
  readonly kubectl: (...args: ReadonlyArray<string>) => Effect.Effect<string, KubectlFailed>
  /** As somebody sets it in the cluster. */
  readonly set: (name: string, value: number) => Effect.Effect<void>
  /** What the cluster has of `/data/git`. */
  readonly live: (name: string) => Effect.Effect<string>
  /** What Git has of `/data/cluster`. */
  readonly inGit: (name: string) => Effect.Effect<string>
}

export interface LeaseDurations {
  readonly duration: string
  readonly renew: string
  readonly retry: string
}

export const quickLease: LeaseDurations = { duration: "2s", renew: "1500ms", retry: "300ms" }

/** The file of a ConfigMap, with what each side has set. */
export const file = (namespace: string, name: string, values: { readonly cluster: number; readonly git: number }) =>
  [
    "apiVersion: v1",
    "kind: ConfigMap",
    `metadata: { name: ${name}, namespace: ${namespace} }`,
    "data:",
    `  cluster: "${values.cluster}" # a person's word`,
    `  git: "${values.git}"`,
    ""
  ].join("\n")

export const pathOf = (name: string) => `${name}.yaml`

/** With what a person sets in Git. */
export const withValue = (text: string, value: number) => text.replace(/git: "\d+"/, `git: "${value}"`)

/** What a file says that the cluster has. */
export const clusterValueIn = (text: string) => /cluster: "(\d+)"/.exec(text)?.[1] ?? ""

export const gitValueIn = (text: string) => /git: "(\d+)"/.exec(text)?.[1] ?? ""

/** Of objects and of the record: the Lease itself, and questions that store nothing, are none. */
export const isWrite = ({ method, url }: Sent) =>
  method !== "GET" && !url.includes("/leases") && !url.includes("/apis/authorization.k8s.io/")

const patience = { within: 40_000 }

const leads = (controller: Controller) =>
  controller.status.pipe(
    Effect.map(({ phase }) => !phase.startsWith("standby") && phase !== "starting"),
    Effect.timeout(500),
    Effect.orElseSucceed(() => false)
  )

export const replicas = (
  names: ReadonlyArray<string>,
  lease: LeaseDurations = quickLease
): Effect.Effect<Replicas, KubectlFailed, ControlPlane | Scope.Scope> =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    const namespace = yield* cluster.namespace("replicas")
    const repository = yield* bareRepository({
      files: Object.fromEntries(
        names.map((name) => [pathOf(name), file(namespace, name, { cluster: 0, git: 0 })])
      )
    })
    const server = yield* startHttpGitServer(repository, { credentials: "made" })
    const here = { resources: ["configmaps"], namespaces: [namespace] }
    const configText = JSON.stringify({
      gitUrl: server.url,
      credentials: { https: server.credentials },
      stateNamespace: `${namespace}-state`,
      http: { port: 0 },
      interval: "1s",
      commit: { quiet: "100ms", maxAge: "500ms" },
      lease,
      rules: [{ ...here, filters: ["/data/cluster"], syncTo: "git" }, { ...here, syncTo: "kubernetes" }]
    })
    const start = Effect.gen(function*() {
      const sent: Array<Sent> = []
      let isCut = false
      const way = yield* apiProxy(cluster.kubeconfig, (call) => {
        sent.push({ ...call, at: performance.now() })
        return isCut ? { answer: (to) => void to.destroy() } : undefined
      })
      const controller = yield* startController({ kubeconfig: way.kubeconfig, configText })
      return {
        controller,
        sent,
        cutOff: Effect.andThen(Effect.sync(() => isCut = true), way.breakAll),
        reconnect: Effect.sync(() => isCut = false),
        leads: leads(controller)
      } satisfies Replica
    })
    const kubectl: Replicas["kubectl"] = (...args) => cluster.kubectlOk(["-n", namespace, ...args])
    return {
      cluster,
      namespace,
      repository,
      server,
      configText,
      start,
      standBy: Effect.tap(start, ({ controller }) =>
        controller.until("it stands by", ({ phase }) => /^standby: (?!nobody)/.test(phase), patience)),
      kubectl,
      set: (name, value) =>
        Effect.orDie(Effect.asVoid(
          kubectl("patch", "configmap", name, "--type=merge", "-p", JSON.stringify({ data: { cluster: `${value}` } }))
        )),
      live: (name) =>
        Effect.orDie(kubectl("get", "configmap", name, "--ignore-not-found", "-o", "jsonpath={.data.git}")),
      inGit: (name) => Effect.map(repository.git("show", `main:${pathOf(name)}`), clusterValueIn)
    }
  })

/** Waits until one of them leads, and returns it. */
export const leaderAmong = (among: ReadonlyArray<Replica>) =>
  eventually(
    "one of them leads",
    Effect.filter(among, ({ leads }) => leads, { concurrency: "unbounded" }).pipe(Effect.map(([first]) => first)),
    (leader) => leader !== undefined,
    patience
  ).pipe(Effect.flatMap((leader) => leader === undefined ? Effect.die("none") : Effect.succeed(leader)))

/** Both directions work: a value of this number set on each side comes to the other. */
export const bothWays = (bed: Replicas, name: string, value: number) =>
  Effect.gen(function*() {
    yield* eventually("it is there", bed.live(name), (seen) => seen !== "", patience)
    yield* bed.set(name, value)
    yield* eventually(`Git has ${value} of the cluster`, bed.inGit(name), (seen) => seen === `${value}`, patience)
    const text = `${yield* bed.repository.git("show", `main:${pathOf(name)}`)}\n`
    yield* bed.repository.commit({ [pathOf(name)]: withValue(text, value) })
    yield* eventually(`the cluster has ${value} of Git`, bed.live(name), (seen) => seen === `${value}`, patience)
  })
