// Native Git as a peer that is timed: run from a small process of its own, as a script would.
import type { Effect } from "effect"
import type { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { startOrdered } from "./OrderedProcess.ts"
import type { CommandLines, GitRun } from "./RunGit.ts"

export interface NativeGit {
  /** Runs these and answers what the last printed, and how long all took. */
  readonly order: (lines: CommandLines) => Effect.Effect<GitRun, MeasuredSomethingElse>
}

/** Ends with the scope. */
export const startNativeGit = startOrdered<"ready", CommandLines, GitRun>("RunGit.ts", {})
