/**
 * What this cluster has been through with us: which cluster and source, what we applied, which Jobs finished, which objects it has shown, and
 * what was to be deleted on either side. Pure: the value, and how it is widened.
 */
import { Schema } from "effect"
import type { Mirrored, SeenObjects, Synced, SyncedObjects } from "../kind/Round.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { GrantEntry } from "./GrantEntry.ts"
import * as ObjectMap from "./ObjectMap.ts"
import { sameBy, seenWords, syncedWords } from "./RecordLines.ts"

/** The repository, branch and path the objects came from. */
export const Source = Schema.Struct({
  repository: Schema.String,
  branch: Schema.String,
  gitPath: Schema.String
})
export interface Source extends Schema.Schema.Type<typeof Source> {}

/** Why deletions wait until a person confirms them. */
export const Latch = Schema.Struct({
  /** What makes this the same reason as another time: what a person accepted once does not hold again. */
  cause: Schema.String,
  /** A sentence. */
  reason: Schema.String,
  /** The tip then: a trailer in a commit after it confirms. */
  commit: Schema.optionalKey(Schema.String)
})
export interface Latch extends Schema.Schema.Type<typeof Latch> {}

/** The head of the record, one ConfigMap. What is known of objects stands in `shards` more. */
export const Head = Schema.Struct({
  version: Schema.Literal(1),
  /** UID of the namespace kube-system. */
  cluster: Schema.String,
  source: Source,
  /** `undecided`: Git names another cluster, and nobody has said yet which one lives. `restoring`: this one is being restored from Git. */
  phase: Schema.Literals(["syncing", "undecided", "restoring"]),
  /** Of whom we asked its place, and when we first saw the request in Git (RFC 3339). */
  asked: Schema.optionalKey(Schema.Struct({ of: Schema.String, at: Schema.String })),
  /** Whom this cluster is being restored from, and since when (RFC 3339). */
  restoring: Schema.optionalKey(Schema.Struct({ from: Schema.String, since: Schema.String })),
  /** Whom it was restored from, and when that was done (RFC 3339). */
  restored: Schema.optionalKey(Schema.Struct({ from: Schema.String, at: Schema.String })),
  /** The commit of the last round in which every kind had settled. */
  lastSynced: Schema.optionalKey(Schema.String),
  /** The term of the leader that wrote it. */
  term: Schema.Int,
  /** Grows with every write: a record that was put back to an earlier time is known by it. */
  serial: Schema.optionalKey(Schema.Int),
  shards: Schema.Int,
  /** Manifests (by digest) of Jobs that finished, by object. */
  finishedJobs: Schema.Record(Schema.String, Schema.String),
  /** UIDs of the CustomResourceDefinitions under which objects were seen, by kind. */
  definitions: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Of removals from Git. */
  latch: Schema.optionalKey(Latch),
  /** Of deletions in the cluster. */
  deletionLatch: Schema.optionalKey(Latch),
  /** The cause of the latch that a person accepted last. */
  accepted: Schema.optionalKey(Schema.String),
  /** Commits whose trailers were judged: each counts once. */
  judged: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Written by a person (`gitops-controller confirm`): so many held deletions, of both sides together, shall be carried out. */
  confirms: Schema.optionalKey(Schema.Int),
  /** Whom Git names in our place, as a person is asked about it. */
  rival: Schema.optionalKey(Schema.String),
  /** Written by a person (`gitops-controller confirm --take-over`): whom we take the place of in Git. */
  takesOver: Schema.optionalKey(Schema.String)
})
export interface Head extends Schema.Schema.Type<typeof Head> {}

/** What we applied: of each object by kind, how it was last found in step; `undefined` until it was. */
export type Inventory = SyncedObjects

export type Grants = ObjectMap.ObjectMap<GrantEntry>

export interface Record {
  readonly head: Head
  readonly inventory: Inventory
  readonly seen: SeenObjects
  /** Documents to be removed from Git. */
  readonly removals: Grants
  /** Objects to be deleted in the cluster. */
  readonly deletions: Grants
}

/** Whether this cluster and Git were never in step, and it wasn't restored from there either. */
export const isStranger = ({ lastSynced, phase, restored }: Head): boolean =>
  lastSynced === undefined && phase !== "restoring" && restored === undefined

export const serialOf = ({ serial = 0 }: Head): number => serial

/** What left the record, by kind. */
export type Departed = ObjectMap.ObjectSet

const sameSynced = sameBy(syncedWords)
const sameMirrored = sameBy(seenWords)

/** The inventory with these entries, or the same one when it holds them all. A key without digests takes none away. */
export const widen = (
  inventory: Inventory,
  kind: KindId,
  entries: Iterable<readonly [ObjectId, Synced | undefined]>
): Inventory => ObjectMap.widen<Synced | undefined>(inventory, kind, entries, sameSynced)

/** All of both; where both know an object, `b` counts. */
export const merge = (a: Inventory, b: Inventory): Inventory => ObjectMap.merge<Synced | undefined>(a, b, sameSynced)

/** With these objects among the seen, or the same when all are. */
export const see = (seen: SeenObjects, kind: KindId, ids: Iterable<ObjectId>): SeenObjects =>
  ObjectMap.widen<Mirrored | undefined>(seen, kind, Array.from(ids, (id) => [id, undefined] as const), sameMirrored)

/** With these digests, as far as they are of objects among the seen: being found the same is no proof that an object's life was the cluster's. */
export const mirror = (seen: SeenObjects, mirrored: ObjectMap.ObjectMap<Mirrored>): SeenObjects =>
  ObjectMap.merge<Mirrored | undefined>(
    seen,
    ObjectMap.keep(mirrored, (kind, id) => ObjectMap.has(seen, kind, id)),
    sameMirrored
  )

export const sameSource = (a: Source, b: Source): boolean =>
  a.repository === b.repository && a.branch === b.branch && a.gitPath === b.gitPath

export const formatSource = ({ branch, gitPath, repository }: Source): string =>
  `${repository}, branch ${branch}, path ${gitPath === "" ? "/" : gitPath}`
