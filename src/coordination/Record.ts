/**
 * What this cluster has been through with us: which cluster and source, what we applied, which Jobs finished.
 * Pure: the value, how it is widened, and how it is cut into ConfigMaps below the size the API server takes.
 */
import { Schema } from "effect"
import { createHash } from "node:crypto"
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

/** Objects we applied, by kind. */
export type Inventory = ReadonlyMap<KindId, ReadonlySet<ObjectId>>

export interface Record {
  readonly head: Head
  readonly inventory: Inventory
}

/** How many bytes of inventory a ConfigMap may hold; etcd takes 1.5 MiB, and room is left for growth. */
export const shardBytes = 400_000

/** The inventory with more keys, or the same one when it holds them all. */
export const widen = (inventory: Inventory, kind: KindId, ids: Iterable<ObjectId>): Inventory => {
  const held = inventory.get(kind)
  const missing = [...ids].filter((id) => held?.has(id) !== true)
  if (missing.length === 0) return inventory
  return new Map(inventory).set(kind, new Set([...held ?? [], ...missing]))
}

/** All keys of both. */
export const merge = (a: Inventory, b: Inventory): Inventory =>
  [...b].reduce((merged, [kind, ids]) => widen(merged, kind, ids), a)

const lineOf = (kind: KindId, id: ObjectId) => `${kind} ${id}`

const bucketOf = (line: string, shards: number) => createHash("sha1").update(line).digest().readUInt32BE(0) % shards

const lines = (inventory: Inventory): ReadonlyArray<string> =>
  [...inventory].flatMap(([kind, ids]) => [...ids].map((id) => lineOf(kind, id)))

/** How many shards the inventory needs: a power of two, so that growth is rare. */
export const shardsFor = (inventory: Inventory): number => {
  let bytes = 0
  for (const [kind, ids] of inventory) for (const id of ids) bytes += kind.length + id.length + 2
  return 2 ** Math.max(0, Math.ceil(Math.log2(bytes / shardBytes)))
}

/** The text of every shard: a sorted line `Kind.group namespace/name` for each object. */
export const encodeShards = (inventory: Inventory, shards: number): ReadonlyArray<string> => {
  const buckets: ReadonlyArray<Array<string>> = Array.from({ length: shards }, () => [])
  for (const line of lines(inventory)) buckets[bucketOf(line, shards)]?.push(line)
  return buckets.map((bucket) => bucket.toSorted().join("\n"))
}

/** Reads shards back; lines that are no keys are passed over. */
export const decodeShards = (texts: Iterable<string>): Inventory => {
  const inventory = new Map<KindId, Set<ObjectId>>()
  for (const text of texts) {
    for (const line of text.split("\n")) {
      const space = line.indexOf(" ")
      if (space <= 0) continue
      const kind = line.slice(0, space)
      const ids = inventory.get(kind) ?? new Set()
      inventory.set(kind, ids.add(line.slice(space + 1)))
    }
  }
  return inventory
}

export const sameSource = (a: Source, b: Source): boolean =>
  a.repository === b.repository && a.branch === b.branch && a.gitPath === b.gitPath

export const formatSource = ({ branch, gitPath, repository }: Source): string =>
  `${repository}, branch ${branch}, path ${gitPath === "" ? "/" : gitPath}`
