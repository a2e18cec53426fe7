/**
 * One directory's tree object, changed where names are changed and nowhere else: every other entry keeps its bytes, and new ones go
 * where Git's order wants them, in which a directory compares as if a slash followed its name.
 */
import { Effect } from "effect"
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

/** Entries read between two looks at the clock. */
const perPart = 1000

/** The failure says what is wrong with the tree. */
export const scan = Effect.fnUntraced(function*(body: Buffer, wanted: ReadonlyMap<string, unknown>, turns: Turns) {
  const starts: Array<number> = []
  const found = new Map<string, Place>()
  for (let at = 0; at < body.length;) {
    const { entries } = yield* Effect.fromResult(Tree.parsePart(body, at, perPart))
    for (const entry of entries) {
      const end = body.indexOf(0, at) + 21
      starts.push(at)
      if (found.has(entry.name)) return yield* Effect.fail(`a tree with two entries named ${entry.name}`)
      if (wanted.has(entry.name)) found.set(entry.name, { entry, start: at, end })
      at = end
    }
    yield* turns.spend(entries.length * 100)
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
