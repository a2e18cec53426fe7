/** The commit the branch points at, read completely, with the index of its manifests. */
import type { ManifestIndex } from "../manifest/ManifestIndex.ts"
import type { ClusterName } from "./ClusterName.ts"

export interface Tip {
  /** Grows with each tip of a process. */
  readonly number: number
  /** Full commit id; `undefined` for a repository without a commit on the branch. */
  readonly commit: string | undefined
  /** Of the tree below `gitPath`: equal trees are the same desired state. */
  readonly tree: string | undefined
  readonly branch: string
  readonly subject: string
  /** The name of who wrote the commit; `""` for none. */
  readonly author: string
  readonly index: ManifestIndex
  /** Which cluster writes below `gitPath`. */
  readonly named: ClusterName
  /** The commit before, when its history was rewritten and this one took its place. */
  readonly rewrittenFrom: string | undefined
  /** There where it could not be found out whether the branch grew to this tip or its history was rewritten. */
  readonly isUnproved?: true
}
