import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const config = `stateNamespace: sync
rules:
  - resources: [deployments]
    filters: [/spec/replicas]
    syncTo: ignore
  - resources: [deploy, cm]
    syncTo: kubernetes
`

/** Runs it beside a configuration file; nothing in its surroundings says which cluster to use. */
const rbac = Effect.fnUntraced(function*(text: string, args: ReadonlyArray<string> = []) {
  const folder = yield* temporaryFolder("gitops-rbac-")
  yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), text))
  return yield* runCommand(["rbac", ...args], folder, {
    HOME: folder,
    KUBECONFIG: undefined,
    KUBERNETES_SERVICE_HOST: undefined
  })
}, Effect.scoped)

const ownClusterRights = `- apiGroups:
  - ""
  resources:
  - events
  verbs:
  - create
  - patch
- apiGroups:
  - ""
  resources:
  - namespaces
  verbs:
  - list
  - watch
- apiGroups:
  - ""
  resources:
  - namespaces
  resourceNames:
  - kube-system
  verbs:
  - get
- apiGroups:
  - apiextensions.k8s.io
  resources:
  - customresourcedefinitions
  verbs:
  - list
  - watch
`

const everyVerb = `  verbs:
  - get
  - list
  - watch
  - create
  - patch
  - delete
`

const binding = (role: string, place: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ${role}Binding
metadata:
  name: gitops-controller.default
${place}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${role}
  name: gitops-controller.default
subjects:
- kind: ServiceAccount
  name: gitops-controller
  namespace: sync
`

const comments = [
  "# Discovery and schemas take no rights beyond system:discovery, which every user has who logs in.",
  `# For the ServiceAccount gitops-controller of the namespace sync, which also holds the controller's state: in a pod that namespace is the pod's own, unless "stateNamespace" names another.`
].join("\n")

const before = `apiVersion: v1
kind: Namespace
metadata:
  name: sync
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: gitops-controller
  namespace: sync
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: gitops-controller.default
rules:
`

const after = `---
${binding("ClusterRole", "")}---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: gitops-controller.default
  namespace: sync
rules:
- apiGroups:
  - ""
  resources:
  - configmaps
  verbs:
  - get
  - create
  - update
- apiGroups:
  - coordination.k8s.io
  resources:
  - leases
  verbs:
  - get
  - create
  - update
---
${binding("Role", "  namespace: sync\n")}`

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("The command rbac", (it) => {
  it.effect("prints what exactly these rules need, its names looked up in the cluster", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const { code, stderr, stdout } = yield* rbac(config, ["--kubeconfig", cluster.kubeconfig])
      assert.strictEqual(stderr, "")
      assert.strictEqual(
        stdout.replace(cluster.server, "SERVER").replace(cluster.kubeconfig, "KUBECONFIG"),
        `# What gitops-controller needs for the rules of config.yaml; its resources as served by the cluster at SERVER (context "test" of KUBECONFIG).
${comments}
${before}- apiGroups:
  - ""
  resources:
  - configmaps
${everyVerb}${ownClusterRights}- apiGroups:
  - apps
  resources:
  - deployments
${everyVerb}${
          after.replace(
            "- apiGroups:\n  - \"\"\n  resources:\n  - configmaps\n  verbs:\n  - get\n  - create\n  - update\n",
            "- apiGroups:\n  - \"\"\n  resources:\n  - configmaps\n  verbs:\n  - update\n"
          )
        }`
      )
      assert.strictEqual(code, 0)
    }))

  it.effect("prints what the API server takes as it is", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("rbac")
      const { stdout } = yield* rbac(
        config.replace("stateNamespace: sync", `stateNamespace: ${namespace}\nname: ${namespace}`),
        [
          "--kubeconfig",
          cluster.kubeconfig
        ]
      )
      const applied = yield* cluster.kubectlOk(["apply", "--server-side", "-f", "-"], { stdin: stdout })
      assert.deepStrictEqual(applied.trim().split("\n"), [
        `namespace/${namespace} serverside-applied`,
        "serviceaccount/gitops-controller serverside-applied",
        `clusterrole.rbac.authorization.k8s.io/gitops-controller.${namespace} serverside-applied`,
        `clusterrolebinding.rbac.authorization.k8s.io/gitops-controller.${namespace} serverside-applied`,
        `role.rbac.authorization.k8s.io/gitops-controller.${namespace} serverside-applied`,
        `rolebinding.rbac.authorization.k8s.io/gitops-controller.${namespace} serverside-applied`
      ])
    }))

  it.effect("works without a cluster, takes names as they are written, and says so", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* rbac(config)
      assert.strictEqual(stderr, "")
      assert.strictEqual(
        stdout.replace(/no cluster answered: .*/, "no cluster answered: REASON"),
        `# What gitops-controller needs for the rules of config.yaml; no cluster answered: REASON
${comments}
# config.yaml:6:5: this rule names "deploy", "cm", taken as written since no cluster answered: a role knows plurals only, no kinds and no short names
# config.yaml:6:5: this rule names no API group for "deploy", "cm", so any group is meant until a cluster answers
${before}${ownClusterRights.slice(0, ownClusterRights.indexOf("- apiGroups:\n  - apiext"))}- apiGroups:
  - '*'
  resources:
  - cm
  - deploy
${everyVerb}${ownClusterRights.slice(ownClusterRights.indexOf("- apiGroups:\n  - apiext"))}${after}`
      )
      assert.strictEqual(code, 0)
    }))

  it.effect("prints a List as JSON, with what it has to say on stderr", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* rbac(config, ["--output", "json"])
      const list: { readonly kind: string; readonly items: ReadonlyArray<{ readonly kind: string }> } = JSON.parse(
        stdout
      )
      assert.strictEqual(list.kind, "List")
      assert.deepStrictEqual(list.items.map(({ kind }) => kind), [
        "Namespace",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "Role",
        "RoleBinding"
      ])
      assert.include(stderr, `config.yaml:6:5: this rule names "deploy", "cm", taken as written`)
      assert.strictEqual(code, 0)
    }))

  it.effect("fails when the cluster that was named can't be asked", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* rbac(config, ["--kubeconfig", "/no/such/file"])
      assert.deepStrictEqual([code, stdout, stderr.trim()], [
        2,
        "",
        "/no/such/file: this kubeconfig cannot be read; check that the file is there and that we may read it"
      ])
    }))

  it.effect("fails with every mistake of the configuration", () =>
    Effect.gen(function*() {
      const { code, stderr, stdout } = yield* rbac("rules: [{ syncTo: kubernets }]\n")
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(stderr, /^config\.yaml:1:19: "syncTo" is "kubernets"/)
    }))
})
