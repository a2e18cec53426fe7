/** Where claims can come back from, read from Git once for each tip in which something of it is new. */
import { Effect } from "effect"
import { ManifestReader } from "../../git/ManifestReader.ts"
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { KindId, ObjectId } from "../../manifest/ObjectKey.ts"
import type { Round } from "../Round.ts"
import { type Read, type SnapshotInGit, snapshotsInGit, type VolumeInGit, volumesInGit } from "./SnapshotInGit.ts"

const snapshotKind: KindId = "VolumeSnapshot.snapshot.storage.k8s.io"
const contentKind: KindId = "VolumeSnapshotContent.snapshot.storage.k8s.io"
const volumeKind: KindId = "PersistentVolume"
const claimKind: KindId = "PersistentVolumeClaim"

/** What there is to come back from, and how. */
export interface VolumeSources {
  /** Manifests of VolumeSnapshots, of their contents, of PersistentVolumes, and of claims. */
  readonly snapshots: ReadonlyArray<ManifestRef>
  readonly contents: ReadonlyArray<ManifestRef>
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
    contents: refsOf(contentKind),
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

const readAll = Effect.fnUntraced(function*(refs: ReadonlyArray<ManifestRef>) {
  const reader = yield* ManifestReader
  return yield* Effect.forEach(refs, (ref) => Effect.map(reader.read(ref), (body): Read => ({ ref, body })))
})

/** The arrays of a kind stay the same ones as long as nothing in them changes: what was found in them is known then. */
const remembered = <A extends { readonly claim: ObjectId }>() => {
  const known = new WeakMap<
    ReadonlyArray<ManifestRef>,
    { readonly beside: ReadonlyArray<ManifestRef>; readonly found: ByClaim<A> }
  >()
  return Effect.fnUntraced(
    function*(
      refs: ReadonlyArray<ManifestRef>,
      beside: ReadonlyArray<ManifestRef>,
      find: (all: ReadonlyArray<Read>, beside: ReadonlyArray<Read>) => ReadonlyArray<A>
    ) {
      const before = known.get(refs)
      if (before?.beside === beside) return before.found
      const found = byClaim(find(yield* readAll(refs), yield* readAll(beside)))
      known.set(refs, { beside, found })
      return found
    }
  )
}

const readSnapshots = remembered<SnapshotInGit>()
const readVolumes = remembered<VolumeInGit>()

export const snapshotsByClaim = ({ contents, defaultNamespace, snapshots }: VolumeSources) =>
  readSnapshots(snapshots, contents, (all, contents) => snapshotsInGit(all, contents, defaultNamespace))

/** Empty unless claims get the volumes that they had. */
export const volumesByClaim = ({ route, volumes }: VolumeSources) =>
  readVolumes(route === "reattach" ? volumes : none, none, volumesInGit)
