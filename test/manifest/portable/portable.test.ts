import { assert, describe, it } from "@effect/vitest"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { groupKind, type KindId } from "../../../src/manifest/ObjectKey.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"

const of = (kind: KindId, object: JsonObject) => portable(groupKind(kind), object)

const setBy = (manager: string, fieldsV1: JsonObject, subresource?: string): JsonObject => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource })
})

describe("of any kind", () => {
  it("goes what the API server sets, and the status", () => {
    const live = {
      metadata: {
        name: "a",
        uid: "u",
        resourceVersion: "1",
        generation: 2,
        creationTimestamp: "2026-01-01T00:00:00Z",
        deletionTimestamp: "2026-01-01T00:00:00Z",
        deletionGracePeriodSeconds: 30,
        selfLink: "/a",
        generateName: "a-",
        managedFields: [],
        ownerReferences: [{ kind: "B" }]
      },
      data: {},
      status: {}
    }
    assert.deepStrictEqual(of("Anything.example.com", live), { metadata: { name: "a" }, data: {} })
  })

  it("go stamps and bookkeeping, and what a person wrote beside them stays", () => {
    const live = {
      metadata: {
        name: "a",
        labels: {
          app: "a",
          "app.kubernetes.io/managed-by": "Helm",
          "applyset.kubernetes.io/part-of": "applyset-x-v1",
          "kustomize.toolkit.fluxcd.io/name": "apps"
        },
        annotations: {
          "argocd.argoproj.io/sync-wave": "1",
          "argocd.argoproj.io/tracking-id": "a",
          "deployment.kubernetes.io/revision": "3",
          "gitops-controller/sync": "paused",
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
          "kustomize.toolkit.fluxcd.io/prune": "disabled",
          "meta.helm.sh/release-name": "a"
        }
      }
    }
    assert.deepStrictEqual(of("Anything.example.com", live), {
      metadata: {
        name: "a",
        labels: { app: "a" },
        annotations: {
          "argocd.argoproj.io/sync-wave": "1",
          "gitops-controller/sync": "paused",
          "kustomize.toolkit.fluxcd.io/prune": "disabled"
        }
      }
    })
  })

  it("stays the name of a tool that doesn't mark objects again", () => {
    const manifest = { metadata: { name: "a", labels: { "app.kubernetes.io/managed-by": "people" } } }
    assert.strictEqual(of("Anything.example.com", manifest), manifest)
  })

  it("goes a map that only held what goes, and an empty one that a person wrote stays", () => {
    const live = {
      metadata: { name: "a", annotations: { "deployment.kubernetes.io/revision": "3" } },
      spec: { emptyDir: {}, list: [] }
    }
    assert.deepStrictEqual(of("Anything.example.com", live), {
      metadata: { name: "a" },
      spec: { emptyDir: {}, list: [] }
    })
  })

  it("go empty labels and annotations, which no API server keeps", () => {
    const manifest = { metadata: { name: "a", annotations: {}, finalizers: [], labels: {} } }
    assert.deepStrictEqual(of("Anything.example.com", manifest), { metadata: { name: "a" } })
  })

  it("goes `creationTimestamp: null` of the metadata of templates, however deep, and of nothing else", () => {
    const metadata = { creationTimestamp: null, name: "t" }
    const object = { metadata: { name: "a" }, spec: { deep: [{ template: { metadata } }], creationTimestamp: null } }
    assert.deepStrictEqual(of("Anything.example.com", object), {
      metadata: { name: "a" },
      spec: { deep: [{ template: { metadata: { name: "t" } } }], creationTimestamp: null }
    })
  })

  it("goes the moment of the last restart", () => {
    const annotations = { "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z", "checksum/config": "1" }
    const live = { metadata: { name: "a" }, spec: { template: { metadata: { annotations } } } }
    assert.deepStrictEqual(of("Deployment.apps", live), {
      metadata: { name: "a" },
      spec: { template: { metadata: { annotations: { "checksum/config": "1" } } } }
    })
  })

  it("go finalizers of the control plane and of the object's own controller, and a person's stays", () => {
    const finalizers = [
      "example.com/cloud",
      "example.com/mine",
      "example.com/operator",
      "foregroundDeletion",
      "kubernetes.io/pvc-protection"
    ]
    const live = {
      metadata: {
        name: "a",
        finalizers,
        managedFields: [
          setBy("kubectl-edit", { "f:metadata": { "f:finalizers": { ".": {}, "v:\"example.com/mine\"": {} } } }),
          setBy("operator", { "f:metadata": { "f:finalizers": { "v:\"example.com/operator\"": {} } } }),
          setBy("cloud-controller-manager", { "f:metadata": { "f:finalizers": { "v:\"example.com/cloud\"": {} } } }),
          setBy("operator", { "f:status": { "f:phase": {} } }, "status")
        ]
      }
    }
    assert.deepStrictEqual(of("Anything.example.com", live), {
      metadata: { name: "a", finalizers: ["example.com/mine"] }
    })
    assert.deepStrictEqual(of("Anything.example.com", { metadata: { name: "a", finalizers } }), {
      metadata: { name: "a", finalizers: ["example.com/cloud", "example.com/mine", "example.com/operator"] }
    })
  })
})
