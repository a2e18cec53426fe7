import { assert, describe, it } from "@effect/vitest"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { groupKind, type KindId } from "../../../src/manifest/ObjectKey.ts"
import { portable, portableBeside } from "../../../src/manifest/portable/portable.ts"

const of = (kind: KindId, object: JsonObject) => portable(groupKind(kind), object)

const setBy = (manager: string, fieldsV1: JsonObject, subresource?: string): JsonObject => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource })
})

describe("a Service", () => {
  const chosenPort = { port: 80, protocol: "TCP", nodePort: 30080 }
  const ports = [chosenPort, { port: 81, protocol: "TCP", nodePort: 30081 }]
  const spec = { clusterIP: "10.0.0.7", clusterIPs: ["10.0.0.7"], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" }
  const setPorts = { "f:ports": { "k:{\"port\":80,\"protocol\":\"TCP\"}": { "f:nodePort": {} } } }

  it("loses addresses and node ports that nobody chose, and keeps those that somebody did", () => {
    const managedFields = [setBy("kubectl-create", { "f:spec": setPorts })]
    assert.deepStrictEqual(of("Service", { metadata: { name: "a", managedFields }, spec: { ...spec, ports } }), {
      metadata: { name: "a" },
      spec: { ports: [chosenPort, { port: 81, protocol: "TCP" }] }
    })
    const chosen = [setBy("kubectl-create", { "f:spec": { ...setPorts, "f:clusterIP": {} } })]
    assert.deepStrictEqual(
      of("Service", { metadata: { name: "a", managedFields: chosen }, spec: { ...spec, ports } }),
      {
        metadata: { name: "a" },
        spec: { clusterIP: "10.0.0.7", ports: [chosenPort, { port: 81, protocol: "TCP" }] }
      }
    )
  })

  it("stays headless, whoever made it so", () => {
    const managedFields = [setBy("kubectl-create", { "f:spec": { "f:type": {} } })]
    const headless = { clusterIP: "None", clusterIPs: ["None"], type: "ClusterIP" }
    assert.deepStrictEqual(of("Service", { metadata: { name: "a", managedFields }, spec: headless }), {
      metadata: { name: "a" },
      spec: { clusterIP: "None", type: "ClusterIP" }
    })
  })

  it("lacks in a manifest beside it what it lacks itself, and keeps there too what somebody chose", () => {
    const live = { metadata: { name: "a", managedFields: [setBy("kubectl-create", { "f:spec": setPorts })] } }
    const manifest = {
      metadata: { name: "a" },
      spec: { ...spec, ports: [{ port: 80, nodePort: 30080 }, { port: 81, nodePort: 30081 }] }
    }
    assert.deepStrictEqual(portableBeside({ group: "", kind: "Service" }, manifest, live), {
      metadata: { name: "a" },
      spec: { ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] }
    })
    assert.strictEqual(portableBeside({ group: "", kind: "Service" }, manifest, manifest), manifest)
  })

  it("says in a manifest what it says", () => {
    const manifest = { metadata: { name: "a" }, spec: { ...spec, ports, healthCheckNodePort: 30100 } }
    assert.strictEqual(of("Service", manifest), manifest)
  })
})

describe("a Job", () => {
  const generated = { "batch.kubernetes.io/controller-uid": "u", "batch.kubernetes.io/job-name": "j", "job-name": "j" }
  const spec = {
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "u" } },
    template: { metadata: { labels: { ...generated, "controller-uid": "u" } }, spec: {} }
  }

  it("loses the selector and the labels that hold its uid", () => {
    assert.deepStrictEqual(of("Job.batch", { metadata: { name: "j", labels: generated }, spec }), {
      metadata: { name: "j" },
      spec: { template: { spec: {} } }
    })
  })

  it("keeps a selector of its author's own", () => {
    const own = { metadata: { name: "j" }, spec: { ...spec, manualSelector: true } }
    assert.strictEqual(of("Job.batch", own), own)
  })
})

describe("certificates that are injected", () => {
  const object = (annotations: JsonObject) => ({
    metadata: { name: "a", annotations },
    webhooks: [{ name: "a", clientConfig: { caBundle: "Y2E=", service: { name: "a" } } }]
  })

  it("go where an annotation has them injected, and stay where a person wrote them", () => {
    const kind = "ValidatingWebhookConfiguration.admissionregistration.k8s.io"
    const injected = { "cert-manager.io/inject-ca-from": "a/b" }
    assert.deepStrictEqual(of(kind, object(injected)), {
      metadata: { name: "a", annotations: injected },
      webhooks: [{ name: "a", clientConfig: { service: { name: "a" } } }]
    })
    const own = object({ note: "mine" })
    assert.strictEqual(of(kind, own), own)
  })
})

describe("a Secret", () => {
  it("says stringData as part of data", () => {
    const manifest = { metadata: { name: "a" }, data: { a: "YQ==", b: "Yg==" }, stringData: { b: "ä" } }
    assert.deepStrictEqual(of("Secret", manifest), { metadata: { name: "a" }, data: { a: "YQ==", b: "w6Q=" } })
  })
})

describe("a Pod", () => {
  const spec = {
    nodeName: "node-1",
    priority: 0,
    volumes: [{ name: "data", emptyDir: {} }, { name: "kube-api-access-plvpl", projected: {} }],
    tolerations: [
      { key: "mine", operator: "Exists" },
      { effect: "NoExecute", key: "node.kubernetes.io/not-ready", operator: "Exists", tolerationSeconds: 300 }
    ]
  }
  const pod = (manager: string) => ({
    metadata: {
      name: "a",
      managedFields: [
        setBy(manager, { "f:spec": { "f:volumes": { ".": {}, "k:{\"name\":\"data\"}": { "f:emptyDir": {} } } } })
      ]
    },
    spec
  })

  it("loses what was filled in at admission, and its node", () => {
    const left = {
      metadata: { name: "a" },
      spec: { volumes: [{ name: "data", emptyDir: {} }], tolerations: [{ key: "mine", operator: "Exists" }] }
    }
    assert.deepStrictEqual(of("Pod", pod("kubectl-run")), left)
    assert.deepStrictEqual(of("Pod", pod("kube-controller-manager")), left)
  })
})
