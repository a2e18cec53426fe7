/**
 * Why a manifest must not be applied to any cluster: it was exported as it was, and says of stored data what holds only in the cluster it
 * comes from. Applied in another one, it takes new snapshots, never binds, or destroys the data.
 */
import type { JsonObject } from "../Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../ObjectKey.ts"
import { type Path, valueAt } from "./Row.ts"

interface Fault {
  readonly has: Path
  readonly reason: string
}

const neverApplied = (says: string, cure: string) =>
  `${says}. It is never applied: ${cure} (a manifest that a rule with syncTo: git writes is right)`

const faults: ReadonlyMap<KindId, ReadonlyArray<Fault>> = new Map([
  ["PersistentVolume", [{
    has: ["spec", "claimRef", "uid"],
    reason: neverApplied(
      "spec.claimRef.uid names a claim of the cluster it was exported from: where that claim isn't, the volume counts as released, and its data may be deleted",
      "remove uid and resourceVersion from spec.claimRef"
    )
  }]],
  ["VolumeSnapshotContent.snapshot.storage.k8s.io", [
    {
      has: ["spec", "source", "volumeHandle"],
      reason: neverApplied(
        "spec.source.volumeHandle asks for a new snapshot of that volume, not for the one that was taken",
        "write spec.source.snapshotHandle instead, as its status has it"
      )
    },
    {
      has: ["spec", "volumeSnapshotRef", "uid"],
      reason: neverApplied(
        "spec.volumeSnapshotRef.uid names a VolumeSnapshot of the cluster it was exported from: no other one can be bound to it",
        "remove uid and resourceVersion from spec.volumeSnapshotRef"
      )
    }
  ]]
])

/** `undefined`: nothing stands against it. */
export const rawExport = (kind: GroupKind, manifest: JsonObject): string | undefined =>
  faults.get(kindId(kind))?.find(({ has }) => typeof valueAt(manifest, has) === "string")?.reason
