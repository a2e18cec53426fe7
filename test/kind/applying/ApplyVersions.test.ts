import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import { ownEntry } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { parse } from "../../../src/rules/FilterSyntax.ts"
import { layered } from "../../../src/rules/Ownership.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { fieldManager } from "../../kubernetes/operating.ts"
import { bring, found, held, inNamespace } from "../applying.ts"
import { rule } from "../samples.ts"

const whole = layered([], rule())
const allButLeast = layered(
  [rule({ syncTo: "ignore", filters: [Result.getOrThrow(parse("/spec/minReplicas"))] })],
  rule()
)

const autoscaler = (namespace: string, version: string, spec: JsonObject): JsonObject => ({
  apiVersion: `autoscaling/${version}`,
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "web", namespace },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 9, ...spec }
})

const cpu = {
  metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }]
}

const setLeast = (namespace: string, minReplicas: number) =>
  Effect.flatMap(ControlPlane, (cluster) =>
    cluster.kubectlOk([
      "patch",
      "hpa.v2.autoscaling",
      "web",
      "-n",
      namespace,
      "--type=merge",
      "--field-manager=other",
      "-p",
      JSON.stringify({ spec: { minReplicas } })
    ]))

const serveTwice = Effect.fnUntraced(function*(namespace: string) {
  const cluster = yield* ControlPlane
  const group = `${namespace}.example.com`
  const text = { type: "string" }
  const schema = {
    openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { a: text, b: text } } } }
  }
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList" },
      versions: [
        { name: "v1beta1", served: true, storage: false, schema },
        { name: "v1", served: true, storage: true, schema }
      ]
    }
  }
  yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(definition) })
  yield* cluster.kubectlOk(["wait", "--for=condition=Established", `crd/things.${group}`, "--timeout=30s"])
  return group
})

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })(
  "an object whose manifest moves to another API version",
  (it) => {
    it.effect("keeps what isn't Git's, though a field of ours has another name in the new version", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const old = autoscaler(namespace, "v1", { minReplicas: 2, targetCPUUtilizationPercentage: 50 })
          yield* bring(old, whole)
          yield* setLeast(namespace, 4)
          yield* bring(old, whole)
          const now = autoscaler(namespace, "v2", { minReplicas: 2, maxReplicas: 8, ...cpu })
          yield* bring(now, allButLeast)
          const live = yield* found(now)
          const spec = live["spec"] as JsonObject
          assert.strictEqual(spec["minReplicas"], 2, "as it was when Git gave it up")
          assert.strictEqual(spec["maxReplicas"], 8)
          assert.notInclude(held(live), "/spec/minReplicas")
          assert.strictEqual(ownEntry(live, fieldManager)?.apiVersion, "autoscaling/v2")
          yield* setLeast(namespace, 5)
          yield* bring(autoscaler(namespace, "v2", { maxReplicas: 7, ...cpu }), allButLeast)
          assert.include((yield* found(now))["spec"] as JsonObject, { minReplicas: 5, maxReplicas: 7 })
        })
      ))

    it.effect("loses a field that goes from Git with that very move, though a client owns it too", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const cluster = yield* ControlPlane
          const group = yield* serveTwice(namespace)
          const thing = (version: string, spec: JsonObject): JsonObject => ({
            apiVersion: `${group}/${version}`,
            kind: "Thing",
            metadata: { name: "a", namespace },
            spec
          })
          const old = thing("v1beta1", { a: "1", b: "2" })
          yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(old) })
          yield* bring(old, whole)
          const now = thing("v1", { a: "1" })
          yield* bring(now, whole)
          assert.deepStrictEqual((yield* found(now))["spec"], { a: "1" })
        })
      ))

    it.effect("keeps what a client owns under names that the new version has not got: it can't be told apart", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const cluster = yield* ControlPlane
          const old = autoscaler(namespace, "v1", { minReplicas: 3, targetCPUUtilizationPercentage: 50 })
          yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(old) })
          yield* bring(autoscaler(namespace, "v1", { minReplicas: 3 }), whole)
          const now = autoscaler(namespace, "v2", {})
          yield* bring(now, whole)
          assert.strictEqual(((yield* found(now))["spec"] as JsonObject)["minReplicas"], 3)
        })
      ))

    it.effect("is brought about by the server alone where everything in it is Git's and a field was renamed", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const old = autoscaler(namespace, "v1", { minReplicas: 3, targetCPUUtilizationPercentage: 50 })
          yield* bring(old, whole)
          const now = autoscaler(namespace, "v2", { maxReplicas: 8 })
          yield* bring(now, whole)
          const spec = (yield* found(now))["spec"] as JsonObject
          assert.strictEqual(spec["minReplicas"], 1)
          assert.strictEqual(spec["maxReplicas"], 8)
        })
      ))
  }
)
