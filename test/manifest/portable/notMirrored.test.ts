// Against a real control plane: what is in a cluster before anybody used it, and what it adds by itself to what people make.
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { formatKey, type GroupKind, groupKind, type KindId } from "../../../src/manifest/ObjectKey.ts"
import { notMirrored } from "../../../src/manifest/portable/notMirrored.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"

const text = (value: Json | undefined) => typeof value === "string" ? value : ""

const kindOf = (object: JsonObject): GroupKind => ({
  group: text(object["apiVersion"]).includes("/") ? text(object["apiVersion"]).replace(/\/.*/, "") : "",
  kind: text(object["kind"])
})

const hasController = (metadata: JsonObject): boolean =>
  Array.isArray(metadata["ownerReferences"]) &&
  metadata["ownerReferences"].some((reference: Json) => isObject(reference) && reference["controller"] === true)

/** The objects that a rule for everything would write, as text. */
const mirrored = Effect.gen(function*() {
  const { kubectlJson, kubectlOk } = yield* ControlPlane
  const kinds = (yield* kubectlOk(["api-resources", "--verbs=list,watch", "-o", "name"])).trim().split("\n")
  const { items } = yield* kubectlJson<{ items: ReadonlyArray<JsonObject> }>(
    ["get", kinds.join(","), "-A", "--show-managed-fields"]
  )
  return items.flatMap((object) => {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {}
    if (hasController(metadata) || notMirrored(kindOf(object), object) !== undefined) return []
    return [formatKey({ ...kindOf(object), namespace: text(metadata["namespace"]), name: text(metadata["name"]) })]
  }).toSorted()
})

const persons = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: shop, annotations: {kubernetes.io/service-account.name: default}}
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.web.v1, namespace: shop}
type: helm.sh/release.v1
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: shop}
imagePullSecrets: [{name: mine}]
`

const plane = Layer.effect(ControlPlane, startControlPlane({ controllerManager: true, audit: false }))

layer(plane, { excludeTestServices: true, timeout: 120_000 })("of a cluster", (it) => {
  it.effect("nothing is mirrored that it holds by itself, and all that a person made is", () =>
    Effect.gen(function*() {
      const { kubectlOk } = yield* ControlPlane
      yield* eventually(
        "the control plane has done its part",
        kubectlOk(["get", "serviceaccounts,configmaps,servicecidrs,clustertrustbundles,leases", "-A", "-o", "name"]),
        (names) => (names.match(/kube-root-ca\.crt|serviceaccount\/default/g) ?? []).length === 8
      )
      assert.deepStrictEqual(yield* mirrored, [])

      yield* kubectlOk(["create", "namespace", "shop"])
      yield* eventually(
        "the namespace is furnished",
        kubectlOk(["get", "serviceaccounts,configmaps", "-n", "shop", "-o", "name"]),
        (names) => names.includes("default") && names.includes("kube-root-ca.crt")
      )
      assert.deepStrictEqual(yield* mirrored, ["Namespace shop"])

      yield* kubectlOk(["apply", "-f", "-"], { stdin: persons })
      yield* eventually(
        "the controllers have made what belongs to it",
        kubectlOk(["get", "pods,endpoints,endpointslices,ipaddresses,events", "-n", "shop", "-o", "name"]),
        (names) => ["pod/web-", "endpoints/web", "endpointslice", "event/web"].every((name) => names.includes(name))
      )
      assert.deepStrictEqual(yield* mirrored, [
        "Deployment.apps shop/web",
        "Namespace shop",
        "Service shop/web",
        "ServiceAccount shop/default"
      ])
    }))
})

describe("by nature", () => {
  const reason = (kind: KindId, metadata: JsonObject, rest: JsonObject = {}) =>
    notMirrored(groupKind(kind), { metadata, ...rest })

  it("isn't what processes remember for themselves", () => {
    const annotations = { "control-plane.alpha.kubernetes.io/leader": "{}" }
    assert.strictEqual(reason("Endpoints", { name: "a", annotations }), "is how processes agree on a leader")
    assert.strictEqual(reason("ConfigMap", { name: "a", annotations }), "is how processes agree on a leader")
    const renewed = { spec: { renewTime: "2026-11-23T18:13:55.742525Z" } }
    assert.strictEqual(
      reason("Lease.coordination.k8s.io", { name: "a" }, renewed),
      "is how a process shows that it lives"
    )
  })

  it("is what merely resembles it", () => {
    assert.isUndefined(reason("ConfigMap", { name: "kube-root-ca.crt.bak", namespace: "shop" }))
    assert.isUndefined(reason("ConfigMap", { name: "extension-apiserver-authentication", namespace: "shop" }))
    assert.isUndefined(reason("Namespace", { name: "kube-flannel" }))
    assert.isUndefined(reason("Service", { name: "kubernetes", namespace: "shop" }))
    assert.isUndefined(reason("ServiceAccount", { name: "default", labels: { team: "a" } }))
    assert.isUndefined(reason("ServiceAccount", { name: "builder" }))
    assert.isUndefined(reason("Secret", { name: "token" }, { type: "Opaque" }))
    assert.isUndefined(reason("APIService.apiregistration.k8s.io", { name: "v1beta1.metrics.k8s.io" }))
    assert.isUndefined(reason("PriorityClass.scheduling.k8s.io", { name: "important" }))
  })
})
