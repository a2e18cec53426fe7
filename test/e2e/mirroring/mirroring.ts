// A namespace, a repository behind a Git server, and the controller between them as a process of its own: what tests of
// the way from the cluster to Git begin with. kubectl is the person; Git tells what came of it.
import { Effect, type Scope } from "effect"
import type { Status } from "../../../src/http/Status.ts"
import { ControlPlane, type ControlPlaneHandle } from "../../cluster/ControlPlane.ts"
import type { KubectlFailed } from "../../cluster/Kubectl.ts"
import { eventually, type NeverHappened, type Patience } from "../../process/Eventually.ts"
import type { ProcessNotStarted } from "../../process/RunningProcess.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import type { Changes } from "../../remote/Changes.ts"
import { type HttpGitServer, startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { type Controller, startController } from "../Controller.ts"
import { readRemote, type Remote } from "./readRemote.ts"

export type Rules = ReadonlyArray<Readonly<Record<string, unknown>>>

export interface MirroringOptions {
  /** Default: the ConfigMaps of the namespace go to Git, each whole. */
  readonly rules?: (namespace: string) => Rules
  /** What Git has before the controller comes. */
  readonly files?: (namespace: string) => Changes
  /** Added to the configuration file, or instead of what stands there. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Another's, to meet in one repository. */
  readonly repository?: BareRepository
}

/** What differs for one life of the controller. */
export interface LifeOptions {
  readonly rules?: Rules
  readonly kubeconfig?: string
  readonly config?: Readonly<Record<string, unknown>>
}

export interface Mirroring {
  readonly cluster: ControlPlaneHandle
  /** Where the test's objects live. */
  readonly namespace: string
  /** Where the record and the Lease live. */
  readonly state: string
  readonly repository: BareRepository
  readonly remote: Remote
  /** Before the repository. */
  readonly server: HttpGitServer
  /** The configuration file, as a value: with other rules if given. */
  readonly config: (life?: LifeOptions) => Readonly<Record<string, unknown>>
  /** A life of the controller, which ends with the scope or by `process.stop`. */
  readonly start: (life?: LifeOptions) => Effect.Effect<Controller, ProcessNotStarted | NeverHappened, Scope.Scope>
  /** In the namespace, as an admin; what it printed. */
  readonly kubectl: (...args: ReadonlyArray<string>) => Effect.Effect<string, KubectlFailed>
  /** `kubectl apply` of all of them at once. */
  readonly apply: (...objects: ReadonlyArray<object>) => Effect.Effect<void, KubectlFailed>
  /** Of an object in the namespace, as documents are kept by. */
  readonly key: (kind: string, name: string) => string
  /** Makes a ConfigMap and waits for it in Git. What comes back deletes it for good and waits until Git has lost it too. */
  readonly sentinel: (name?: string) => Effect.Effect<
    { readonly path: string; readonly goes: Effect.Effect<void, KubectlFailed | NeverHappened> },
    KubectlFailed | NeverHappened
  >
}

export const configMap = (name: string, data: Readonly<Record<string, string>> = { value: "one" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data
})

/** The ConfigMaps of a namespace. */
export const configMaps = (namespace: string): Rules => [{
  resources: ["configmaps"],
  namespaces: [namespace],
  syncTo: "git"
}]

/** Short, so that tests needn't wait; none of them is what a test is about. */
const durations = {
  interval: "1s",
  commit: { quiet: "200ms", maxAge: "1s" },
  lease: { duration: "4s", renew: "2s", retry: "500ms" }
}

/** All that a status says in words, each with what it is about. */
const sayings = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  const inner = Object.values(value).flatMap(sayings)
  return "message" in value ? [JSON.stringify(value), ...inner] : inner
}

/** Waits until the status says something in words like these, and returns that. */
export const tells = (controller: Controller, pattern: RegExp, patience?: Patience) =>
  Effect.map(
    controller.until(
      `the status says ${pattern}`,
      (status) => sayings(status).some((words) => pattern.test(words)),
      patience
    ),
    (status): string => sayings(status).find((words) => pattern.test(words)) ?? ""
  )

/** The troubles of one object, `namespace/name`. */
export const troublesOf = (status: Status, object: string) =>
  status.kinds.flatMap(({ troubles }) => troubles).filter((trouble) => trouble.object === object)

/** Waits until the record says that the cluster and Git were in step: what Git had before is nobody's to create, what it has later is. */
export const haveMet = ({ cluster, state }: Pick<Mirroring, "cluster" | "state">) =>
  eventually(
    "they have met",
    cluster.kubectlOk(["-n", state, "get", "configmaps", "-o", "json"]),
    (text) => text.includes("lastSynced"),
    { within: 30_000 }
  )

/** Makes a namespace in the cluster at hand and a repository; starts nothing yet. */
export const mirroring = (
  options: MirroringOptions = {}
): Effect.Effect<Mirroring, KubectlFailed, ControlPlane | Scope.Scope> =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    const namespace = yield* cluster.namespace("mirror")
    const state = `${namespace}-state`
    const repository = options.repository ?? (yield* bareRepository())
    const { files, rules = configMaps } = options
    if (files !== undefined) yield* repository.commit(files(namespace))
    const server = yield* startHttpGitServer(repository, { credentials: "made" })
    const { credentials, url } = server
    const config: Mirroring["config"] = (life = {}) => ({
      gitUrl: url,
      credentials: { https: credentials },
      stateNamespace: state,
      http: { port: 0 },
      restore: "off",
      ...durations,
      rules: life.rules ?? rules(namespace),
      ...options.config,
      ...life.config
    })
    const remote = readRemote(repository)
    const kubectl: Mirroring["kubectl"] = (...args) => cluster.kubectlOk(["-n", namespace, ...args])
    const apply: Mirroring["apply"] = (...items) =>
      Effect.asVoid(cluster.kubectlOk(["apply", "-n", namespace, "-f", "-"], {
        stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items })
      }))
    const key = (kind: string, name: string) => `${kind} ${namespace}/${name}`
    return {
      cluster,
      namespace,
      state,
      repository,
      remote,
      server,
      config,
      start: (life = {}) =>
        startController({
          kubeconfig: life.kubeconfig ?? cluster.kubeconfig,
          configText: JSON.stringify(config(life))
        }),
      kubectl,
      apply,
      key,
      sentinel: Effect.fnUntraced(function*(name = "sentinel") {
        yield* apply(configMap(name))
        const { path } = yield* remote.has(key("ConfigMap", name))
        const goes = Effect.andThen(kubectl("delete", "configmap", name), remote.lacks(key("ConfigMap", name)))
        return { path, goes }
      })
    }
  })
