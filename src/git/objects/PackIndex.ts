/**
 * Reads a pack as it came over the wire: checks its checksum, inflates every object, resolves every delta and names each object by its
 * content. Whatever comes out of here is what it is called. Works in turns, so that a pack of any size never holds the event loop.
 */
import { Effect, Result } from "effect"
import { createHash } from "node:crypto"
import { counted } from "../../manifest/counted.ts"
import * as Delta from "./Delta.ts"
import { header, objectName, type ObjectType } from "./GitObject.ts"
import { inflateAt, type Inflated, inflateNow, large } from "./Inflate.ts"
import { type BodyCache, type PackedObject, readBody } from "./PackedObject.ts"
import { makeTurns, perObject, type Turns } from "./Turns.ts"

export interface IndexedPack {
  readonly objects: ReadonlyMap<string, PackedObject>
  /** Of the pack, in bytes. */
  readonly bytes: number
}

/** No manifest is nearly as long, and a delta can claim any length. */
export const longestObject = 256 * 1024 * 1024

const checksumLength = 20

const types: Readonly<Record<number, ObjectType>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" }
const offsetDelta = 6
const nameDelta = 7

/** The head of an entry: what follows it in the pack is one zlib stream. */
interface Entry {
  readonly offset: number
  readonly start: number
  readonly size: number
  /** A type, or for a delta its base: an offset in this pack or an object's name. */
  readonly kind: ObjectType | number | { readonly base: string }
}

const readEntry = (pack: Buffer, offset: number): Result.Result<Entry, string> => {
  let at = offset
  let byte = pack[at++] ?? 0
  const code = (byte >> 4) & 7
  let size = byte & 15
  let weight = 16
  while (byte & 0x80) {
    byte = pack[at++] ?? 0
    size += (byte & 0x7f) * weight
    weight *= 128
  }
  if (size > longestObject) return Result.fail(`an object of ${size} bytes`)
  const type = types[code]
  if (type !== undefined) return Result.succeed({ offset, start: at, size, kind: type })
  if (code === nameDelta)
    return Result.succeed({ offset, start: at + 20, size, kind: { base: pack.toString("hex", at, at + 20) } })
  if (code !== offsetDelta) return Result.fail(`an object of unknown type ${code}`)
  byte = pack[at++] ?? 0
  let back = byte & 0x7f
  while (byte & 0x80) {
    byte = pack[at++] ?? 0
    back = (back + 1) * 128 + (byte & 0x7f)
  }
  return back === 0 || back > offset
    ? Result.fail("a delta whose base is not in the pack")
    : Result.succeed({ offset, start: at, size, kind: offset - back })
}

const digest = Effect.fnUntraced(function*(front: string, bytes: Buffer, turns: Turns) {
  const sum = createHash("sha1").update(front)
  for (let at = 0; at < bytes.length; at += large) {
    const piece = bytes.subarray(at, at + large)
    sum.update(piece)
    yield* turns.spend(piece.length / 8)
  }
  return sum.digest("hex")
})

const entriesOf = Effect.fnUntraced(function*(pack: Buffer, turns: Turns) {
  if (pack.length < 12 + checksumLength || pack.toString("latin1", 0, 4) !== "PACK")
    return yield* Effect.fail("it does not begin as a pack")
  const version = pack.readUInt32BE(4)
  if (version !== 2 && version !== 3) return yield* Effect.fail(`it is a pack of version ${version}`)
  const end = pack.length - checksumLength
  const sum = yield* digest("", pack.subarray(0, end), turns)
  return sum === pack.toString("hex", end)
    ? { count: pack.readUInt32BE(8), end }
    : yield* Effect.fail("its checksum is wrong")
})

/** @param known finds an object that is here already, for deltas whose base the server did not send again */
export const indexPack = Effect.fnUntraced(
  function*(
    pack: Buffer,
    known: (name: string) => PackedObject | undefined,
    cache: BodyCache
  ): Effect.fn.Return<IndexedPack, string> {
    const turns = makeTurns()
    const { count, end } = yield* entriesOf(pack, turns)
    const objects = new Map<string, PackedObject>()
    const byOffset = new Map<number, PackedObject>()
    const waiting = new Map<string | number, Array<Entry>>()
    let waitingCount = 0

    const add = Effect.fnUntraced(
      function*(entry: Entry, end: number, type: ObjectType, body: Buffer, base: PackedObject | undefined) {
        const isLarge = body.length >= large || entry.size >= large || base?.isLarge === true
        const object = {
          type,
          size: body.length,
          pack,
          start: entry.start,
          end,
          inflatedSize: entry.size,
          base,
          isLarge
        }
        const name = body.length < large
          ? objectName(type, body)
          : yield* digest(header(type, body.length), body, turns)
        cache.put(object, body)
        objects.set(name, object)
        byOffset.set(entry.offset, object)
        return [name, entry.offset]
      }
    )

    const resolve = Effect.fnUntraced(function*(entry: Entry, { body: delta, end }: Inflated, base: PackedObject) {
      const size = Delta.resultSize(delta)
      if (size === undefined || size > longestObject)
        return yield* Effect.fail(`a delta to an object of ${size ?? "unknown"} bytes`)
      const from = yield* readBody(base, cache)
      return yield* add(entry, end, base.type, yield* Effect.fromResult(Delta.apply(from, delta)), base)
    })

    /** Resolves what waited for an object, and what waited for that. */
    const release = Effect.fnUntraced(function*(keys: ReadonlyArray<string | number>) {
      const ready = [...keys]
      for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
        const entries = waiting.get(key)
        if (entries === undefined) continue
        waiting.delete(key)
        const base = typeof key === "number" ? byOffset.get(key) : objects.get(key) ?? known(key)
        for (const entry of entries) {
          if (base === undefined) return yield* Effect.fail("a delta whose base is missing")
          waitingCount--
          ready.push(...yield* resolve(entry, yield* inflateAt(pack, entry.start, entry.size), base))
          yield* turns.spend(perObject + entry.size)
        }
      }
    })

    let at = 12
    for (let i = 0; i < count; i++) {
      if (at >= end) return yield* Effect.fail(`it ends after ${i} of ${counted(count, "object")}`)
      const entry = yield* Effect.fromResult(readEntry(pack, at))
      const inflated = entry.size < large
        ? yield* Effect.fromResult(inflateNow(pack, entry.start, entry.size))
        : yield* inflateAt(pack, entry.start, entry.size)
      at = inflated.end
      const { kind } = entry
      let done: ReadonlyArray<string | number> = []
      if (typeof kind === "string") done = yield* add(entry, at, kind, inflated.body, undefined)
      else {
        const key = typeof kind === "number" ? kind : kind.base
        const base = typeof key === "number" ? byOffset.get(key) : objects.get(key) ?? known(key)
        if (base !== undefined) done = yield* resolve(entry, inflated, base)
        else {
          const others = waiting.get(key)
          if (others === undefined) waiting.set(key, [entry])
          else others.push(entry)
          waitingCount++
        }
      }
      if (waitingCount > 0) yield* release(done)
      if (turns.due(perObject + inflated.body.length)) yield* Effect.yieldNow
    }
    if (at !== end) return yield* Effect.fail("it holds more than the objects it announces")
    if (waitingCount > 0) return yield* Effect.fail(`the base of ${counted(waitingCount, "delta")} is missing`)
    return { objects, bytes: pack.length }
  }
)
