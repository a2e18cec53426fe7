/** The entries of one directory. Names can't lead anywhere: no slashes, no dots alone, no `.git`. Pure. */
import { Result } from "effect"
import type { EntryMode } from "../manifest/ManifestIndex.ts"

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
const nameOf = (bytes: Buffer): string => {
  try {
    return strict.decode(bytes)
  } catch {
    return bytes.toString("latin1").replace(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
  }
}

const isSafe = (name: string): boolean =>
  name !== "" && name !== "." && name !== ".." && !name.includes("/") && name.toLowerCase() !== ".git"

/** Reads a tree; the failure says what is wrong with it. */
export const parse = (body: Buffer): Result.Result<ReadonlyArray<TreeEntry>, string> => {
  const entries: Array<TreeEntry> = []
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    const nul = body.indexOf(0, space)
    if (space === -1 || nul === -1 || nul + 21 > body.length) return Result.fail("a tree that ends within an entry")
    const mode = modes[body.toString("latin1", at, space)]
    if (mode === undefined)
      return Result.fail(`a tree with mode ${JSON.stringify(body.toString("latin1", at, Math.min(space, at + 10)))}`)
    const name = nameOf(body.subarray(space + 1, nul))
    if (!isSafe(name)) return Result.fail(`a tree with an entry named ${JSON.stringify(name)}`)
    entries.push({ name, mode, id: body.toString("hex", nul + 1, nul + 21) })
    at = nul + 21
  }
  return Result.succeed(entries)
}
