// The command confirm on a real API server, with a record as a controller leaves it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { record } from "../coordination/samples.ts"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data })

const setUp = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("confirm")
  const folder = yield* temporaryFolder("gitops-confirm-")
  const config = { stateNamespace: namespace, rules: [{ syncTo: "git" }] }
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config))
  const apply = (stdin: string) => cluster.kubectlOk(["apply", "-f", "-"], { stdin })
  const head = "gitops-controller.default"
  return {
    run: (...args: ReadonlyArray<string>) =>
      runCommand(["confirm", "--kubeconfig", cluster.kubeconfig, ...args], folder),
    /** As the controller leaves it. */
    keep: Effect.fnUntraced(function*(change: Parameters<typeof record>[1], removals: ReadonlyArray<string> = []) {
      yield* apply(configMap(namespace, `${head}.inventory.1.0`, { inventory: "", removals: removals.join("\n") }))
      yield* apply(configMap(namespace, head, { record: JSON.stringify(record({}, change).head) }))
    }),
    loseShard: cluster.kubectlOk(["delete", "configmap", "-n", namespace, `${head}.inventory.1.0`]),
    head: Effect.map(
      cluster.kubectlOk(["get", "configmap", "-n", namespace, head, "-o", "jsonpath={.data.record}"]),
      (text): Record<string, unknown> => JSON.parse(text)
    )
  }
})

const time = "1970-01-01T00:00:00.000Z"
const latch = { cause: "budget", reason: `that is more than 1 at once or within ten minutes ("deletions.max")` }

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("The command confirm", (it) => {
  it.effect("shows what would go and why, and writes a yes for exactly that into the record", () =>
    Effect.gen(function*() {
      const { head, keep, run } = yield* setUp
      const missing = yield* run("--yes")
      assert.strictEqual(missing.code, 1)
      assert.include(missing.stderr, "there is no record")
      yield* keep({ latch }, [
        `ConfigMap shop/b held d ${time}`,
        `ConfigMap shop/a held d ${time}`,
        `ConfigMap shop/c granted d ${time}`
      ])
      const asked = yield* run()
      assert.strictEqual(asked.code, 1)
      assert.include(asked.stderr, "this is no terminal, so nobody can be asked to confirm: say --yes")
      assert.isUndefined((yield* head)["confirms"])
      const said = yield* run("--yes")
      assert.deepStrictEqual([said.code, said.stderr], [0, ""])
      assert.deepStrictEqual(said.stdout.trimEnd().split("\n"), [
        "2 documents will be removed from r, branch main, path /, as the objects are gone from the cluster:",
        "  ConfigMap shop/a",
        "  ConfigMap shop/b",
        `Why they wait: ${latch.reason}.`,
        "Confirmed: the controller that leads carries it out within a few seconds."
      ])
      assert.deepInclude(yield* head, { confirms: 2, latch, serial: 1 })
    }))

  it.effect("has nothing to do where nothing waits, and touches no record of which a part is missing", () =>
    Effect.gen(function*() {
      const { head, keep, loseShard, run } = yield* setUp
      yield* keep({})
      assert.deepInclude(yield* run("--yes"), { code: 0, stdout: "No deletion waits for a confirmation.\n" })
      assert.include((yield* run("--take-over", "--yes")).stderr, "Git names no other cluster")
      yield* keep({ latch, rival: "them/theirs" })
      yield* loseShard
      const torn = yield* run("--yes")
      assert.strictEqual(torn.code, 1)
      assert.include(torn.stderr, "parts of the record")
      assert.isUndefined((yield* head)["confirms"])
    }))

  it.effect("says whose place is taken before it is", () =>
    Effect.gen(function*() {
      const { head, keep, run } = yield* setUp
      yield* keep({ rival: "them/theirs" })
      const said = yield* run("--take-over", "--yes")
      assert.strictEqual(said.code, 0)
      assert.include(said.stdout, "In r, branch main, path /, Git names cluster them (state namespace theirs).")
      assert.deepInclude(yield* head, { takesOver: "them/theirs" })
    }))
})
