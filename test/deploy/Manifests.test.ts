import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { appendFileSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as config from "../../src/config/ConfigMetrics.ts"
import { held } from "../../src/coordination/CoordinationMetrics.ts"
import * as git from "../../src/git/GitMetrics.ts"
import * as kind from "../../src/kind/KindMetrics.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { snapshotCrds } from "../cluster/SnapshotCrds.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { monitoringCrds } from "./monitoringCrds.ts"
import { type AnyManifest, copiedDeploy, deployFolder, documentsOf, overlayFolder, overlays } from "./Overlay.ts"

interface Deployment extends AnyManifest {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly containers: ReadonlyArray<{ readonly image: string }>
      }
    }
  }
}

const isDeployment = (manifest: AnyManifest): manifest is Deployment => manifest.kind === "Deployment"

/** A cluster of its own, in which the namespace is there as the base makes it. */
const cluster = Layer.effect(
  ControlPlane,
  Effect.gen(function*() {
    const started = yield* startControlPlane()
    yield* started.kubectlOk(["apply", "--server-side", "-f", yield* snapshotCrds(), "-f", yield* monitoringCrds])
    for (const file of ["namespace.yaml", "service-account.yaml"])
      yield* started.kubectlOk(["apply", "--server-side", "-f", join(deployFolder, "base", file)])
    return started
  })
)

/** What the API server would say of applying a folder; nothing is applied. */
const tryOut = Effect.fnUntraced(function*(folder: string) {
  const { kubectl } = yield* ControlPlane
  return yield* kubectl(["apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", folder])
})

const rendered = Effect.fnUntraced(function*(folder: string) {
  const { kubectlOk } = yield* ControlPlane
  return documentsOf(yield* kubectlOk(["kustomize", folder]))
})

layer(cluster, { timeout: 120_000, excludeTestServices: true })("What deploy/ holds", (it) => {
  it.effect.each(["", ...overlays.map((overlay) => join("overlays", overlay))])(
    "is taken by the API server, strictly and without a warning: deploy/%s",
    (folder) =>
      Effect.gen(function*() {
        const { exitCode, stderr, stdout } = yield* tryOut(join(deployFolder, folder))
        assert.deepStrictEqual([exitCode, stderr], [0, ""])
        assert.deepStrictEqual(
          stdout.trim().split("\n").map((line) => line.split("/")[0]).toSorted(),
          [
            "clusterrole.rbac.authorization.k8s.io",
            "clusterrolebinding.rbac.authorization.k8s.io",
            "configmap",
            "deployment.apps",
            "namespace",
            "networkpolicy.networking.k8s.io",
            "poddisruptionbudget.policy",
            "role.rbac.authorization.k8s.io",
            "rolebinding.rbac.authorization.k8s.io",
            "service",
            "serviceaccount"
          ]
        )
      }).pipe(Effect.scoped)
  )

  it.effect("is refused with a misspelt field, and warned of with a right that a pod shouldn't have", () =>
    Effect.gen(function*() {
      const misspelt = yield* copiedDeploy
      yield* misspelt.edit("base/deployment.yaml", "enableServiceLinks:", "enableServiceLink:")
      const refused = yield* tryOut(misspelt.folder)
      assert.strictEqual(refused.exitCode, 1)
      assert.match(refused.stderr, /enableServiceLink/)

      const lax = yield* copiedDeploy
      yield* lax.edit("base/deployment.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")
      const warned = yield* tryOut(lax.folder)
      assert.match(warned.stderr, /^Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation/)
    }).pipe(Effect.scoped))

  it.effect("makes pods that a namespace with Pod Security restricted admits", () =>
    Effect.gen(function*() {
      const { kubectl } = yield* ControlPlane
      const [deployment] = (yield* rendered(deployFolder)).filter(isDeployment)
      assert.isDefined(deployment)
      const { metadata, spec } = deployment.spec.template
      const create = (pod: object) =>
        kubectl(["create", "--dry-run=server", "--validate=strict", "-f", "-"], {
          stdin: JSON.stringify({
            apiVersion: "v1",
            kind: "Pod",
            metadata: { ...metadata, name: "one", namespace: "gitops-controller" },
            spec: pod
          })
        })
      const admitted = yield* create(spec)
      assert.deepStrictEqual([admitted.exitCode, admitted.stderr], [0, ""])
      const refused = yield* create({ ...spec, hostNetwork: true })
      assert.match(refused.stderr, /violates PodSecurity "restricted:latest"/)
    }))

  it.effect("runs the image of this very version", () =>
    Effect.gen(function*() {
      const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
      const images = (yield* rendered(deployFolder)).filter(isDeployment).flatMap(({ spec }) =>
        spec.template.spec.containers.map(({ image }) => image)
      )
      assert.deepStrictEqual(images, [`ghcr.io/gitops-controller/gitops-controller:${version}`])
    }))

  it.effect("monitors with what the Prometheus operator takes, if asked to", () =>
    Effect.gen(function*() {
      const { folder } = yield* copiedDeploy
      const overlay = overlayFolder("everything", folder)
      appendFileSync(join(overlay, "kustomization.yaml"), "components: [../../components/monitoring]\n")
      const { exitCode, stderr, stdout } = yield* tryOut(overlay)
      assert.deepStrictEqual([exitCode, stderr], [0, ""])
      assert.include(stdout, "servicemonitor.monitoring.coreos.com/gitops-controller")
      assert.include(stdout, "prometheusrule.monitoring.coreos.com/gitops-controller")
    }).pipe(Effect.scoped))

  it("alerts by metrics that there are", () => {
    const counted = [...Object.values(git), ...Object.values(kind), ...Object.values(config), ...Object.values(held)]
      .flatMap((metric) => Metric.isMetric(metric) ? [metric.id] : [])
    const alerts = readFileSync(join(deployFolder, "components/monitoring/alerts.yaml"), "utf8")
    const used = [...new Set(alerts.match(/\bgitops_\w+/g))]
    assert.includeMembers(used, ["gitops_git_pushed_timestamp_seconds", "gitops_git_unpushed_changes"])
    assert.deepStrictEqual(used.filter((name) => !counted.includes(name)), [])
  })
})
