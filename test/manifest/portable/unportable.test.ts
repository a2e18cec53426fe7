import { assert, it } from "@effect/vitest"
import { unportable } from "../../../src/manifest/portable/unportable.ts"

const of = (kind: string) => ({ group: "snapshot.storage.k8s.io", kind })

it("is a snapshot without a content, or one that is not ready", () => {
  const spec = { source: { persistentVolumeClaimName: "db" } }
  const notReady = "is not ready yet: until then nothing can be restored from it"
  const status = { boundVolumeSnapshotContentName: "c", readyToUse: true }
  assert.strictEqual(unportable(of("VolumeSnapshot"), { spec }), notReady)
  assert.strictEqual(unportable(of("VolumeSnapshot"), { spec, status: { ...status, readyToUse: false } }), notReady)
  assert.strictEqual(unportable(of("VolumeSnapshot"), { spec, status: { readyToUse: true } }), notReady)
  assert.isUndefined(unportable(of("VolumeSnapshot"), { spec, status }))
})

it("is a content without a handle, or one that is not ready", () => {
  const spec = { source: { volumeHandle: "v" } }
  assert.isDefined(unportable(of("VolumeSnapshotContent"), { spec, status: { readyToUse: true } }))
  assert.isDefined(
    unportable(of("VolumeSnapshotContent"), { spec, status: { snapshotHandle: "h", readyToUse: false } })
  )
  assert.isUndefined(
    unportable(of("VolumeSnapshotContent"), { spec, status: { snapshotHandle: "h", readyToUse: true } })
  )
})

it("is none that says what it is restored from", () => {
  assert.isUndefined(unportable(of("VolumeSnapshot"), { spec: { source: { volumeSnapshotContentName: "c" } } }))
  assert.isUndefined(unportable(of("VolumeSnapshotContent"), { spec: { source: { snapshotHandle: "h" } } }))
  assert.isUndefined(unportable({ group: "", kind: "ConfigMap" }, { data: {} }))
})
