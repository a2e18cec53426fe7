import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import * as FieldSet from "../../src/kubernetes/FieldSet.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"

const manager = "tester"

const entryOf = (object: KubernetesObject) => {
  const entry = FieldSet.ownEntry(object, manager)
  assert.isDefined(entry)
  return entry
}

const objects = (namespace: string): ReadonlyArray<JsonObject> => [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace, labels: { team: "x" } },
    data: { one: "1", two: "2" }
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace },
    spec: {
      selector: { app: "web" },
      ports: [{ name: "http", port: 80, targetPort: 8080 }, { name: "dns", port: 53, protocol: "UDP" }]
    }
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, annotations: { note: "yes" } },
        spec: {
          volumes: [{ name: "tmp", emptyDir: {} }],
          containers: [{
            name: "web",
            image: "web:1",
            command: ["run", "--fast"],
            ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: "UDP" }],
            env: [{ name: "A", value: "b" }, { name: "C", valueFrom: { configMapKeyRef: { name: "a", key: "one" } } }],
            readinessProbe: { httpGet: { path: "/", port: 8080 } },
            volumeMounts: [{ name: "tmp", mountPath: "/tmp" }]
          }],
          tolerations: [{ key: "a", operator: "Exists" }]
        }
      }
    }
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "web", namespace },
    spec: {
      podSelector: {},
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "x" } } }] }],
      policyTypes: ["Ingress"]
    }
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "reader", namespace },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }]
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "bot", namespace, finalizers: ["example.org/hold"] } }
]

const apply = Effect.fnUntraced(function*(payload: JsonObject) {
  const cluster = yield* ControlPlane
  return yield* cluster.kubectlJson<KubernetesObject>(
    ["apply", "--server-side", "--force-conflicts", `--field-manager=${manager}`, "--show-managed-fields", "-f", "-"],
    { stdin: JSON.stringify(payload) }
  )
})

const get = Effect.fnUntraced(function*(payload: KubernetesObject) {
  const cluster = yield* ControlPlane
  const { name, namespace } = payload.metadata
  return yield* cluster.kubectlJson<KubernetesObject>([
    "get",
    payload.kind,
    name,
    "-n",
    namespace ?? "",
    "--show-managed-fields"
  ])
})

layer(sharedControlPlane, { timeout: 120_000 })("against a real API server", (it) => {
  it.effect("what was just applied is in step, and after a change by somebody else it is not", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("fieldset")
      for (const payload of objects(namespace)) {
        const applied = yield* apply(payload)
        const what = `${applied.kind} ${applied.metadata.name}`
        assert.isTrue(FieldSet.inStep(payload, applied, entryOf(applied)), `${what} in step`)
        const digest = FieldSet.ownedDigest(applied, entryOf(applied))
        yield* cluster.kubectlOk(["annotate", applied.kind, applied.metadata.name, "-n", namespace, "other=1"])
        const annotated = yield* get(applied)
        assert.strictEqual(FieldSet.ownedDigest(annotated, entryOf(annotated)), digest, `${what} keeps its digest`)
        assert.isTrue(FieldSet.inStep(payload, annotated, entryOf(annotated)), `${what} still in step`)
      }
    }))

  it.effect("an edit of an owned field changes the digest and is not in step", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("fieldset")
      const edits: ReadonlyArray<readonly [kind: string, name: string, patch: string]> = [
        ["ConfigMap", "a", "{\"data\":{\"one\":\"changed\"}}"],
        ["ConfigMap", "a", "{\"data\":{\"two\":null}}"],
        ["Service", "web", "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":9090}]}}"],
        ["Deployment", "web", "{\"spec\":{\"replicas\":5}}"],
        [
          "Deployment",
          "web",
          "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"web:2\"}]}}}}"
        ],
        [
          "Deployment",
          "web",
          "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"command\":[\"stop\"]}]}}}}"
        ]
      ]
      for (const [kind, name, patch] of edits) {
        const payload = objects(namespace).find((one) =>
          one["kind"] === kind && (one["metadata"] as JsonObject)["name"] === name
        )
        assert.isDefined(payload)
        const applied = yield* apply(payload)
        const digest = FieldSet.ownedDigest(applied, entryOf(applied))
        yield* cluster.kubectlOk(["patch", kind, name, "-n", namespace, "-p", patch])
        const edited = yield* get(applied)
        assert.notStrictEqual(FieldSet.ownedDigest(edited, entryOf(edited)), digest, patch)
        assert.isFalse(FieldSet.inStep(payload, edited, entryOf(edited)), patch)
      }
    }))

  it.effect("a payload that claims less or more than we own is not in step, nor one that the server writes in another way", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("fieldset")
      const metadata = { name: "a", namespace }
      const applied = yield* apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { one: "1", two: "2" } })
      const claims = (payload: JsonObject) => FieldSet.inStep(payload, applied, entryOf(applied))
      assert.isFalse(claims({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { one: "1" } }))
      assert.isFalse(
        claims({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { one: "1", two: "2", three: "3" } })
      )
      assert.isFalse(
        claims({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { ...metadata, labels: { a: "b" } },
          data: { one: "1", two: "2" }
        })
      )
      const limits = {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "q", namespace },
        spec: { hard: { "limits.cpu": "1000m" } }
      }
      const quota = yield* apply(limits)
      assert.isFalse(FieldSet.inStep(limits, quota, entryOf(quota)))
    }))
})

describe("the digest of what is owned", () => {
  const object = (data: Record<string, string>, fields: ReadonlyArray<string>): KubernetesObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "a",
      uid: "u",
      resourceVersion: "1",
      managedFields: [{
        manager,
        operation: "Apply",
        apiVersion: "v1",
        fieldsV1: { "f:data": Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) }
      }]
    },
    data
  })
  const data = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2"))

  it("depends on the owned values and on nothing else", () => {
    fc.assert(fc.property(data, data, fc.subarray(["a", "b", "c"], { minLength: 1 }), (one, other, fields) => {
      const same = fields.every((field) => one[field] === other[field])
      const digest = (value: Record<string, string>) => {
        const made = object(value, fields)
        return FieldSet.ownedDigest(made, entryOf(made))
      }
      assert.strictEqual(digest(one) === digest(other), same)
    }))
  })
})
