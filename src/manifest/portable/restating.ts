/**
 * What is said differently in a manifest than in a live object: it is taken from elsewhere in the object, before the status goes.
 * A manifest that says it already stays as it is.
 */
import type { Json, JsonObject } from "../Manifest.ts"
import type { KindId } from "../ObjectKey.ts"
import { isObject } from "../ServerFields.ts"
import { type Path, valueAt } from "./Row.ts"
import {
  restoreSizeAnnotation,
  snapshotCreatedAnnotation,
  sourceClaimAnnotation,
  sourceVolumeAnnotation
} from "./SnapshotAnnotations.ts"

interface Source {
  /** What `spec.source` says of an object that was made from something in this cluster. */
  readonly replaces: string
  /** What it says in a manifest, and where that stands. */
  readonly by: string
  readonly from: Path
  /** Annotations of ours that keep what the object can't say any more. */
  readonly records: ReadonlyArray<readonly [annotation: string, from: Path]>
}

/** A snapshot refers to what there is: one that says what to take would take another one, of another volume. */
const sources: ReadonlyMap<KindId, Source> = new Map([
  ["VolumeSnapshot.snapshot.storage.k8s.io", {
    replaces: "persistentVolumeClaimName",
    by: "volumeSnapshotContentName",
    from: ["status", "boundVolumeSnapshotContentName"],
    records: [
      [snapshotCreatedAnnotation, ["status", "creationTime"]],
      [restoreSizeAnnotation, ["status", "restoreSize"]],
      [sourceClaimAnnotation, ["spec", "source", "persistentVolumeClaimName"]]
    ]
  }],
  ["VolumeSnapshotContent.snapshot.storage.k8s.io", {
    replaces: "volumeHandle",
    by: "snapshotHandle",
    from: ["status", "snapshotHandle"],
    records: [
      [snapshotCreatedAnnotation, ["status", "creationTime"]],
      [restoreSizeAnnotation, ["status", "restoreSize"]],
      [sourceVolumeAnnotation, ["spec", "source", "volumeHandle"]]
    ]
  }]
])

const mapAt = (object: JsonObject, path: Path): JsonObject => {
  const value = valueAt(object, path)
  return isObject(value) ? value : {}
}

/** A content tells its time in nanoseconds since 1970, a snapshot as text. */
const asTime = (value: Json) =>
  typeof value === "string" ? value : new Date(Number(BigInt(String(value)) / 1_000_000n)).toISOString()

const asText = (value: Json) => typeof value === "string" ? value : String(value)

const withSource = (object: JsonObject, { by, from, records, replaces }: Source): JsonObject => {
  const there = valueAt(object, from)
  const { [replaces]: replaced, ...source } = mapAt(object, ["spec", "source"])
  if (there === undefined || replaced === undefined) return object
  const annotations = mapAt(object, ["metadata", "annotations"])
  const recorded = records.flatMap(([name, path]): ReadonlyArray<readonly [string, Json]> => {
    const value = valueAt(object, path)
    return value === undefined ? [] : [[name, name === snapshotCreatedAnnotation ? asTime(value) : asText(value)]]
  })
  return {
    ...object,
    metadata: { ...mapAt(object, ["metadata"]), annotations: { ...Object.fromEntries(recorded), ...annotations } },
    spec: { ...mapAt(object, ["spec"]), source: { ...source, [by]: there } }
  }
}

/**
 * What is stored is kept where the manifest is applied, whatever becomes of the object there: another cluster may be using it, or may be
 * the one that comes back from it.
 */
const keeping = (object: JsonObject, policy: string): JsonObject => {
  const spec = mapAt(object, ["spec"])
  return spec[policy] === "Delete" ? { ...object, spec: { ...spec, [policy]: "Retain" } } : object
}

const isProvisioned = (volume: JsonObject) =>
  valueAt(volume, ["metadata", "annotations", "pv.kubernetes.io/provisioned-by"]) !== undefined

/** `stringData` is a way to write `data`, which the server takes apart. */
const withoutStringData = (secret: JsonObject): JsonObject => {
  const { stringData, ...rest } = secret
  if (!isObject(stringData)) return secret
  const encoded = Object.entries(stringData).map(([key, value]) =>
    [key, Buffer.from(typeof value === "string" ? value : "").toString("base64")] as const
  )
  return { ...rest, data: { ...mapAt(secret, ["data"]), ...Object.fromEntries(encoded) } }
}

export const restated = (kind: KindId, object: JsonObject): JsonObject => {
  if (kind === "Secret") return withoutStringData(object)
  if (kind === "PersistentVolume")
    return isProvisioned(object) ? keeping(object, "persistentVolumeReclaimPolicy") : object
  const source = sources.get(kind)
  return source === undefined ? object : keeping(withSource(object, source), "deletionPolicy")
}
