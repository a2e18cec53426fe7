import { assert, it } from "@effect/vitest"
import { companionsOf } from "../../../src/kind/mirroring/Companions.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { rule } from "../samples.ts"

const group = "snapshot.storage.k8s.io"
const snapshot = {
  metadata: { name: "daily", namespace: "shop" },
  status: { boundVolumeSnapshotContentName: "snapcontent-1" }
} as unknown as KubernetesObject
const content = {
  metadata: { name: "snapcontent-1" },
  spec: { volumeSnapshotRef: { namespace: "shop", name: "daily" } }
} as unknown as KubernetesObject
const snapshotKey = { group, kind: "VolumeSnapshot", namespace: "shop", name: "daily" }
const contentKey = { group, kind: "VolumeSnapshotContent", namespace: "", name: "snapcontent-1" }

it("a snapshot and its content need each other, as far as both go to Git", () => {
  const both = { number: 1, rules: [rule({ syncTo: "git", apiGroups: [group] })] }
  assert.deepStrictEqual(companionsOf(snapshotKey, snapshot, both), [contentKey])
  assert.deepStrictEqual(companionsOf(contentKey, content, both), [snapshotKey])
  const one = { number: 1, rules: [rule({ syncTo: "git", resources: ["volumesnapshots"] })] }
  assert.deepStrictEqual(companionsOf(snapshotKey, snapshot, one), [])
  assert.deepStrictEqual(companionsOf({ group: "", kind: "ConfigMap" }, snapshot, both), [])
})
