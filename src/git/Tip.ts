/** The commit the branch points at, read completely, with the index of its manifests. */
import type { ManifestIndex } from "../manifest/ManifestIndex.ts"

export interface Tip {
  /** Full commit id; `undefined` for a repository without a commit on the branch. */
  readonly commit: string | undefined
  /** Of the tree below `gitPath`: equal trees are the same desired state. */
  readonly tree: string | undefined
  readonly branch: string
  readonly subject: string
  readonly index: ManifestIndex
  /** The commit before, when its history was rewritten and this one took its place. */
  readonly rewrittenFrom: string | undefined
}
