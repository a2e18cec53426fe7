import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { inStep as isInStep } from "../../../src/kubernetes/fields/InStep.ts"
import { ownEntry } from "../../../src/kubernetes/fields/ManagedFields.ts"
import { ownedDigest } from "../../../src/kubernetes/fields/OwnedDigest.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"

const manager = "tester"

const entryOf = (object: KubernetesObject) => {
  const entry = ownEntry(object, manager)
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
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `fields.${namespace}.example.com` },
    spec: {
      group: `${namespace}.example.com`,
      scope: "Namespaced",
      names: { plural: "fields", singular: "field", kind: "Field", listKind: "FieldList" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer", default: 3, enum: [1, 2, 3] } } }
            }
          }
        }
      }]
    }
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
        assert.isTrue(isInStep(payload, applied, entryOf(applied)), `${what} in step`)
        const digest = ownedDigest(applied, entryOf(applied))
        yield* cluster.kubectlOk(["annotate", applied.kind, applied.metadata.name, "-n", namespace, "other=1"])
        const annotated = yield* get(applied)
        assert.strictEqual(ownedDigest(annotated, entryOf(annotated)), digest, `${what} keeps its digest`)
        assert.isTrue(isInStep(payload, annotated, entryOf(annotated)), `${what} still in step`)
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
        const digest = ownedDigest(applied, entryOf(applied))
        yield* cluster.kubectlOk(["patch", kind, name, "-n", namespace, "-p", patch])
        const edited = yield* get(applied)
        assert.notStrictEqual(ownedDigest(edited, entryOf(edited)), digest, patch)
        assert.isFalse(isInStep(payload, edited, entryOf(edited)), patch)
      }
    }))

  it.effect("a payload that claims less or more than we own is not in step, nor one that the server writes in another way", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("fieldset")
      const metadata = { name: "a", namespace }
      const applied = yield* apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { one: "1", two: "2" } })
      const claims = (payload: JsonObject) => isInStep(payload, applied, entryOf(applied))
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
      assert.isFalse(isInStep(limits, quota, entryOf(quota)))
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
        return ownedDigest(made, entryOf(made))
      }
      assert.strictEqual(digest(one) === digest(other), same)
    }))
  })
})

describe("whether a payload is in step", () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { minLength: 1, maxLength: 3 }))
  const { spec } = fc.letrec<{ spec: JsonObject; value: Json }>((tie) => ({
    spec: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { minKeys: 1, maxKeys: 4 }),
    value: fc.oneof({ maxDepth: 3 }, leaf, tie("spec"))
  }))
  const isMap = (value: Json): value is JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value)
  const fieldsOf = (value: Json): JsonObject =>
    isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, below]) => [`f:${key}`, fieldsOf(below)])) : {}
  const leavesOf = (value: JsonObject): ReadonlyArray<ReadonlyArray<string>> =>
    Object.entries(value).flatMap(([key, below]) =>
      isMap(below) ? leavesOf(below).map((path) => [key, ...path]) : [[key]]
    )
  const change = (value: JsonObject, [key = "", ...rest]: ReadonlyArray<string>, to: Json | undefined): JsonObject => {
    const below = value[key]
    if (rest.length > 0 && below !== undefined && isMap(below)) return { ...value, [key]: change(below, rest, to) }
    const { [key]: _, ...others } = value
    return to === undefined ? others : { ...value, [key]: to }
  }
  const made = (spec: JsonObject, fields: JsonObject): KubernetesObject => ({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: {
      name: "a",
      uid: "u",
      resourceVersion: "1",
      managedFields: [{ manager, operation: "Apply", apiVersion: "example.com/v1", fieldsV1: { "f:spec": fields } }]
    },
    spec
  })
  const payload = (spec: JsonObject): JsonObject => ({
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name: "a" },
    spec
  })
  const inStep = (claim: JsonObject, live: KubernetesObject) => isInStep(payload(claim), live, entryOf(live))

  it("is, whatever others have added", () => {
    fc.assert(fc.property(spec, (owned) => {
      assert.isTrue(inStep(owned, made({ ...owned, "added by others": { x: 1 } }, fieldsOf(owned))))
    }))
  })

  it("is not once any owned value differs or is missing, in the payload or in the cluster", () => {
    fc.assert(fc.property(spec, fc.nat(), fc.constantFrom("another", undefined), (owned, pick, to) => {
      const leaves = leavesOf(owned)
      const changed = change(owned, leaves[pick % leaves.length] ?? [], to)
      assert.isFalse(inStep(owned, made(changed, fieldsOf(owned))))
      assert.isFalse(inStep(changed, made(owned, fieldsOf(owned))))
    }))
  })

  const env = (...names: ReadonlyArray<string>) => ({ env: names.map((name) => ({ name, value: name })) })
  const envFields = (...names: ReadonlyArray<string>): JsonObject => ({
    "f:env": Object.fromEntries(
      names.map((name) => [`k:${JSON.stringify({ name })}`, { ".": {}, "f:name": {}, "f:value": {} }])
    )
  })

  it("takes the order of list items for a difference, but not what others put between them", () => {
    assert.isTrue(inStep(env("B", "A"), made(env("B", "theirs", "A"), envFields("A", "B"))))
    assert.isFalse(inStep(env("A", "B"), made(env("B", "A"), envFields("A", "B"))))
  })

  it("finds an item by the keys that the payload states, and is not sure when that fits two", () => {
    const fields: JsonObject = {
      "f:ports": {
        "k:{\"port\":53,\"protocol\":\"TCP\"}": { ".": {}, "f:port": {} },
        "k:{\"port\":80,\"protocol\":\"TCP\"}": { ".": {}, "f:port": {} }
      }
    }
    const tcp = (port: number) => ({ port, protocol: "TCP" })
    assert.isTrue(inStep({ ports: [{ port: 53 }, { port: 80 }] }, made({ ports: [tcp(53), tcp(80)] }, fields)))
    assert.isFalse(inStep({ ports: [{ port: 53 }, { port: 53 }] }, made({ ports: [tcp(53), tcp(80)] }, fields)))
  })

  it("compares the items of a set", () => {
    const fields: JsonObject = { "f:finalizers": { "v:\"a\"": {}, "v:\"b\"": {} } }
    assert.isTrue(inStep({ finalizers: ["a", "b"] }, made({ finalizers: ["a", "x", "b"] }, fields)))
    assert.isFalse(inStep({ finalizers: ["a"] }, made({ finalizers: ["a", "b"] }, fields)))
    assert.isFalse(inStep({ finalizers: ["a", "b"] }, made({ finalizers: ["a"] }, fields)))
  })
})
