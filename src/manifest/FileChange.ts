/** How a tree differs from the one before it. */

export type EntryMode = "file" | "executable" | "symlink" | "submodule"

/**
 * A path below `gitPath`, relative to the root of the repository, whose tree entry differs from the one in the index.
 */
export interface FileChange {
  readonly path: string
  /** `undefined`: the path is gone. */
  readonly entry: { readonly blob: string; readonly mode: EntryMode } | undefined
}
