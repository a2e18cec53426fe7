// A controller that syncs one ConfigMap from a repository behind an HTTPS server that asks for a password.
import { Effect } from "effect"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import type { HttpCredentials } from "../../remote/HttpCredentials.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { startController } from "../Controller.ts"

export interface RemoteOptions {
  /** What is done to the repository before it is served. Default: a first commit with the value `one`. */
  readonly prepare?: (
    repository: BareRepository,
    put: (value: string) => Effect.Effect<string, unknown>
  ) => Effect.Effect<unknown, unknown>
  /** What the controller is given of the right credentials. Default: all of them. */
  readonly give?: (credentials: HttpCredentials) => HttpCredentials
  readonly branch?: string
}

const patience = { within: 30_000 }

export const remoteWorld = Effect.fnUntraced(function*(name: string, options: RemoteOptions = {}) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace(name)
  const repository = yield* bareRepository()
  /** Commits another value; answers the commit. */
  const put = (value: string, branch?: string) =>
    repository.commit(
      {
        "a.yaml":
          `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: ${namespace} }\ndata: { value: "${value}" }\n`
      },
      branch === undefined ? {} : { branch }
    )
  yield* options.prepare === undefined ? put("one") : options.prepare(repository, put)
  const server = yield* startHttpGitServer(repository, { credentials: "made" })
  const controller = yield* startController({
    kubeconfig: cluster.kubeconfig,
    config: {
      gitUrl: server.url,
      ...options.branch === undefined ? {} : { branch: options.branch },
      credentials: { https: (options.give ?? ((all) => all))(server.credentials) },
      stateNamespace: `${namespace}-state`,
      rules: [{ namespaces: [namespace], syncTo: "kubernetes" }]
    }
  })
  const value = cluster.kubectlOk([
    "get",
    "configmap",
    "a",
    "-n",
    namespace,
    "--ignore-not-found",
    "-o",
    "jsonpath={.data.value}"
  ])
  const { password = "", username = "" } = server.login ?? {}
  const secrets = [password, encodeURIComponent(password), Buffer.from(`${username}:${password}`).toString("base64")]
  return {
    repository,
    server,
    controller,
    namespace,
    put,
    value,
    /** Waits until the cluster has a value. */
    has: (wanted: string) => eventually(`the value is ${wanted}`, value, (it) => it === wanted, patience),
    /** Somebody changes the value in the cluster. */
    drift: cluster.kubectlOk(["patch", "configmap", "a", "-n", namespace, "-p", "{\"data\":{\"value\":\"drift\"}}"]),
    /** Waits until the status says this of the repository. */
    says: (failure: string) =>
      controller.until(`the failure is: ${failure}`, ({ gitFailure }) => gitFailure === failure, { within: 6_000 }),
    /** All that the controller tells anybody: its log, its status, its metrics. */
    output: Effect.gen(function*() {
      const [status, metrics] = yield* Effect.all([controller.get("/status"), controller.get("/metrics")])
      return `${yield* controller.process.stdout}${yield* controller.log}${status.body}${metrics.body}`
    }),
    /** The password in every form in which it travels. */
    secrets
  }
})

export type RemoteWorld = Effect.Success<ReturnType<typeof remoteWorld>>
