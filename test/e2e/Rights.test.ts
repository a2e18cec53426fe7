import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nameOf } from "../../src/kubernetes/rights/Right.ts"
import { snapshotCrds } from "../cluster/SnapshotCrds.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { runCommand, startController } from "./Controller.ts"

const rules = [
  { resources: ["deploy"], filters: ["/spec/replicas"], syncTo: "ignore" },
  { resources: ["deploy", "ConfigMap", "vs"], syncTo: "kubernetes" },
  { apiGroups: [""], resources: ["services"], syncTo: "kubernetes" }
]

const state = "sync-state"
const user = `system:serviceaccount:${state}:gitops-controller`

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { value: ${value} }\n`
const service = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`
const deployment = (image: string) =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`
const snapshot = `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: { name: before, namespace: shop }
spec: { source: { persistentVolumeClaimName: data } }
`

interface RoleManifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly rules?: ReadonlyArray<{
    readonly apiGroups: ReadonlyArray<string>
    readonly resources: ReadonlyArray<string>
    readonly verbs: ReadonlyArray<string>
  }>
}

/** A cluster of its own, a repository, and what `rbac` prints for the rules, as a file that can be changed before it is applied. */
const setUp = Effect.fnUntraced(function*() {
  const cluster = yield* startControlPlane()
  yield* cluster.kubectlOk(["apply", "--server-side", "-f", yield* snapshotCrds()])
  yield* cluster.kubectlOk(["create", "namespace", "shop"])
  yield* eventually(
    "snapshots are served",
    cluster.kubectl(["get", "volumesnapshots", "-n", "shop"]),
    ({ exitCode }) => exitCode === 0
  )
  const repository = yield* bareRepository()
  const config = { gitUrl: repository.url, stateNamespace: state, rules }
  const folder = yield* temporaryFolder("gitops-rights-")
  yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), JSON.stringify(config)))
  const printed = yield* runCommand(["rbac", "--output", "json", "--kubeconfig", cluster.kubeconfig], folder)
  const manifests: { readonly items: ReadonlyArray<RoleManifest> } = JSON.parse(printed.stdout)
  const apply = (items: ReadonlyArray<RoleManifest>) =>
    cluster.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) })
  /** As the ServiceAccount that the roles are bound to. */
  const kubeconfig = Effect.gen(function*() {
    const token = yield* cluster.kubectlOk(["create", "token", "gitops-controller", "-n", state])
    const file = join(folder, "kubeconfig")
    const admin: { readonly users: ReadonlyArray<unknown> } = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"))
    const users = [{ name: "test", user: { token: token.trim() } }]
    yield* Effect.sync(() => writeFileSync(file, JSON.stringify({ ...admin, users }), { mode: 0o600 }))
    return file
  })
  return { cluster, repository, config, items: manifests.items, apply, kubeconfig }
})

describe("The rights that rbac prints", () => {
  it.live("are enough for all that the controller asks for", () =>
    Effect.gen(function*() {
      const { apply, cluster, config, items, kubeconfig, repository } = yield* setUp()
      yield* apply(items)
      const file = yield* kubeconfig
      const mark = yield* cluster.auditMark
      const first = yield* repository.commit({
        "a.yaml": configMap("a", "one"),
        "web.yaml": deployment("web:1"),
        "service.yaml": service,
        "snapshot.yaml": snapshot
      })
      const image = cluster.kubectlOk([
        "get",
        "deployment",
        "web",
        "-n",
        "shop",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].image}"
      ])
      yield* Effect.scoped(Effect.gen(function*() {
        const controller = yield* startController({ kubeconfig: file, config })
        const status = yield* controller.inStepWith(first)
        assert.strictEqual(status.total.inStep, 4)
        const second = yield* repository.commit({ "web.yaml": deployment("web:2"), "b.yaml": configMap("b", "two") })
        yield* controller.inStepWith(second)
        yield* cluster.kubectlOk(["set", "image", "deployment/web", "web=drift", "-n", "shop"])
        yield* eventually("drift is put right", image, (it) => it === "web:2")
        // It looks at its rights after a quiet while; what it then has to say would be a warning.
        yield* eventually(
          "it has asked for its rights",
          cluster.auditSince(mark),
          (requests) => requests.some((it) => it.user === user && it.resource === "selfsubjectaccessreviews")
        )
        assert.notInclude(yield* controller.log, "MISSING")
      }))
      const asked = (yield* cluster.auditSince(mark)).filter((request) => request.user === user)
      const forbidden = asked.filter(({ code }) => code === 401 || code === 403)
      assert.deepStrictEqual(forbidden.map(({ uri, verb }) => `${verb} ${uri}`), [])
      const used = new Set(
        asked.map(({ apiGroup = "", resource = "", verb }) => `${verb} ${nameOf({ group: apiGroup, resource })}`)
      )
      for (
        const needed of [
          "watch namespaces",
          "watch customresourcedefinitions.apiextensions.k8s.io",
          "watch configmaps",
          "create configmaps",
          "patch configmaps",
          "watch deployments.apps",
          "patch deployments.apps",
          "patch services",
          "create volumesnapshots.snapshot.storage.k8s.io",
          "create leases.coordination.k8s.io",
          "update leases.coordination.k8s.io"
        ]
      ) { assert.isTrue(used.has(needed), `${needed} was asked for and allowed`) }
    }).pipe(Effect.scoped), 120_000)

  it.live(
    "name what is missing when one is taken away, which stops that kind and nothing else, until it is given",
    () =>
      Effect.gen(function*() {
        const { apply, cluster, config, items, kubeconfig, repository } = yield* setUp()
        const without = (role: RoleManifest): RoleManifest => ({
          ...role,
          rules: (role.rules ?? []).map((one) =>
            one.resources.includes("deployments")
              ? { ...one, verbs: one.verbs.filter((verb) => verb !== "patch" && verb !== "watch") }
              : one
          )
        })
        yield* apply(items.map((item) => item.kind === "ClusterRole" ? without(item) : item))
        yield* repository.commit({ "a.yaml": configMap("a", "one"), "web.yaml": deployment("web:1") })
        const controller = yield* startController({ kubeconfig: yield* kubeconfig, config })
        const value = (kind: string, name: string) => cluster.kubectlOk(["get", kind, name, "-n", "shop", "-o", "name"])
        yield* eventually("the rest is applied", value("configmap", "a"), (name) => name !== "")
        const log = yield* eventually("it tells what is missing", controller.log, (text) => text.includes("MISSING"), {
          within: 20_000
        })
        const line = log.split("\n").find((text) => text.includes("MISSING")) ?? "{}"
        const said: { readonly message: string; readonly level: string } = JSON.parse(line)
        assert.strictEqual(said.level, "WARN")
        const [head, table, add, role] = said.message.split(/\n(?=RESOURCE|Add this)|(?<=needed\):)\n/)
        assert.strictEqual(
          head,
          `${user} may not do all that the rules need. What is MISSING here is unavailable until it is given; everything else goes on:`
        )
        assert.deepStrictEqual(table?.split("\n"), [
          "RESOURCE          NAMESPACE  GET  LIST  WATCH    CREATE  PATCH    DELETE",
          "deployments.apps  (all)      yes  yes   MISSING  yes     MISSING  yes"
        ])
        assert.strictEqual(add, `Add this ("gitops-controller rbac" prints all that is needed):`)
        const status = yield* controller.status
        assert.match(status.kinds.find(({ kind }) => kind === "Deployment.apps")?.watch ?? "", /may not|unavailable/i)
        yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: role ?? "" })
        yield* eventually("the Deployment is applied", value("deployment", "web"), (name) => name !== "", {
          within: 60_000
        })
        assert.strictEqual((yield* controller.log).split("MISSING here").length, 2, "said once")
      }).pipe(Effect.scoped),
    150_000
  )
})
