// Manifests as a person writes them, and the same as a live object: with what servers and controllers were seen to add.
import * as fc from "fast-check"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import type { KindId } from "../../../src/manifest/ObjectKey.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"

const merged = (left: JsonObject, right: JsonObject): JsonObject => {
  const both: Record<string, Json> = { ...left }
  for (const [name, value] of Object.entries(right)) {
    const there = both[name]
    if (isObject(there) && isObject(value)) both[name] = merged(there, value)
    else if (Array.isArray(there) && Array.isArray(value)) both[name] = [...there, ...value]
    else both[name] ??= value
  }
  return both
}

const ofAnyKind: ReadonlyArray<JsonObject> = [
  { metadata: { uid: "7ef61a02", resourceVersion: "267", generation: 1, creationTimestamp: "2026-11-23T18:14:02Z" } },
  { metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } } },
  { metadata: { labels: { "applyset.kubernetes.io/part-of": "applyset-x-v1" } } },
  { metadata: { finalizers: ["foregroundDeletion"] } },
  { metadata: { ownerReferences: [{ apiVersion: "v1", kind: "Owner", name: "o", uid: "u" }] } },
  { status: { observedGeneration: 1 } }
]

const additions: Readonly<Record<KindId, ReadonlyArray<JsonObject>>> = {
  "ConfigMap": [],
  "Widget.example.com": [{ spec: { template: { metadata: { creationTimestamp: null } } } }],
  "Deployment.apps": [
    { metadata: { annotations: { "deployment.kubernetes.io/revision": "1" } } },
    {
      spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-23T18:14:02Z" } } } }
    }
  ],
  "DaemonSet.apps": [{ metadata: { annotations: { "deprecated.daemonset.template.generation": "1" } } }],
  "Namespace": [
    { metadata: { labels: { "kubernetes.io/metadata.name": "a" } } },
    { spec: { finalizers: ["kubernetes"] } }
  ],
  "Service": [
    { spec: { clusterIP: "10.0.0.249", clusterIPs: ["10.0.0.249"] } },
    { spec: { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" } },
    { spec: { healthCheckNodePort: 30344 } },
    { metadata: { finalizers: ["service.kubernetes.io/load-balancer-cleanup"] } }
  ],
  "PersistentVolumeClaim": [
    { metadata: { annotations: { "pv.kubernetes.io/bind-completed": "yes" } } },
    { metadata: { annotations: { "pv.kubernetes.io/bound-by-controller": "yes" } }, spec: { volumeName: "pvc-b379" } },
    { metadata: { finalizers: ["kubernetes.io/pvc-protection"] } }
  ],
  "PersistentVolume": [
    { metadata: { annotations: { "pv.kubernetes.io/bound-by-controller": "yes" } } },
    { metadata: { finalizers: ["kubernetes.io/pv-protection"] } }
  ],
  "Job.batch": [
    { metadata: { labels: { "batch.kubernetes.io/controller-uid": "4a25", "job-name": "j" } } },
    { spec: { selector: { matchLabels: { "batch.kubernetes.io/controller-uid": "4a25" } } } },
    { spec: { template: { metadata: { labels: { "controller-uid": "4a25", "batch.kubernetes.io/job-name": "j" } } } } }
  ],
  "CronJob.batch": [{ spec: { jobTemplate: { metadata: {}, spec: { template: { metadata: {} } } } } }],
  "ClusterRole.rbac.authorization.k8s.io": [{ rules: [{ verbs: ["get"] }] }]
}

/** What a person states of such a kind beyond what is generated; only this makes an addition one. */
const basis: Readonly<Record<KindId, JsonObject>> = {
  "ClusterRole.rbac.authorization.k8s.io": { aggregationRule: { clusterRoleSelectors: [] } },
  "Widget.example.com": { spec: { template: { metadata: { name: "t" } } } },
  "Service": { spec: { ports: [{ port: 80, protocol: "TCP" }, { port: 81, protocol: "TCP", nodePort: 30081 }] } }
}

/** As the API server notes who set what, except that it knows the keys of every list. */
const noted = (value: Json): JsonObject => {
  if (Array.isArray(value)) {
    const ports: ReadonlyArray<JsonObject> = value.filter(isObject)
    return Object.fromEntries(
      ports.flatMap((port) =>
        port["port"] === undefined
          ? []
          : [[`k:${JSON.stringify({ port: port["port"], protocol: "TCP" })}`, { ".": {}, ...noted(port) }]]
      )
    )
  }
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [`f:${name}`, noted(entry)]))
}

const withNodePorts = (live: JsonObject): JsonObject => {
  const spec = isObject(live["spec"]) ? live["spec"] : {}
  const ports: ReadonlyArray<JsonObject> = Array.isArray(spec["ports"]) ? spec["ports"].filter(isObject) : []
  return { ...live, spec: { ...spec, ports: ports.map((port) => ({ nodePort: 30407, ...port })) } }
}

const word = fc.stringMatching(/^[a-z]{1,4}$/)
const words = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
const stated = fc.dictionary(word, fc.oneof(word, fc.nat(9), fc.boolean(), words, fc.constant({})), {
  minKeys: 1, // what is added to something empty can't be told from it
  maxKeys: 3,
  noNullPrototype: true
})

const manifests = fc.record({
  metadata: fc.record({ name: word, labels: words, annotations: words }, { requiredKeys: ["name"] }),
  spec: stated,
  data: words
}, { requiredKeys: ["metadata"] })

const isServiceId = (kind: KindId) => kind === "Service"

export const noiseOf = fc.constantFrom(...Object.keys(additions)).chain((kind) =>
  fc.record({
    written: manifests,
    noise: fc.subarray([...ofAnyKind, ...additions[kind] ?? []])
  }).map(({ noise, written }) => {
    const manifest = merged(basis[kind] ?? {}, written)
    const withNoise = noise.reduce(merged, manifest)
    const live = isServiceId(kind) ? withNodePorts(withNoise) : withNoise
    const managedFields = [{ manager: "kubectl-create", operation: "Update", fieldsV1: noted(manifest) }]
    return { kind, manifest, live: merged(live, { metadata: { managedFields } }) }
  })
)
