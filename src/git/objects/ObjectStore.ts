/**
 * The repository in memory: objects by name, in the packs they came in. There is no work tree and nothing on disk.
 * What nobody can reach any more is dropped by making a new store of what is left.
 */
import { Effect } from "effect"
import { deflated } from "./Deflate.ts"
import { emptyTree, type ObjectType } from "./GitObject.ts"
import { large } from "./Inflate.ts"
import { type BodyCache, makeBodyCache, type PackedObject, readBody } from "./PackedObject.ts"
import type { IndexedPack } from "./PackIndex.ts"
import { makeTurns, perObject, type Turns } from "./Turns.ts"

/** Finds objects; the names of the missing ones are for the caller to complain about. */
export interface ObjectSource {
  readonly find: (name: string) => PackedObject | undefined
  readonly cache: BodyCache
}

export interface ObjectStore extends ObjectSource {
  /** Only ever grows: whoever holds the store while a pack is taken in still finds all it knew. */
  readonly objects: Map<string, PackedObject>
  /** Of all packs, in bytes. */
  readonly bytes: number
  readonly packs: number
  /** What `bytes` was when nothing in it was garbage. */
  readonly freshBytes: number
}

/** Bodies kept while they are worked on: what deltas are made from, mostly. More costs memory and saves little time. */
const cacheLimit = 4 * 1024 * 1024

export const emptyStore = (): ObjectStore => ({
  objects: new Map(),
  bytes: 0,
  packs: 0,
  freshBytes: 0,
  cache: makeBodyCache(cacheLimit),
  find: () => undefined
})

/** The store with a pack on top; the store itself stays as it was. */
export const overlay = (store: ObjectStore, pack: IndexedPack): ObjectSource => ({
  cache: store.cache,
  find: (name) => pack.objects.get(name) ?? store.objects.get(name)
})

const storeOf = (objects: Map<string, PackedObject>, rest: Omit<ObjectStore, "objects" | "find">): ObjectStore => ({
  ...rest,
  objects,
  find: (name) => objects.get(name)
})

/** Takes a pack in for good. */
export const withPack = ({ bytes, cache, freshBytes, objects, packs }: ObjectStore, pack: IndexedPack): ObjectStore => {
  for (const [name, object] of pack.objects) objects.set(name, object)
  return storeOf(objects, {
    bytes: bytes + pack.bytes,
    packs: packs + 1,
    freshBytes: packs === 0 ? pack.bytes : freshBytes,
    cache
  })
}

/** Each pack may make the chains of deltas longer by one. */
const mostPacks = 100

/** Whether so much has come since the last cleaning that most of it may be garbage. */
export const isDirty = ({ bytes, freshBytes, packs }: ObjectStore): boolean =>
  bytes > 2 * freshBytes + 4 * 1024 * 1024 || packs > mostPacks

/** What is a delta from an object that goes, as a stream of its own: otherwise each new version of a file would keep all those before it. */
const wholes = Effect.fnUntraced(function*(kept: ReadonlySet<PackedObject>, cache: BodyCache, turns: Turns) {
  const streams = new Map<PackedObject, Buffer>()
  for (const object of kept) {
    if (object.base === undefined || kept.has(object.base)) continue
    const stream = yield* deflated(yield* readBody(object, cache))
    streams.set(object, stream)
    yield* turns.spend(perObject + object.size)
  }
  return streams
})

/** A store of only these objects, moved into one piece of memory. The failure says what is wrong with the objects. */
export const onlyReachable = Effect.fnUntraced(function*(store: ObjectStore, names: ReadonlySet<string>) {
  const turns = makeTurns()
  const kept = new Set(names.values().map(store.find).filter((object) => object !== undefined))
  const streams = yield* wholes(kept, store.cache, turns)
  let bytes = 0
  for (const object of kept) {
    bytes += streams.get(object)?.length ?? object.end - object.start
    if (turns.due(20)) yield* Effect.yieldNow
  }
  const pack = Buffer.allocUnsafeSlow(bytes)
  const moved = new Map<PackedObject, PackedObject>()
  let at = 0
  const move = (object: PackedObject): PackedObject => {
    const line: Array<PackedObject> = []
    for (let next: PackedObject | undefined = object; next !== undefined && !moved.has(next);) {
      line.push(next)
      next = streams.has(next) ? undefined : next.base
    }
    for (const next of line.toReversed()) {
      const stream = streams.get(next)
      const start = at
      at += stream === undefined ? next.pack.copy(pack, at, next.start, next.end) : stream.copy(pack, at)
      moved.set(next, {
        ...next,
        ...stream === undefined ? {} : { inflatedSize: next.size, isLarge: next.size >= large },
        pack,
        start,
        end: at,
        base: stream !== undefined || next.base === undefined ? undefined : moved.get(next.base)
      })
    }
    return moved.get(object) ?? object
  }
  const objects = new Map<string, PackedObject>()
  for (const name of names) {
    const object = store.find(name)
    if (object !== undefined) objects.set(name, move(object))
    if (turns.due(200 + (object?.size ?? 0) / 4)) yield* Effect.yieldNow
  }
  return storeOf(objects, { bytes, packs: 1, freshBytes: bytes, cache: makeBodyCache(cacheLimit) })
})

/** Why an object can't be had. */
export type ReadFault =
  | { readonly _tag: "Missing"; readonly name: string }
  | { readonly _tag: "Damaged"; readonly reason: string }

/** The body of an object that must be of this type. */
export const read = (source: ObjectSource, name: string, type: ObjectType): Effect.Effect<Buffer, ReadFault> =>
  Effect.suspend((): Effect.Effect<Buffer, ReadFault> => {
    const object = source.find(name)
    if (object === undefined) {
      return name === emptyTree && type === "tree"
        ? Effect.succeed(Buffer.alloc(0))
        : Effect.fail({ _tag: "Missing", name })
    }
    if (object.type !== type)
      return Effect.fail({ _tag: "Damaged", reason: `object ${name} is a ${object.type}, not a ${type}` })
    return Effect.mapError(readBody(object, source.cache), (reason): ReadFault => ({ _tag: "Damaged", reason }))
  })
