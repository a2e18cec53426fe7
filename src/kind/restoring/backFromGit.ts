/**
 * What of a manifest is created, where there is no such object yet: a claim with the snapshot or the volume that it comes back from, a
 * snapshot that takes none, and nothing that would run ahead of the claims it uses. What has to be there first holds it back, and nothing else.
 */
import { Effect } from "effect"
import type { ManifestUnreadable } from "../../git/ManifestReader.ts"
import type { ManifestReader } from "../../git/ManifestReader.ts"
import type { RequestFailure } from "../../kubernetes/ApiError.ts"
import { Writer } from "../../kubernetes/Writer.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { type KindId, type ObjectId, objectId } from "../../manifest/ObjectKey.ts"
import { valueAt } from "../../manifest/portable/Row.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { sourceless } from "./checkSource.ts"
import { claimsUsed, makesPods } from "./claimsUsed.ts"
import { HeldBack, LeftInGit, Unrestorable } from "./HeldBack.ts"
import { snapshotsByClaim, volumesByClaim, type VolumeSources } from "./InGit.ts"
import { quantityBytes } from "./quantityBytes.ts"
import { newest, type SnapshotInGit, type VolumeInGit } from "./SnapshotInGit.ts"
import { snapshotReady } from "./snapshotReady.ts"

export type BackFromGitFailure = HeldBack | LeftInGit | ManifestUnreadable | RequestFailure | Unrestorable

interface Place {
  readonly namespace: string
  readonly name: string
}

type Made = Effect.Effect<JsonObject, BackFromGitFailure, ManifestReader | Writer>

const mapAt = (object: JsonObject, name: string): JsonObject => {
  const value = object[name]
  return isObject(value) ? value : {}
}

const withSpec = (manifest: JsonObject, change: (spec: JsonObject) => JsonObject): JsonObject => ({
  ...manifest,
  spec: change(mapAt(manifest, "spec"))
})

const without = (map: JsonObject, ...names: ReadonlyArray<string>): JsonObject =>
  Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)))

const find = Effect.fnUntraced(function*(plural: string, { name, namespace }: Place) {
  const writer = yield* Writer
  return yield* writer.get({ kind: { group: "", plural }, version: "v1", namespace, name }).pipe(
    Effect.catchTags({
      ObjectNotFound: () => Effect.succeed(undefined),
      NamespaceNotFound: () => Effect.succeed(undefined)
    })
  )
})

/** Why a claim that asks for so much can't come back from a snapshot. */
export const tooSmall = ({ name, restoreSize, taken }: SnapshotInGit, request: Json | undefined) => {
  const [wanted, needed] = [quantityBytes(String(request ?? "")), quantityBytes(restoreSize ?? "")]
  return wanted !== undefined && needed !== undefined && wanted < needed
    ? new Unrestorable({
      message:
        `it asks for ${String(request)}, and VolumeSnapshot ${name} (taken ${taken}), which it comes back from, ` +
        `needs at least ${restoreSize ?? ""}: raise spec.resources.requests.storage in its manifest`
    })
    : undefined
}

const takenHere = ({ name, namespace }: SnapshotInGit) =>
  new HeldBack({
    message:
      `waits for VolumeSnapshot ${namespace}/${name} of Git: one of that name was taken in this cluster, so the one from Git ` +
      "can't be created. Delete it here if it is not needed"
  })

const withVolume = Effect.fnUntraced(function*(manifest: JsonObject, { name, path }: VolumeInGit) {
  if ((yield* find("persistentvolumes", { namespace: "", name })) === undefined) {
    return yield* new HeldBack({
      message: `waits for its PersistentVolume ${name}: it is in Git (${path}) and not in the cluster yet`
    })
  }
  return withSpec(manifest, (spec) => ({ ...without(spec, "dataSource", "dataSourceRef"), volumeName: name }))
})

/** A claim never comes back empty where Git has snapshots of it that this cluster lacks. */
const claim = Effect.fnUntraced(function*(manifest: JsonObject, id: ObjectId, sources: VolumeSources) {
  const volume = (yield* volumesByClaim(sources)).get(id)?.at(-1)
  if (volume !== undefined) return yield* withVolume(manifest, volume)
  const { restoringSince } = sources
  const snapshot = newest((yield* snapshotsByClaim(sources)).get(id) ?? [], restoringSince)
  if (snapshot === undefined) return manifest
  if ((yield* snapshotReady(snapshot)) === "MadeHere")
    return restoringSince === undefined ? manifest : yield* takenHere(snapshot)
  const refused = tooSmall(snapshot, valueAt(manifest, ["spec", "resources", "requests", "storage"]))
  if (refused !== undefined) return yield* refused
  const dataSource = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: snapshot.name }
  return withSpec(manifest, (spec) => ({ ...without(spec, "volumeName", "dataSourceRef"), dataSource }))
})

const waitsForClaim = (id: ObjectId, from: string, isDeclared: boolean): HeldBack => {
  const [namespace = ""] = id.split("/")
  return new HeldBack({
    message: isDeclared
      ? `waits for PersistentVolumeClaim ${id}, which comes back from ${from}`
      : `waits for PersistentVolumeClaim ${id}: Git has ${from} of it, and no manifest describes the claim. Create it in ${namespace} ` +
        "with that as its source, or commit a manifest of it"
  })
}

const declares = ({ claims, defaultNamespace }: VolumeSources, id: ObjectId) =>
  claims.some(({ manifest: { name, namespace } }) => objectId(namespace ?? defaultNamespace, name) === id)

const workload = Effect.fnUntraced(
  function*(kind: KindId, place: Place, manifest: JsonObject, sources: VolumeSources) {
    const [snapshots, volumes] = [yield* snapshotsByClaim(sources), yield* volumesByClaim(sources)]
    for (const id of claimsUsed(kind, place, manifest, new Set([...snapshots.keys(), ...volumes.keys()]))) {
      const [volume, snapshot] = [volumes.get(id)?.at(-1), newest(snapshots.get(id) ?? [], sources.restoringSince)]
      if (volume === undefined && snapshot === undefined) continue
      const [namespace = "", name = ""] = id.split("/")
      const there = yield* find("persistentvolumeclaims", { namespace, name })
      if (there !== undefined) {
        const isBare = valueAt(there, ["spec", "dataSource"]) === undefined &&
          valueAt(there, ["spec", "dataSourceRef"]) === undefined
        if (isBare && volume === undefined && snapshot !== undefined && sources.restoringSince !== undefined)
          return yield* sourceless(id, snapshot.name, snapshot.taken)
        continue
      }
      const from = volume === undefined
        ? `VolumeSnapshot ${snapshot?.name ?? ""} (taken ${snapshot?.taken ?? ""})`
        : `PersistentVolume ${volume.name}`
      return yield* waitsForClaim(id, from, declares(sources, id))
    }
    return manifest
  }
)

/** A snapshot that is stored somewhere, and never goes from there because of what happens here. */
const content = (manifest: JsonObject): Made => {
  if (typeof valueAt(manifest, ["spec", "source", "snapshotHandle"]) !== "string") {
    return Effect.fail(
      new Unrestorable({
        message:
          "it names no snapshotHandle, so nobody knows what is stored; with a volumeHandle a new snapshot of that volume would be " +
          "taken. Say in spec.source which snapshot it is, as the driver names it, or remove it with its VolumeSnapshot"
      })
    )
  }
  return Effect.succeed(withSpec(manifest, (spec) => ({ ...spec, deletionPolicy: "Retain" })))
}

const provisionedBy = "pv.kubernetes.io/provisioned-by"

/** The claim that a volume says it is of. */
const claimOf = (manifest: JsonObject): ObjectId | undefined => {
  const [name, namespace] = ["name", "namespace"].map((field) => valueAt(manifest, ["spec", "claimRef", field]))
  return typeof name === "string" && typeof namespace === "string" ? objectId(namespace, name) : undefined
}

const leftVolume = (id: ObjectId) =>
  new LeftInGit({
    message:
      `the volume that PersistentVolumeClaim ${id} had stays in Git alone: claims come back from snapshots, and this one would be bound ` +
      `to its old volume instead, which another cluster may be using. "volumes: reattach" brings volumes back`
  })

/** A claim comes back from a snapshot or gets its volume, never both. What was made for a claim is another cluster's until somebody says so. */
const volume = Effect.fnUntraced(function*(manifest: JsonObject, sources: VolumeSources) {
  const isRestoring = sources.restoringSince !== undefined
  const id = claimOf(manifest)
  if (sources.route === "restore" && id !== undefined) {
    const isProvisioned = valueAt(manifest, ["metadata", "annotations", provisionedBy]) !== undefined
    if ((isRestoring && isProvisioned) || (yield* snapshotsByClaim(sources)).has(id)) return yield* leftVolume(id)
  }
  return isRestoring
    ? withSpec(manifest, (spec) => ({ ...spec, persistentVolumeReclaimPolicy: "Retain" }))
    : manifest
})

const snapshot = (manifest: JsonObject, isRestoring: boolean): Made =>
  isRestoring && typeof valueAt(manifest, ["spec", "source", "volumeSnapshotContentName"]) !== "string"
    ? Effect.fail(
      new Unrestorable({
        message:
          "it names no VolumeSnapshotContent: created here it would take a new snapshot, of a claim that may be empty. " +
          "Say in spec.source which content it has, or remove it from Git"
      })
    )
    : Effect.succeed(manifest)

/** @param manifest The whole one, as it would be created otherwise. */
export const backFromGit = (kind: KindId, place: Place, manifest: JsonObject, sources: VolumeSources): Made => {
  const isRestoring = sources.restoringSince !== undefined
  switch (kind) {
    case "PersistentVolumeClaim":
      return claim(manifest, objectId(place.namespace, place.name), sources)
    case "PersistentVolume":
      return volume(manifest, sources)
    case "VolumeSnapshotContent.snapshot.storage.k8s.io":
      return content(manifest)
    case "VolumeSnapshot.snapshot.storage.k8s.io":
      return snapshot(manifest, isRestoring)
    default:
      return makesPods(kind) ? workload(kind, place, manifest, sources) : Effect.succeed(manifest)
  }
}
