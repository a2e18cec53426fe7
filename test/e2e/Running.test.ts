import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { runCommand, startController } from "./Controller.ts"

const configMap = (namespace: string, name: string, value = "one") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: "${value}" }\n`

const role = (namespace: string, name: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: ${name}, namespace: ${namespace} }\nrules: []\n`

const everything = [{ syncTo: "kubernetes" }]

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a running controller", (it) => {
  it.effect("stops within ten seconds of SIGTERM with exit code 0, and the next one starts at once", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("stop")
      const repository = yield* bareRepository()
      const files = Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [`c${index}.yaml`, configMap(namespace, `c${index}`)])
      )
      const commit = yield* repository.commit(files)
      const config = {
        gitUrl: repository.url,
        stateNamespace: `${namespace}-state`,
        rules: everything,
        lease: { duration: "60s", renew: "40s", retry: "1s" }
      }
      const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* eventually(
        "it has begun to apply",
        cluster.kubectlOk(["get", "configmaps", "-n", namespace, "-o", "name"]),
        (names) => names.includes("configmap/c")
      )
      const begin = performance.now()
      yield* controller.process.signal("SIGTERM")
      const exited = yield* controller.process.exit
      assert.deepStrictEqual(exited, { code: 0, signal: null })
      assert.isBelow(performance.now() - begin, 10_000)
      const next = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* next.inStepWith(commit, { within: 30_000 })
    }))

  it.effect("two replicas: one writes, the other stands by and takes over when the first is killed", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("pair")
      const repository = yield* bareRepository()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a") })
      const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules: everything }
      const first = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* first.until("the first leads", ({ phase, settled }) => phase === "syncing" && settled)
      const second = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* second.until("the second stands by", ({ phase }) => phase.startsWith("standby:"))
      yield* first.process.signal("SIGKILL")
      const commit = yield* repository.commit({ "a.yaml": configMap(namespace, "a", "two") })
      yield* second.inStepWith(commit, { within: 40_000 })
    }))

  it.effect("a kind we may not touch is named with its cure, and the rest goes on", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("rights")
      const user = `user-of-${namespace}`
      const rules = [
        {
          apiGroups: [""],
          resources: ["namespaces", "configmaps"],
          verbs: ["get", "list", "watch", "create", "update", "patch"]
        },
        { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] }
      ]
      const grant = (name: string, more: ReadonlyArray<unknown>) =>
        JSON.stringify({
          apiVersion: "v1",
          kind: "List",
          items: [
            { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules: more },
            {
              apiVersion: "rbac.authorization.k8s.io/v1",
              kind: "ClusterRoleBinding",
              metadata: { name },
              roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
              subjects: [{ kind: "User", name: user, apiGroup: "rbac.authorization.k8s.io" }]
            }
          ]
        })
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: grant(user, rules) })
      const repository = yield* bareRepository()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a"), "role.yaml": role(namespace, "r") })
      const kubeconfig = yield* cluster.kubeconfigFor(user)
      const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules: everything }
      const controller = yield* startController({ kubeconfig, config })
      const status = yield* controller.until(
        "the ConfigMap is in step and Roles are unavailable",
        (seen) => seen.total.inStep === 1 && seen.kinds.some(({ watch }) => watch.startsWith("unavailable"))
      )
      const roles = status.kinds.find(({ kind }) => kind === "Role.rbac.authorization.k8s.io")
      assert.include(roles?.watch ?? "", `${user} may not watch roles.rbac.authorization.k8s.io`)
      assert.include(roles?.watch ?? "", "Give that ServiceAccount or user the verb \"watch\"")
      const missing = [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["*"] }]
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: grant(`${user}-more`, missing) })
      yield* controller.until("the Role is in step too", (seen) => seen.total.inStep === 2, { within: 60_000 })
    }))

  it.effect("a cluster that does not accept our credentials is told, with what to do, and nothing is written", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("denied")
      const repository = yield* bareRepository()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a") })
      const kubeconfig = `${yield* temporaryFolder("gitops-stranger-")}/kubeconfig`
      const stranger = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "c", cluster: { server: cluster.server, "certificate-authority": cluster.caFile } }],
        users: [{ name: "stranger", user: { token: "made-up" } }],
        contexts: [{ name: "c", context: { cluster: "c", user: "stranger" } }],
        "current-context": "c"
      }
      yield* Effect.sync(() => writeFileSync(kubeconfig, JSON.stringify(stranger)))
      const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules: everything }
      const controller = yield* startController({ kubeconfig, config })
      const log = yield* eventually(
        "the refusal is logged",
        controller.log,
        (text) => text.includes("does not accept our credentials (401"),
        {
          within: 30_000
        }
      )
      assert.include(log, "Renew the token or client certificate")
      assert.notInclude(log, "made-up")
      const names = yield* cluster.kubectlOk(["get", "configmaps", "-n", namespace, "-o", "name"])
      assert.notInclude(names, "configmap/a")
    }))
})

describe("an API server that goes away", () => {
  it.live("is waited for, and everything goes on by itself when it is back", () =>
    Effect.gen(function*() {
      const cluster = yield* startControlPlane()
      yield* cluster.kubectlOk(["create", "namespace", "shop"])
      const repository = yield* bareRepository()
      const first = yield* repository.commit({ "a.yaml": configMap("shop", "a") })
      const controller = yield* startController({
        kubeconfig: cluster.kubeconfig,
        config: { gitUrl: repository.url, rules: everything }
      })
      yield* controller.inStepWith(first)
      yield* cluster.killApiServer
      const next = yield* repository.commit({
        "a.yaml": configMap("shop", "a", "two"),
        "b.yaml": configMap("shop", "b")
      })
      yield* controller.until("it is not ready while the server is away", ({ ready }) => !ready, { within: 30_000 })
      yield* cluster.startApiServer
      yield* controller.inStepWith(next, { within: 90_000 })
      const values = yield* cluster.kubectlOk([
        "get",
        "configmaps",
        "a",
        "b",
        "-n",
        "shop",
        "-o",
        "jsonpath={.items[*].data.value}"
      ])
      assert.strictEqual(values, "two one")
      assert.isFalse(yield* controller.process.hasExited)
    }), 180_000)
})

describe("the command line", () => {
  it.live("tells its version, its commands and their flags", () =>
    Effect.gen(function*() {
      const version = yield* runCommand(["--version"], process.cwd())
      assert.strictEqual(version.code, 0)
      assert.match(version.stdout, /\d+\.\d+\.\d+/)
      const help = yield* runCommand(["--help"], process.cwd())
      assert.strictEqual(help.code, 0)
      for (const word of ["run", "validate", "status", "schema", "--config", "--kubeconfig", "--context"])
        assert.include(help.stdout, word)
      for (const command of ["run", "validate", "status", "schema"]) {
        const own = yield* runCommand([command, "--help"], process.cwd())
        assert.strictEqual(own.code, 0, own.stderr)
        assert.include(own.stdout, command)
      }
    }))

  it.live("status says when nobody answers, and how to start one", () =>
    Effect.gen(function*() {
      const answer = yield* runCommand(["status", "--url", "http://127.0.0.1:9"], process.cwd())
      assert.strictEqual(answer.code, 2)
      assert.include(answer.stderr, "No controller answers at http://127.0.0.1:9")
      assert.include(answer.stderr, "gitops-controller run")
      const wrong = yield* runCommand(["status", "--url", "localhost:8080"], process.cwd())
      assert.strictEqual(wrong.code, 2)
      assert.include(wrong.stderr, "--url \"localhost:8080\" is no address; write it as http://127.0.0.1:8080")
    }))
})
