/** Where claims can come back from, read from Git once for each tip in which something of it is new. */
import { Effect } from "effect"
import { ManifestReader } from "../../git/ManifestReader.ts"
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { KindId, ObjectId } from "../../manifest/ObjectKey.ts"
import type { Round } from "../Round.ts"
import { type Read, type SnapshotInGit, snapshotsInGit, type VolumeInGit, volumesInGit } from "./SnapshotInGit.ts"

const snapshotKind: KindId = "VolumeSnapshot.snapshot.storage.k8s.io"
const volumeKind: KindId = "PersistentVolume"
const claimKind: KindId = "PersistentVolumeClaim"

/** What there is to come back from, and how. */
export interface VolumeSources {
  /** Manifests of VolumeSnapshots, of PersistentVolumes, and of claims. */
  readonly snapshots: ReadonlyArray<ManifestRef>
  readonly volumes: ReadonlyArray<ManifestRef>
  readonly claims: ReadonlyArray<ManifestRef>
  /** `reattach`: claims get the volumes that they had. */
  readonly route: "restore" | "reattach"
  readonly defaultNamespace: string
  /** While the cluster is being restored: since when, in milliseconds since the epoch. */
  readonly restoringSince: number | undefined
}

const none: ReadonlyArray<ManifestRef> = []

export const volumeSources = (
  round: Round | undefined,
  { defaultNamespace, volumes }: { readonly defaultNamespace: string; readonly volumes: VolumeSources["route"] }
): VolumeSources => {
  const { kinds } = round?.tip.index ?? {}
  const refsOf = (kind: KindId) => kinds?.get(kind) ?? none
  return {
    snapshots: refsOf(snapshotKind),
    volumes: refsOf(volumeKind),
    claims: refsOf(claimKind),
    route: volumes,
    defaultNamespace,
    restoringSince: round?.phase._tag === "Restoring" ? round.phase.since : undefined
  }
}

type ByClaim<A> = ReadonlyMap<ObjectId, ReadonlyArray<A>>

const byClaim = <A extends { readonly claim: ObjectId }>(found: ReadonlyArray<A>): ByClaim<A> =>
  Map.groupBy(found, ({ claim }) => claim)

/** The array of a kind stays the same one as long as nothing in it changes. */
const remembered = <A extends { readonly claim: ObjectId }>() => {
  const known = new WeakMap<ReadonlyArray<ManifestRef>, ByClaim<A>>()
  return Effect.fnUntraced(
    function*(refs: ReadonlyArray<ManifestRef>, find: (all: ReadonlyArray<Read>) => ReadonlyArray<A>) {
      const before = known.get(refs)
      if (before !== undefined) return before
      const reader = yield* ManifestReader
      const all = yield* Effect.forEach(refs, (ref) => Effect.map(reader.read(ref), (body): Read => ({ ref, body })))
      const found = byClaim(find(all))
      known.set(refs, found)
      return found
    }
  )
}

const readSnapshots = remembered<SnapshotInGit>()
const readVolumes = remembered<VolumeInGit>()

export const snapshotsByClaim = ({ defaultNamespace, snapshots }: VolumeSources) =>
  readSnapshots(snapshots, (all) => snapshotsInGit(all, defaultNamespace))

/** Empty unless claims get the volumes that they had. */
export const volumesByClaim = ({ route, volumes }: VolumeSources) =>
  readVolumes(route === "reattach" ? volumes : none, volumesInGit)
