/** Why an object can't be written as a manifest, although others of its kind can. */
import type { JsonObject } from "../Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../ObjectKey.ts"
import { type Path, valueAt } from "./Row.ts"

interface Obstacle {
  /** It concerns objects that have something here, */
  readonly has: Path
  /** while there is nothing here, or `false`; `undefined`: all of them. */
  readonly lacks: Path | undefined
  /** The end of a sentence that begins with the object. */
  readonly reason: string
}

const source = (name: string): Path => ["spec", "source", name]

const notTaken = "is not ready yet: until then nothing can be restored from it"
const group = "is taken of a group of volumes, which can't be written so that it restores"

const obstacles: ReadonlyMap<KindId, ReadonlyArray<Obstacle>> = new Map([
  ["VolumeSnapshot.snapshot.storage.k8s.io", [
    { has: source("persistentVolumeClaimName"), lacks: ["status", "boundVolumeSnapshotContentName"], reason: notTaken },
    { has: source("persistentVolumeClaimName"), lacks: ["status", "readyToUse"], reason: notTaken }
  ]],
  ["VolumeSnapshotContent.snapshot.storage.k8s.io", [
    { has: source("volumeHandle"), lacks: ["status", "snapshotHandle"], reason: notTaken },
    { has: source("volumeHandle"), lacks: ["status", "readyToUse"], reason: notTaken }
  ]],
  ["VolumeGroupSnapshot.groupsnapshot.storage.k8s.io", [{ has: source("selector"), lacks: undefined, reason: group }]],
  ["VolumeGroupSnapshotContent.groupsnapshot.storage.k8s.io", [
    { has: source("volumeHandles"), lacks: undefined, reason: group }
  ]]
])

const isThere = (object: JsonObject, path: Path) => {
  const value = valueAt(object, path)
  return value !== undefined && value !== null && value !== false
}

/** `undefined`: nothing stands in the way. */
export const unportable = (kind: GroupKind, object: JsonObject): string | undefined =>
  obstacles.get(kindId(kind))?.find(({ has, lacks }) =>
    isThere(object, has) && (lacks === undefined || !isThere(object, lacks))
  )?.reason
