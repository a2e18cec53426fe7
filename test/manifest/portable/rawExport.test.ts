import { assert, it } from "@effect/vitest"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"
import { rawExport } from "../../../src/manifest/portable/rawExport.ts"

const volume = { group: "", kind: "PersistentVolume" }
const content = { group: "snapshot.storage.k8s.io", kind: "VolumeSnapshotContent" }
const ref = { name: "daily", namespace: "shop" }

const told = (spec: JsonObject): JsonObject => ({ metadata: { name: "a" }, spec })

const raw: ReadonlyArray<readonly [typeof volume, JsonObject, RegExp]> = [
  [volume, told({ claimRef: { ...ref, uid: "u" } }), /spec\.claimRef\.uid .* data may be deleted\. .* remove uid/],
  [content, told({ source: { volumeHandle: "v" }, volumeSnapshotRef: ref }), /new snapshot.*snapshotHandle instead/],
  [content, told({ source: { snapshotHandle: "s" }, volumeSnapshotRef: { ...ref, uid: "u" } }), /remove uid/]
]

it("is what names something of the cluster it comes from, and says how to mend it", () => {
  for (const [kind, manifest, words] of raw) assert.match(rawExport(kind, manifest) ?? "", words)
})

it("is none that was made portable, and none that a person wrote", () => {
  const status = { snapshotHandle: "s", readyToUse: true }
  for (const [kind, manifest] of raw) assert.isUndefined(rawExport(kind, portable(kind, { ...manifest, status })))
  assert.isUndefined(rawExport(volume, told({ claimRef: ref })))
  assert.isUndefined(rawExport({ group: "", kind: "PersistentVolumeClaim" }, told({ claimRef: { uid: "u" } })))
})
