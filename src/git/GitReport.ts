/** What the GitActor publishes: the last good tip, whether the remote can be read now, and how its own commits fare. */
import type { GitFailure } from "./GitError.ts"
import type { Tip } from "./Tip.ts"

export interface WritingReport {
  /** How many changes were submitted and are neither on the remote nor refused. */
  readonly waiting: number
  /** Our last commit that the remote took, and when, in milliseconds since the epoch. */
  readonly pushed: { readonly commit: string; readonly at: number } | undefined
  /** Why the last push did not come through, often in the remote's words; `undefined` once one did. */
  readonly trouble: string | undefined
}

export interface GitReport {
  /** Stays when a later look fails. `undefined` until the first look succeeded. */
  readonly tip: Tip | undefined
  /** Why the last look failed; `undefined` when it succeeded. */
  readonly failure: GitFailure | undefined
  /** When the remote was last looked at, in milliseconds since the epoch. */
  readonly checkedAt: number | undefined
  readonly writing: WritingReport
}

/** Before the first look. */
export const noReport: GitReport = {
  tip: undefined,
  failure: undefined,
  checkedAt: undefined,
  writing: { waiting: 0, pushed: undefined, trouble: undefined }
}
