/**
 * Whole objects to a pack (version 2, no deltas), and at the same time to what the object store knows of a pack, so that nobody reads
 * it again. Deflates fast rather than small, large objects off the event loop, the others in turns.
 */
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { deflated, largeToDeflate } from "../objects/Deflate.ts"
import { large } from "../objects/Inflate.ts"
import { inOwnMemory } from "../objects/inOwnMemory.ts"
import type { PackedObject } from "../objects/PackedObject.ts"
import type { IndexedPack } from "../objects/PackIndex.ts"
import { makeTurns } from "../objects/Turns.ts"

export interface NewObject {
  readonly name: string
  readonly type: "commit" | "tree" | "blob"
  readonly body: Buffer
}

export interface WrittenPack {
  readonly pack: Buffer
  readonly indexed: IndexedPack
}

const codes = { commit: 1, tree: 2, blob: 3 }

/** In units of turns: what an object costs beside its bytes, and what a byte costs. */
const perObject = 3_000
const perByte = 3

/** Of an entry: type and length, seven bits a byte, the first with four. */
const headOf = ({ body, type }: NewObject): Buffer => {
  const bytes: Array<number> = []
  let byte = (codes[type] << 4) | (body.length & 15)
  for (let rest = Math.floor(body.length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80)
    byte = rest & 0x7f
  }
  return Buffer.from([...bytes, byte])
}

const front = (count: number): Buffer => {
  const bytes = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1")
  bytes.writeUInt32BE(count, 8)
  return bytes
}

/** Where an object's stream lies, before there is a pack for it to lie in. */
type Stretch = Pick<PackedObject, "start" | "end"> & { readonly object: NewObject }

/** @param objects each once */
export const writePack = Effect.fnUntraced(function*(objects: ReadonlyArray<NewObject>) {
  const turns = makeTurns()
  const first = front(objects.length)
  const sum = createHash("sha1").update(first)
  const pieces = [first]
  const stretches: Array<Stretch> = []
  let at = first.length
  for (const object of objects) {
    const head = headOf(object)
    const stream = yield* deflated(object.body)
    const start = at + head.length
    at = start + stream.length
    stretches.push({ object, start, end: at })
    pieces.push(head, stream)
    sum.update(head).update(stream)
    yield* turns.spend(perObject + perByte * (object.body.length < largeToDeflate ? object.body.length : stream.length))
  }
  const checksum = sum.digest()
  const pack = inOwnMemory([...pieces, checksum], at + checksum.length)
  const packed = ({ end, object: { body, type }, start }: Stretch): PackedObject => ({
    type,
    size: body.length,
    pack,
    start,
    end,
    inflatedSize: body.length,
    base: undefined,
    isLarge: body.length >= large
  })
  const indexed = new Map(stretches.map((stretch) => [stretch.object.name, packed(stretch)]))
  return { pack, indexed: { objects: indexed, bytes: pack.length } } satisfies WrittenPack
})
