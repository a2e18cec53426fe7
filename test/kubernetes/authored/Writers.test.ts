import { assert, describe, it } from "@effect/vitest"
import { writersOf } from "../../../src/kubernetes/authored/Writers.ts"
import type { ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import { field, type FieldPath } from "../../../src/manifest/FieldPath.ts"

const image: FieldPath = [field("spec"), { _tag: "Item", keys: { name: "web" } }, field("image")]
const replicas: FieldPath = [field("spec"), field("replicas")]

const ofImage = { "f:spec": { "k:{\"name\":\"web\"}": { "f:image": {} } } }
const ofReplicas = { "f:spec": { "f:replicas": {} } }

const entry = (
  manager: string,
  fieldsV1: ManagedFieldsEntry["fieldsV1"] & object,
  more: Partial<ManagedFieldsEntry> = {}
): ManagedFieldsEntry => ({ manager, operation: "Update", apiVersion: "apps/v1", fieldsV1, ...more })

const writers = (paths: ReadonlyArray<FieldPath>, ...managedFields: ReadonlyArray<ManagedFieldsEntry>) =>
  writersOf({ metadata: { name: "x", uid: "u", resourceVersion: "1", managedFields } }, paths, "us")

describe("who set a field", () => {
  it("is who holds it, with the time, the latest first", () => {
    assert.deepStrictEqual(
      writers(
        [image],
        entry("kubectl-set", ofImage, { time: "2026-01-01T00:00:00Z" }),
        entry("kubectl-edit", ofReplicas, { time: "2026-01-03T00:00:00Z" }),
        entry("keel", ofImage, { time: "2026-01-02T00:00:00Z" })
      ),
      [
        { fieldManager: "keel", time: "2026-01-02T00:00:00Z" },
        { fieldManager: "kubectl-set", time: "2026-01-01T00:00:00Z" }
      ]
    )
  })

  it("is who scaled the object, though kubectl leaves no time then", () => {
    assert.deepStrictEqual(writers([replicas], entry("kubectl", ofReplicas, { subresource: "scale" })), [
      { fieldManager: "kubectl" }
    ])
  })

  it("is never we, nor who reports the status", () => {
    assert.deepStrictEqual(
      writers(
        [replicas],
        entry("us", ofReplicas, { operation: "Apply" }),
        entry("gitops-controller-released", ofReplicas),
        entry("kube-controller-manager", ofReplicas, { subresource: "status" }),
        entry("somebody", ofReplicas)
      ),
      [{ fieldManager: "somebody" }]
    )
  })

  it("is told once for several fields and entries, as the name was given", () => {
    const name = "a\nb"
    assert.deepStrictEqual(
      writers(
        [image, replicas],
        entry(name, ofImage, { time: "2026-01-02T00:00:00Z" }),
        entry(name, ofReplicas, { time: "2026-01-01T00:00:00Z", operation: "Apply" })
      ),
      [{ fieldManager: name, time: "2026-01-02T00:00:00Z" }]
    )
  })
})
