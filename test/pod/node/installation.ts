// The controller in a one-node cluster as deploy/ installs it, from its image, for one repository: two replicas that reach it over SSH.
import { Effect, type Scope } from "effect"
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { runCommand } from "../../e2e/Controller.ts"
import { readRemote, type Remote } from "../../e2e/mirroring/readRemote.ts"
import { eventually, type NeverHappened, type Patience } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { image, imageName } from "../Image.ts"
import { type Node, startNode } from "./Node.ts"

export const home = "gitops-controller"
/** Where objects are kept in step: ConfigMaps as Git says, ServiceAccounts as the cluster says. */
export const shop = "shop"

const config = (gitUrl: string) => ({
  gitUrl,
  interval: "1s",
  restore: "off",
  commit: { quiet: "200ms", maxAge: "1s" },
  lease: { duration: "4s", renew: "2s", retry: "500ms" },
  rules: [
    { resources: ["serviceaccounts"], namespaces: [shop], names: ["made-*"], syncTo: "git" },
    { resources: ["configmaps"], namespaces: [shop], names: ["given-*"], syncTo: "kubernetes" }
  ]
})

const overlay = (configText: string) => ({
  apiVersion: "kustomize.config.k8s.io/v1beta1",
  kind: "Kustomization",
  resources: ["base", "roles.yaml"],
  configMapGenerator: [{
    name: home,
    namespace: home,
    literals: [`config.yaml=${configText}`],
    options: { disableNameSuffixHash: true }
  }],
  images: [{
    name: "ghcr.io/gitops-controller/gitops-controller",
    newName: imageName.split(":")[0],
    newTag: imageName.split(":")[1]
  }]
})

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string }
  readonly status: {
    readonly containerStatuses?: ReadonlyArray<{
      readonly restartCount: number
      readonly ready: boolean
      readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } }
    }>
  }
}

export interface Installation {
  readonly node: Node
  readonly repository: BareRepository
  readonly remote: Remote
  readonly pods: Effect.Effect<ReadonlyArray<Pod>, unknown>
  /** In the controller's own namespace; what it printed. */
  readonly kubectl: (...args: ReadonlyArray<string>) => Effect.Effect<string, unknown>
  /** Waits until as many replicas as wanted run the newest template, and are ready. */
  readonly rolledOut: Effect.Effect<unknown, unknown>
  /** Both ways once, with new objects of that name: kubectl and Git see them. */
  readonly bothWays: (name: string, patience?: Patience) => Effect.Effect<void, unknown>
}

const writeOverlay = (url: string) =>
  Effect.gen(function*() {
    const folder = join(yield* temporaryFolder("gitops-overlay-"), "overlay")
    mkdirSync(folder)
    cpSync(fileURLToPath(new URL("../../../deploy/base", import.meta.url)), join(folder, "base"), { recursive: true })
    const text = JSON.stringify(config(url))
    writeFileSync(join(folder, "config.yaml"), text)
    writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(overlay(text)))
    const roles = yield* runCommand(["rbac", "--roles-only", "--config", "config.yaml"], folder)
    writeFileSync(join(folder, "roles.yaml"), roles.stdout)
    return folder
  })

const secrets = (node: Node) => [
  ["create", "namespace", shop],
  ["create", "namespace", home],
  ["create", "secret", "generic", "git-ssh", "-n", home, `--from-file=identity=${node.identityFile}`],
  ["create", "configmap", "git-known-hosts", "-n", home, `--from-literal=known_hosts=${node.knownHosts}`]
]

export const configMap = (name: string, value = "one") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${shop} }\ndata: { value: "${value}" }\n`

export const install: Effect.Effect<Installation, unknown, Scope.Scope> = Effect.gen(function*() {
  const archive = yield* image
  const node = yield* startNode
  yield* node.load(archive)
  const repository = yield* bareRepository({ files: { "given-first.yaml": configMap("given-first") } })
  const remote = readRemote(repository)
  for (const args of secrets(node)) yield* node.kubectlOk(args)
  yield* node.kubectlOk(["apply", "--server-side", "-k", yield* writeOverlay(node.urlOf(repository))])
  const kubectl = (...args: ReadonlyArray<string>) => node.kubectlOk(["-n", home, ...args])
  const pods = Effect.map(
    node.kubectlJson<{ readonly items: ReadonlyArray<Pod> }>(["get", "pods", "-n", home]),
    ({ items }) => items
  )
  const applied = (name: string, patience?: Patience): Effect.Effect<unknown, NeverHappened> =>
    eventually(
      `the cluster has ${name}`,
      node.kubectlOk(["get", "configmap", name, "-n", shop, "-o", "name"]),
      () => true,
      { within: 30_000, ...patience }
    )
  return {
    node,
    repository,
    remote,
    kubectl,
    pods,
    rolledOut: kubectl("rollout", "status", `deployment/${home}`, "--timeout=90s"),
    bothWays: Effect.fnUntraced(function*(name, patience) {
      yield* repository.commit({ [`given-${name}.yaml`]: configMap(`given-${name}`) })
      yield* node.kubectlOk(["create", "serviceaccount", `made-${name}`, "-n", shop])
      yield* applied(`given-${name}`, patience)
      yield* remote.has(`ServiceAccount ${shop}/made-${name}`, () => true, patience)
    })
  }
}).pipe(Effect.orDie)
