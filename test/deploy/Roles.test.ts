import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { copiedDeploy, documentsOf, overlayFolder, overlays } from "./Overlay.ts"
import { clusterWithSnapshots, rolesOf } from "./overlayRoles.ts"

const cluster = Layer.effect(ControlPlane, clusterWithSnapshots)

const committed = (overlay: string) => readFileSync(join(overlayFolder(overlay), "roles.yaml"), "utf8")

interface Role {
  readonly kind: string
  readonly rules?: ReadonlyArray<{ readonly resources: ReadonlyArray<string>; readonly verbs: ReadonlyArray<string> }>
}

layer(cluster, { timeout: 120_000, excludeTestServices: true })("The roles of an overlay", (it) => {
  it.effect.each(overlays)("are what rbac prints for its configuration: %s", (overlay) =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      assert.strictEqual(
        committed(overlay),
        yield* rolesOf(overlay, kubeconfig),
        "write them anew: npx node test/deploy/writeRoles.ts"
      )
    }))

  it.effect("are others when its rules are others", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      const { edit, folder } = yield* copiedDeploy
      yield* edit("overlays/one-namespace/config.yaml", "serviceaccounts, ", "")
      const roles = yield* rolesOf("one-namespace", kubeconfig, folder)
      assert.notInclude(roles, "serviceaccounts")
      assert.include(committed("one-namespace"), "serviceaccounts")
    }).pipe(Effect.scoped))

  it.effect.each(overlays)(
    "are for a configuration that is valid, in a cluster too: %s",
    (overlay) =>
      Effect.gen(function*() {
        const { kubeconfig } = yield* ControlPlane
        const args = ["validate", "--config", "config.yaml", "--cluster", "--kubeconfig", kubeconfig]
        const { code, stderr, stdout } = yield* runCommand(args, overlayFolder(overlay))
        assert.deepStrictEqual([code, stderr], [0, ""])
        assert.match(stdout, /^config\.yaml: valid for the cluster at /)
      }).pipe(Effect.scoped)
  )

  it.effect("are for one that would not be valid with a misspelt key", () =>
    Effect.gen(function*() {
      const { edit, folder } = yield* copiedDeploy
      yield* edit("overlays/snapshots/config.yaml", "gitPath:", "gitpath:")
      const { code, stderr } = yield* runCommand(["validate"], overlayFolder("snapshots", folder))
      assert.deepStrictEqual(
        [code, stderr],
        [1, "config.yaml:5:1: unknown key \"gitpath\", did you mean \"gitPath\"?\n"]
      )
    }).pipe(Effect.scoped))

  it("hold no wildcard but where a rule is for everything, and read no Secret", () => {
    for (const overlay of overlays.filter((name) => name !== "everything")) {
      const rules = documentsOf<Role>(committed(overlay)).flatMap((role) => role.rules ?? [])
      assert.isNotEmpty(rules)
      const resources = rules.flatMap((rule) => rule.resources)
      assert.notIncludeMembers(resources, ["*"])
      assert.notIncludeMembers(resources, ["secrets"])
      assert.notIncludeMembers(rules.flatMap(({ verbs }) => verbs), ["*"])
    }
  })
})
