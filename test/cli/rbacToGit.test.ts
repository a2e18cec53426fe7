import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { runCommand, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"

layer(sharedControlPlane, { excludeTestServices: true, timeout: 180_000 })("the rights that rbac prints", (it) => {
  it.effect("are enough to write to Git what was set, and to remove what is gone, and change nothing in the cluster", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("rbac")
      const stateNamespace = yield* cluster.namespace("state")
      const repository = yield* bareRepository({ files: { "README.md": "ours\n" } })
      const config = {
        gitUrl: repository.url,
        name: stateNamespace,
        stateNamespace,
        commit: { quiet: "300ms" },
        rules: [{ resources: ["configmaps", "deployments"], namespaces: [namespace], syncTo: "git" }]
      }
      const folder = yield* temporaryFolder("gitops-rbac-")
      yield* Effect.sync(() =>
        writeFileSync(join(folder, "config.yaml"), JSON.stringify({ ...config, restore: "off" }))
      )
      const printed = yield* runCommand(["rbac", "--kubeconfig", cluster.kubeconfig], folder)
      assert.strictEqual(printed.code, 0, printed.stderr)
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: printed.stdout })

      const user = `system:serviceaccount:${stateNamespace}:gitops-controller`
      const mark = yield* cluster.auditMark
      const controller = yield* startController({ kubeconfig: yield* cluster.kubeconfigFor(user), config })
      const kubectl = (...args: ReadonlyArray<string>) => cluster.kubectlOk([...args, "-n", namespace])
      yield* kubectl("create", "configmap", "settings", "--from-literal=a=1")
      yield* kubectl("create", "deployment", "web", "--image=nginx")
      yield* kubectl("create", "deployment", "stays", "--image=nginx")
      const files = repository.git("ls-tree", "-r", "--name-only", "main", `${namespace}/`)
      const patience = { within: 60_000 }
      yield* eventually("all three in Git", files, (text) => text.split("\n").length === 3, patience)
      const manifest = yield* repository.git("show", `main:${namespace}/deployment-web.yaml`)
      assert.notInclude(manifest, "terminationGracePeriodSeconds", "a default that dry runs tell apart")

      yield* kubectl("delete", "configmap", "settings")
      yield* kubectl("delete", "deployment", "web")
      yield* eventually("two gone", files, (text) => text === `${namespace}/deployment-stays.yaml`, patience)
      assert.notMatch(yield* controller.log, /MISSING|may not/)
      const requests = (yield* cluster.auditSince(mark)).filter((request) => request.user === user)
      const changes = requests.filter((request) => request.write && !request.dryRun && request.namespace === namespace)
      assert.deepStrictEqual(changes.map(({ resource, verb }) => `${verb} ${resource}`), [])
      assert.isNotEmpty(requests.filter((request) => request.dryRun && request.namespace === namespace))
    }))
})
