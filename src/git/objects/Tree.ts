/** The entries of one directory. Names can't lead anywhere: no slashes, no dots alone, no `.git`. Pure. */
import { Result } from "effect"
import type { EntryMode } from "../../manifest/ManifestIndex.ts"

export interface TreeEntry {
  readonly name: string
  readonly mode: EntryMode | "directory"
  /** The object's name. */
  readonly id: string
}

const modes: Readonly<Record<string, TreeEntry["mode"]>> = {
  "40000": "directory",
  "040000": "directory",
  "100644": "file",
  "100664": "file",
  "100600": "file",
  "100755": "executable",
  "120000": "symlink",
  "160000": "submodule"
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Names that aren't UTF-8 keep their bytes apart as `\xNN`. */
const nameOf = (body: Buffer, start: number, end: number): string => {
  const bytes = body.toString("latin1", start, end)
  if (!/[\u0080-\u00ff]/.test(bytes)) return bytes
  try {
    return strict.decode(body.subarray(start, end))
  } catch {
    return bytes.replace(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
  }
}

const isSafe = (name: string): boolean =>
  name !== "" && name !== "." && name !== ".." && !name.includes("/") && name.toLowerCase() !== ".git"

/** Some entries of a tree, and where the next ones begin. */
export interface Part {
  readonly entries: ReadonlyArray<TreeEntry>
  readonly next: number
}

/** Reads at most so many entries from there on; the failure says what is wrong with the tree. */
export const parsePart = (body: Buffer, from: number, most: number): Result.Result<Part, string> => {
  const entries: Array<TreeEntry> = []
  let at = from
  while (at < body.length && entries.length < most) {
    const space = body.indexOf(0x20, at)
    const nul = body.indexOf(0, space)
    if (space === -1 || nul === -1 || nul + 21 > body.length) return Result.fail("a tree that ends within an entry")
    const mode = modes[body.toString("latin1", at, space)]
    if (mode === undefined)
      return Result.fail(`a tree with mode ${JSON.stringify(body.toString("latin1", at, Math.min(space, at + 10)))}`)
    const name = nameOf(body, space + 1, nul)
    if (!isSafe(name)) return Result.fail(`a tree with an entry named ${JSON.stringify(name)}`)
    entries.push({ name, mode, id: body.toString("hex", nul + 1, nul + 21) })
    at = nul + 21
  }
  return Result.succeed({ entries, next: at })
}

/** Reads a whole tree. */
export const parse = (body: Buffer): Result.Result<ReadonlyArray<TreeEntry>, string> =>
  Result.map(parsePart(body, 0, Number.POSITIVE_INFINITY), ({ entries }) => entries)
