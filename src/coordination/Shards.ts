/** Cuts what the record knows of objects into ConfigMaps below the size the API server takes, by a hash of each object's key. Pure. */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { ObjectMap } from "./ObjectMap.ts"
import type { Record } from "./Record.ts"
import { grantWords, lineOf, readLines, sameBy, seenWords, syncedWords, type Words } from "./RecordLines.ts"

/** What stands in shards. */
export type Objects = Pick<Record, "deletions" | "inventory" | "seen" | "removals">

export const nothing: Objects = {
  inventory: new Map(),
  seen: new Map(),
  removals: new Map(),
  deletions: new Map()
}

/** The texts of a shard, by the ConfigMap's keys. */
export interface ShardTexts {
  readonly inventory: string
  readonly seen: string
  readonly removals: string
  readonly deletions: string
}

/** How many bytes of a ConfigMap are filled; etcd takes 1.5 MiB, and room is left for growth. */
export const shardBytes = 400_000

/** FNV-1a of kind and name. */
const bucketOf = (kind: KindId, id: ObjectId, shards: number): number => {
  let hash = 0x811c9dc5
  for (const text of [kind, id])
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % shards
}

/** Room for two digests is counted before they are known. */
const digestBytes = 46

const bytesOf = <V>({ write }: Words<V>, map: ObjectMap<V>): number => {
  let bytes = 0
  for (const [kind, entries] of map) {
    for (const [id, value] of entries)
      bytes += kind.length + id.length + Math.max(digestBytes, write(value).length)
  }
  return bytes
}

/** How many shards there have to be: a power of two, so that growth is rare. */
export const shardsFor = ({ deletions, inventory, removals, seen }: Objects): number => {
  const bytes = bytesOf(syncedWords, inventory) + bytesOf(seenWords, seen) + bytesOf(grantWords, removals) +
    bytesOf(grantWords, deletions)
  return 2 ** Math.max(0, Math.ceil(Math.log2(bytes / shardBytes)))
}

const textOf = <V>(words: Words<V>, map: ObjectMap<V>, shards: number, index: number): string => {
  const lines: Array<string> = []
  for (const [kind, entries] of map) {
    for (const [id, value] of entries)
      if (shards === 1 || bucketOf(kind, id, shards) === index) lines.push(lineOf(words, kind, id, value))
  }
  return lines.toSorted().join("\n")
}

/** One shard: sorted lines. */
export const encode = (
  { deletions, inventory, removals, seen }: Objects,
  shards: number,
  index: number
): ShardTexts => ({
  inventory: textOf(syncedWords, inventory, shards, index),
  seen: textOf(seenWords, seen, shards, index),
  removals: textOf(grantWords, removals, shards, index),
  deletions: textOf(grantWords, deletions, shards, index)
})

/** Reads shards back. */
export const decode = (shards: ReadonlyArray<ShardTexts>): Objects => ({
  inventory: readLines(syncedWords, shards.map(({ inventory }) => inventory)),
  seen: readLines(seenWords, shards.map(({ seen }) => seen)),
  removals: readLines(grantWords, shards.map(({ removals }) => removals)),
  deletions: readLines(grantWords, shards.map(({ deletions }) => deletions))
})

const differing = <V>(
  words: Words<V>,
  before: ObjectMap<V>,
  after: ObjectMap<V>,
  shards: number,
  changed: Set<number>
): void => {
  const same = sameBy(words)
  for (const [kind, entries] of after) {
    const held = before.get(kind)
    if (held === entries) continue
    for (const [id, value] of entries)
      if (held?.has(id) !== true || !same(held.get(id), value)) changed.add(bucketOf(kind, id, shards))
  }
  for (const [kind, entries] of before) {
    const held = after.get(kind)
    if (held === entries) continue
    for (const id of entries.keys()) if (held?.has(id) !== true) changed.add(bucketOf(kind, id, shards))
  }
}

/** Which shards differ between the two. */
export const changed = (before: Objects, after: Objects, shards: number): ReadonlySet<number> => {
  const found = new Set<number>()
  differing(syncedWords, before.inventory, after.inventory, shards, found)
  differing(seenWords, before.seen, after.seen, shards, found)
  differing(grantWords, before.removals, after.removals, shards, found)
  differing(grantWords, before.deletions, after.deletions, shards, found)
  return found
}
