/** What is known of an object and its manifest that speaks for, or against, deleting it or something beside it. Pure. */
import { fileAt } from "../../manifest/FileTree.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import type { Mirrored, Synced } from "../Round.ts"
import type { Tracked } from "../Tracked.ts"
import type { Verdict } from "../Verdict.ts"

/** The file that described it last, in this life or an earlier one, if that is there and nobody can say what it describes now. */
export const spoiledFile = (
  { indexed }: ManifestIndex,
  { leftFrom, saved }: Tracked,
  recorded: Synced | undefined
): string | undefined => {
  const path = leftFrom ?? saved?.path ?? recorded?.path
  const file = path === undefined ? undefined : fileAt(indexed.tree, path)
  return file !== undefined && (file.verdict._tag !== "Read" || file.parsed?.broken !== undefined) ? path : undefined
}

/** Whether a live object is as it was when it was last the same on both sides; false where that was never so. */
export const isUnchanged = ({ live, mirror: { saved } }: Tracked, recorded: Mirrored | undefined): boolean => {
  const last = saved ?? recorded
  return live?.portable !== undefined && last?.live === live.portable
}

/** Whether Git wants it, and it never was there as far as the record knows. */
export const isMissing = ({ live, settled }: Tracked, { _tag }: Verdict, recorded: Synced | undefined): boolean =>
  live === undefined && settled === undefined && (_tag === "Pending" || _tag === "Troubled") && recorded === undefined
