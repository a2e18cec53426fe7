/** Whether all that can come back from Git is back. Pure. */
import { isSettled, type Progress } from "../Progress.ts"

/**
 * Every kind has settled and lacks nothing, and every kind that Git has is served. What a person would have to mend first, above all a
 * manifest that the server refuses, is not waited for: it is told, and stays in Git.
 */
export const isRestored = (progress: Progress, round: number): boolean =>
  isSettled(progress, round) && progress.unserved.size === 0 &&
  [...progress.expected].every((kind) => progress.reports.get(kind)?.restoring?.left === 0)
