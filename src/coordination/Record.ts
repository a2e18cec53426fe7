/**
 * What this cluster has been through with us: which cluster and source, what we applied, which Jobs finished.
 * Pure: the value, how it is widened, and how it is cut into ConfigMaps below the size the API server takes.
 */
import { Schema } from "effect"
import type { Synced, SyncedObjects } from "../kind/Round.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"

/** The repository, branch and path the objects came from. */
export const Source = Schema.Struct({
  repository: Schema.String,
  branch: Schema.String,
  gitPath: Schema.String
})
export interface Source extends Schema.Schema.Type<typeof Source> {}

/** The head of the record, one ConfigMap. The inventory stands in `shards` more. */
export const Head = Schema.Struct({
  version: Schema.Literal(1),
  /** UID of the namespace kube-system. */
  cluster: Schema.String,
  source: Source,
  phase: Schema.Literals(["syncing"]),
  /** The commit of the last round in which every kind had settled. */
  lastSynced: Schema.optionalKey(Schema.String),
  /** The term of the leader that wrote it. */
  term: Schema.Int,
  shards: Schema.Int,
  /** Manifests (by digest) of Jobs that finished, by object. */
  finishedJobs: Schema.Record(Schema.String, Schema.String)
})
export interface Head extends Schema.Schema.Type<typeof Head> {}

/** What we applied: of each object by kind, how it was last found in step; `undefined` until it was. */
export type Inventory = SyncedObjects

export interface Record {
  readonly head: Head
  readonly inventory: Inventory
}

/** How many bytes of inventory a ConfigMap may hold; etcd takes 1.5 MiB, and room is left for growth. */
export const shardBytes = 400_000

const sameSynced = (a: Synced | undefined, b: Synced | undefined) =>
  a === b || (a !== undefined && b !== undefined && a.payload === b.payload && a.owned === b.owned)

/** The inventory with these entries, or the same one when it holds them all. A key without digests takes none away. */
export const widen = (
  inventory: Inventory,
  kind: KindId,
  entries: Iterable<readonly [ObjectId, Synced | undefined]>
): Inventory => {
  const held = inventory.get(kind)
  const fresh = Array.from(entries).filter(([id, synced]) =>
    held?.has(id) !== true || (synced !== undefined && !sameSynced(held.get(id), synced))
  )
  return fresh.length === 0 ? inventory : new Map(inventory).set(kind, new Map([...held ?? [], ...fresh]))
}

/** What left the record, by kind. */
export type Departed = ReadonlyMap<KindId, ReadonlySet<ObjectId>>

/** The inventory without these objects, or the same one when it holds none of them. */
export const narrow = (inventory: Inventory, departed: Departed): Inventory => {
  let narrowed = inventory
  for (const [kind, ids] of departed) {
    const held = narrowed.get(kind)
    if (held === undefined || !ids.values().some((id) => held.has(id))) continue
    const left = new Map([...held].filter(([id]) => !ids.has(id)))
    const others = new Map([...narrowed].filter(([other]) => other !== kind))
    narrowed = left.size === 0 ? others : others.set(kind, left)
  }
  return narrowed
}

/** All of both; where both know an object, `b` counts. */
export const merge = (a: Inventory, b: Inventory): Inventory =>
  [...b].reduce((merged, [kind, entries]) => widen(merged, kind, entries), a)

const lineOf = (kind: KindId, id: ObjectId, synced: Synced | undefined) =>
  synced === undefined ? `${kind} ${id}` : `${kind} ${id} ${synced.payload} ${synced.owned}`

/** FNV-1a of kind and name. */
const bucketOf = (kind: KindId, id: ObjectId, shards: number): number => {
  let hash = 0x811c9dc5
  for (const text of [kind, id])
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % shards
}

const digestBytes = 46

/** How many shards the inventory needs: a power of two, so that growth is rare. */
export const shardsFor = (inventory: Inventory): number => {
  let bytes = 0
  for (const [kind, ids] of inventory) for (const id of ids.keys()) bytes += kind.length + id.length + digestBytes
  return 2 ** Math.max(0, Math.ceil(Math.log2(bytes / shardBytes)))
}

/** The text of one shard: a sorted line `Kind.group namespace/name digest digest` for each object. */
export const encodeShard = (inventory: Inventory, shards: number, index: number): string => {
  const lines: Array<string> = []
  for (const [kind, ids] of inventory) {
    for (const [id, synced] of ids)
      if (shards === 1 || bucketOf(kind, id, shards) === index) lines.push(lineOf(kind, id, synced))
  }
  return lines.toSorted().join("\n")
}

/** Which shards differ between two inventories. */
export const changedShards = (before: Inventory, after: Inventory, shards: number): ReadonlySet<number> => {
  const changed = new Set<number>()
  for (const [kind, ids] of after) {
    const held = before.get(kind)
    if (held === ids) continue
    for (const [id, synced] of ids)
      if (held?.has(id) !== true || !sameSynced(held.get(id), synced)) changed.add(bucketOf(kind, id, shards))
  }
  for (const [kind, ids] of before) {
    const held = after.get(kind)
    if (held === ids) continue
    for (const id of ids.keys()) if (held?.has(id) !== true) changed.add(bucketOf(kind, id, shards))
  }
  return changed
}

/** Reads shards back; lines that are no keys are passed over. */
export const decodeShards = (texts: Iterable<string>): Inventory => {
  const inventory = new Map<KindId, Map<ObjectId, Synced | undefined>>()
  for (const text of texts) {
    for (const line of text.split("\n")) {
      const [kind = "", id, payload, owned] = line.split(" ")
      if (id === undefined) continue
      const ids = inventory.get(kind) ?? new Map<ObjectId, Synced | undefined>()
      const synced = payload === undefined || owned === undefined ? undefined : { payload, owned }
      inventory.set(kind, ids.set(id, synced))
    }
  }
  return inventory
}

export const sameSource = (a: Source, b: Source): boolean =>
  a.repository === b.repository && a.branch === b.branch && a.gitPath === b.gitPath

export const formatSource = ({ branch, gitPath, repository }: Source): string =>
  `${repository}, branch ${branch}, path ${gitPath === "" ? "/" : gitPath}`
