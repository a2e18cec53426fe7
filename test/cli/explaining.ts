// `gitops-controller explain` as a process of its own, about a Deployment that others write to as well, and what it printed with nothing in
// it that differs from run to run.
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"

export interface Written {
  readonly image?: string
  readonly replicas?: number
  /** Further lines of the spec. */
  readonly spec?: string
}

export const deployment = (namespace: string, { image = "nginx:1.26", replicas = 2, spec = "" }: Written = {}) =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
  labels: { app: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
${spec}  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: app
          image: ${image}
          ports: [{ containerPort: 80 }]
          resources: { requests: { cpu: 1000m, memory: 64Mi } }
`

/** Image and replicas are nobody's; all else is Git's. */
export const rules = `rules:
  - resources: [deployments]
    filters:
      - /spec/replicas
      - /spec/template/spec/containers/*/image
    syncTo: ignore
  - syncTo: kubernetes
`

/** The same as values. */
export const ruleValues = [
  {
    resources: ["deployments"],
    filters: ["/spec/replicas", "/spec/template/spec/containers/*/image"],
    syncTo: "ignore"
  },
  { syncTo: "kubernetes" }
]

export interface Ran {
  readonly code: number | null
  readonly lines: ReadonlyArray<string>
  readonly stdout: string
}

/** A namespace, a repository, a configuration, and the command in the folder of that. */
export const setUp = Effect.fnUntraced(function*(written = rules) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("explain")
  const repository = yield* bareRepository()
  const folder = yield* temporaryFolder("gitops-explain-")
  const head = `gitUrl: ${repository.url}\nstateNamespace: ${namespace}\n`
  const write = (name: string, text: string) => Effect.sync(() => writeFileSync(join(folder, name), text))
  yield* write("config.yaml", head + written)
  const masked = (text: string) =>
    text.replaceAll(repository.url, "URL").replaceAll(folder, "FOLDER").replaceAll(cluster.server, "SERVER")
      .replaceAll(namespace, "shop").replace(/\b[0-9a-f]{12}\b/g, "COMMIT")
  const explainAs = Effect.fnUntraced(function*(kubeconfig: string, args: ReadonlyArray<string>) {
    const { code, stderr, stdout } = yield* runCommand(["explain", ...args, "--kubeconfig", kubeconfig], folder)
    const ran: Ran = { code, stdout: masked(stdout), lines: masked(`${stdout}${stderr}`).trimEnd().split("\n") }
    return ran
  }, Effect.scoped)
  const explain = (...args: ReadonlyArray<string>) => explainAs(cluster.kubeconfig, args)
  return { cluster, namespace, repository, folder, write, explain, explainAs }
})

const inNamespace = (namespace: string) => ["-n", namespace]

/** As the controller would have applied it. */
export const applied = Effect.fnUntraced(function*(text: string) {
  const cluster = yield* ControlPlane
  yield* cluster.kubectlOk(
    ["apply", "--server-side", "--force-conflicts", "--field-manager=gitops-controller", "-f", "-"],
    { stdin: text }
  )
})

/** By the hand of somebody with an editor. */
export const edited = Effect.fnUntraced(function*(namespace: string, sed: string) {
  const cluster = yield* ControlPlane
  yield* cluster.kubectlOk(["edit", "deployment", "web", ...inNamespace(namespace)], {
    env: { KUBE_EDITOR: `sed -i -e ${sed}` }
  })
})

/** As an autoscaler does it. */
export const scaled = Effect.fnUntraced(function*(namespace: string, replicas: number) {
  const cluster = yield* ControlPlane
  yield* cluster.kubectlOk([
    "patch",
    "deployment",
    "web",
    ...inNamespace(namespace),
    "--subresource=scale",
    "--type=merge",
    "--field-manager=autoscaler",
    "--patch",
    JSON.stringify({ spec: { replicas } })
  ])
})
