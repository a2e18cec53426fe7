/**
 * One directory's tree object, changed where names are changed and nowhere else: every other entry keeps its bytes, and new ones go
 * where Git's order wants them, in which a directory compares as if a slash followed its name.
 */
import { Effect, Result } from "effect"
import * as Tree from "../objects/Tree.ts"
import type { Turns } from "../objects/Turns.ts"

/** An entry, and where its bytes are. */
export interface Place {
  readonly entry: Tree.TreeEntry
  readonly start: number
  readonly end: number
}

export interface ScannedTree {
  readonly body: Buffer
  /** Where each entry begins. */
  readonly starts: ReadonlyArray<number>
  /** Those that were asked for. */
  readonly found: ReadonlyMap<string, Place>
}

/** An entry as it is to be. */
export interface NewEntry {
  readonly mode: "file" | "executable" | "directory"
  readonly id: string
}

/** Entries passed between two looks at the clock. */
const perPart = 1000

/** The entry that begins there. The failure says what is wrong with it. */
const entryAt = (body: Buffer, start: number, end: number): Result.Result<Place, string> =>
  Result.flatMap(
    Tree.parsePart(body, start, 1),
    ({ entries: [entry] }) =>
      entry === undefined ? Result.fail("a tree that ends") : Result.succeed({ entry, start, end })
  )

const mixed = (sum: number, byte: number): number => (Math.imul(sum, 31) + byte) | 0

const sumOf = (name: string): number => Buffer.from(name).reduce(mixed, 0)

/** By the sums of their names, which entries may be meant. A name that isn't UTF-8 is asked for as it was decoded. */
const among = (wanted: ReadonlyMap<string, unknown>): (sum: number) => boolean => {
  const sums = new Set(wanted.keys().map(sumOf))
  return wanted.keys().some((name) => name.includes("\\x")) ? () => true : (sum) => sums.has(sum)
}

/** Decodes only what may have been asked for; the tree was read before. The failure says what is wrong with it. */
export const scan = Effect.fnUntraced(function*(body: Buffer, wanted: ReadonlyMap<string, unknown>, turns: Turns) {
  const mayBeWanted = among(wanted)
  const starts: Array<number> = []
  const found = new Map<string, Place>()
  for (let at = 0; at < body.length;) {
    let nul = at
    let sum = 0
    let isName = false
    for (let byte = body[nul]; byte !== undefined && byte !== 0; byte = body[++nul]) {
      if (isName) sum = mixed(sum, byte)
      else isName = byte === 0x20
    }
    const end = nul + 21
    if (!isName || end > body.length) return yield* Effect.fail("a tree that ends within an entry")
    const place = mayBeWanted(sum) ? yield* Effect.fromResult(entryAt(body, at, end)) : undefined
    if (place !== undefined && wanted.has(place.entry.name)) {
      const { name } = place.entry
      if (found.has(name)) return yield* Effect.fail(`a tree with two entries named ${name}`)
      found.set(name, place)
    }
    starts.push(at)
    at = end
    if (starts.length % perPart === 0) yield* turns.spend(perPart * 20)
  }
  return { body, starts, found } satisfies ScannedTree
})

/** Bytes as characters, so that comparing strings compares bytes. */
const orderOf = (name: string, isDirectory: boolean): string => isDirectory ? `${name}/` : name

const orderAt = (body: Buffer, start: number): string => {
  const space = body.indexOf(0x20, start)
  const isDirectory = /^0?4/.test(body.toString("latin1", start, start + 2))
  return orderOf(body.toString("latin1", space + 1, body.indexOf(0, space)), isDirectory)
}

/** Where an entry of this order belongs. */
const positionOf = ({ body, starts }: ScannedTree, order: string): number => {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (orderAt(body, starts[middle] ?? 0) < order) low = middle + 1
    else high = middle
  }
  return starts[low] ?? body.length
}

const modes = { file: "100644", executable: "100755", directory: "40000" }

interface Splice {
  readonly order: string
  readonly start: number
  readonly end: number
  readonly bytes: ReadonlyArray<Uint8Array>
}

const inPlace = ({ body }: ScannedTree, { end, start }: Place, id: string | undefined): Splice => ({
  order: orderAt(body, start),
  start,
  end,
  bytes: id === undefined ? [] : [body.subarray(start, end - 20), Buffer.from(id, "hex")]
})

const added = (tree: ScannedTree, name: string, { id, mode }: NewEntry): Splice => {
  const order = orderOf(Buffer.from(name).toString("latin1"), mode === "directory")
  const start = positionOf(tree, order)
  return { order, start, end: start, bytes: [Buffer.from(`${modes[mode]} ${name}\0`), Buffer.from(id, "hex")] }
}

/** What has to be done for one name: nothing, one thing, or where a file becomes a directory two. */
const splicesOf = (tree: ScannedTree, name: string, after: NewEntry | undefined): ReadonlyArray<Splice> => {
  const place = tree.found.get(name)
  if (place === undefined) return after === undefined ? [] : [added(tree, name, after)]
  const { id, mode } = place.entry
  if (after?.mode === mode) return after.id === id ? [] : [inPlace(tree, place, after.id)]
  return [inPlace(tree, place, undefined), ...(after === undefined ? [] : [added(tree, name, after)])]
}

/** The body with these names as they are to be; `undefined` when nothing of it changes. Pure. */
export const withEntries = (
  tree: ScannedTree,
  entries: ReadonlyMap<string, NewEntry | undefined>
): Buffer | undefined => {
  const splices = [...entries].flatMap(([name, after]) => splicesOf(tree, name, after))
  if (splices.length === 0) return undefined
  const pieces: Array<Uint8Array> = []
  let at = 0
  for (const { bytes, end, start } of splices.sort((a, b) => a.order < b.order ? -1 : 1)) {
    pieces.push(tree.body.subarray(at, start), ...bytes)
    at = end
  }
  return Buffer.concat([...pieces, tree.body.subarray(at)])
}
