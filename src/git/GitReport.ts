/** What the GitActor publishes: the last good tip, and whether the remote can be read now. */
import type { GitFailure } from "./GitError.ts"
import type { Tip } from "./Tip.ts"

export interface GitReport {
  /** Stays when a later look fails. `undefined` until the first look succeeded. */
  readonly tip: Tip | undefined
  /** Why the last look failed; `undefined` when it succeeded. */
  readonly failure: GitFailure | undefined
  /** When the remote was last looked at, in milliseconds since the epoch. */
  readonly checkedAt: number | undefined
}
