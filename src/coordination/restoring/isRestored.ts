/** Whether all that can come back from Git is back. Pure. */
import type { KindId } from "../../manifest/ObjectKey.ts"
import type { Ruleset } from "../../rules/Ruleset.ts"
import { isSettled, type Progress } from "../Progress.ts"
import { kindsToCome } from "./kindsToCome.ts"

/** Of claims that no manifest describes, Git may have snapshots. */
const claims: KindId = "PersistentVolumeClaim"

/**
 * Every kind has settled, no kind that Git has lacks anything, and each is served. What a person would have to mend first, above all a
 * manifest that the server refuses, is not waited for: it is told, and stays in Git.
 * @param inGit Kinds of which Git has manifests: whether others can be watched doesn't matter.
 */
export const isRestored = (
  progress: Progress,
  round: number,
  ruleset: Ruleset,
  inGit: { readonly has: (kind: KindId) => boolean }
): boolean =>
  isSettled(progress, round) && kindsToCome(progress, ruleset).length === 0 &&
  [...progress.expected].filter((kind) => inGit.has(kind) || kind === claims)
    .every((kind) => progress.reports.get(kind)?.restoring?.left === 0)
