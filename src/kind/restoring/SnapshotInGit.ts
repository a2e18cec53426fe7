/** What Git says of snapshots, and of volumes that claims had: what a claim can come back from. Pure. */
import type { Json, JsonObject, ManifestRef } from "../../manifest/Manifest.ts"
import { type ObjectId, objectId } from "../../manifest/ObjectKey.ts"
import { type Path, valueAt } from "../../manifest/portable/Row.ts"
import {
  restoreSizeAnnotation,
  snapshotCreatedAnnotation,
  sourceClaimAnnotation
} from "../../manifest/portable/SnapshotAnnotations.ts"

/** A VolumeSnapshot that says of which claim it was taken. */
export interface SnapshotInGit {
  readonly namespace: string
  readonly name: string
  readonly claim: ObjectId
  /** When it was taken: as the manifest says, and in milliseconds since the epoch; `-Infinity` where that is not known. */
  readonly taken: string
  readonly time: number
  /** As a quantity. */
  readonly restoreSize: string | undefined
  /** Where its manifest stands. */
  readonly path: string
}

/** A PersistentVolume that says which claim has it. */
export interface VolumeInGit {
  readonly name: string
  readonly claim: ObjectId
  readonly path: string
}

/** What a body says, and where it stands. */
export interface Read {
  readonly ref: ManifestRef
  readonly body: JsonObject
}

const textAt = (object: JsonObject, path: Path): string | undefined => {
  const value: Json | undefined = valueAt(object, path)
  return typeof value === "string" && value !== "" ? value : undefined
}

const timeOf = (text: string | undefined): number => {
  const time = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(time) ? -Infinity : time
}

const takenOf = (body: JsonObject) => textAt(body, ["metadata", "annotations", snapshotCreatedAnnotation])

/** A snapshot tells its time in whole seconds, and its content more precisely. */
const preciseTime = (taken: string | undefined, ofContent: string | undefined): number => {
  const [time, precise] = [timeOf(taken), timeOf(ofContent)]
  return Math.abs(precise - time) <= 1000 || time === -Infinity ? precise : time
}

/** @param contents Manifests of VolumeSnapshotContents. */
export const snapshotsInGit = (
  all: ReadonlyArray<Read>,
  contents: ReadonlyArray<Read>,
  defaultNamespace: string
): ReadonlyArray<SnapshotInGit> => {
  const contentTimes = new Map(contents.map(({ body, ref }) => [ref.manifest.name, takenOf(body)]))
  return all.flatMap(({ body, ref }) => {
    const annotation = (name: string) => textAt(body, ["metadata", "annotations", name])
    const claim = annotation(sourceClaimAnnotation)
    if (claim === undefined) return []
    const namespace = ref.manifest.namespace ?? defaultNamespace
    const taken = takenOf(body)
    const content = textAt(body, ["spec", "source", "volumeSnapshotContentName"])
    return [{
      namespace,
      name: ref.manifest.name,
      claim: objectId(namespace, claim),
      taken: taken ?? "at an unknown time",
      time: preciseTime(taken, content === undefined ? undefined : contentTimes.get(content)),
      restoreSize: annotation(restoreSizeAnnotation),
      path: ref.path
    }]
  })
}

export const volumesInGit = (all: ReadonlyArray<Read>): ReadonlyArray<VolumeInGit> =>
  all.flatMap(({ body, ref }) => {
    const name = textAt(body, ["spec", "claimRef", "name"])
    const namespace = textAt(body, ["spec", "claimRef", "namespace"])
    return name === undefined || namespace === undefined
      ? []
      : [{ name: ref.manifest.name, claim: objectId(namespace, name), path: ref.path }]
  })

/** The newest by the time it was taken, of those that were there at a time; of two taken at once the later by name. */
export const newest = (
  snapshots: ReadonlyArray<SnapshotInGit>,
  until: number | undefined
): SnapshotInGit | undefined =>
  snapshots.filter(({ time }) => until === undefined || time <= until)
    .toSorted((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1))[0]
