/**
 * The entries in which two trees differ, found byte by byte: what both have in common is neither decoded nor named. Gives up on trees
 * of which that is hard to say; then both have to be read. Pure.
 */
import { Result } from "effect"
import * as Tree from "./Tree.ts"

export interface Unlike {
  readonly olds: ReadonlyMap<string, Tree.TreeEntry>
  readonly news: ReadonlyMap<string, Tree.TreeEntry>
}

/** With more of them, reading both trees takes no longer. */
const mostUnlike = 64

/** Behind the entry at `at`, if the other tree has the very same one at `its`; otherwise `at`. */
const behindSame = (tree: Buffer, at: number, other: Buffer, its: number): number => {
  const shift = its - at
  let i = at
  while (i < tree.length && tree[i] !== 0 && tree[i] === other[i + shift]) i++
  const end = i + 21
  if (tree[i] !== 0 || end > tree.length) return at
  for (; i < end; i++) if (tree[i] !== other[i + shift]) return at
  return end
}

interface Decoded {
  readonly entry: Tree.TreeEntry
  readonly next: number
  /** Mode and name in bytes, from the space between them to the NUL. */
  readonly mark: Buffer
}

const decode = (tree: Buffer, at: number): Decoded | undefined => {
  const part = Tree.parsePart(tree, at, 1)
  if (Result.isFailure(part)) return undefined
  const { entries: [entry], next } = part.success
  return entry === undefined ? undefined : { entry, next, mark: tree.subarray(tree.indexOf(0x20, at), next - 20) }
}

/** Where only the new tree has an entry of this name, it is passed over alone. */
const comesFirst = (one: Decoded, other: Decoded | undefined): boolean =>
  other === undefined || Buffer.compare(one.mark, other.mark) <= 0

const standsOnce = (tree: Buffer, mark: Buffer): boolean => tree.indexOf(mark) === tree.lastIndexOf(mark)

/**
 * @param olds a tree that was read before, so that nothing is wrong with it
 * @returns all entries that differ, and maybe some that don't; `undefined` if both trees have to be read
 */
export const unlikeEntries = (olds: Buffer, news: Buffer): Unlike | undefined => {
  const found = { olds: new Map<string, Tree.TreeEntry>(), news: new Map<string, Tree.TreeEntry>() }
  let old = 0
  let now = 0
  while (old < olds.length || now < news.length) {
    const end = behindSame(news, now, olds, old)
    if (end > now) {
      old += end - now
      now = end
      continue
    }
    if (found.olds.size + found.news.size > mostUnlike) return undefined
    const before = old < olds.length ? decode(olds, old) : undefined
    const after = now < news.length ? decode(news, now) : undefined
    if ((before === undefined) !== (old >= olds.length) || (after === undefined) !== (now >= news.length))
      return undefined
    if (before !== undefined && comesFirst(before, after)) {
      found.olds.set(before.entry.name, before.entry)
      old = before.next
    }
    if (after !== undefined && comesFirst(after, before)) {
      // An entry of the same name may be among those that were passed over.
      if (found.news.has(after.entry.name) || !standsOnce(news, after.mark)) return undefined
      found.news.set(after.entry.name, after.entry)
      now = after.next
    }
  }
  return found
}
