/** What has to be done about an object while the cluster is being restored: it is brought back, or a claim is looked at that is there. Pure. */
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import { isClusters, mirrorsLife } from "../mirroring/MirrorScope.ts"
import type { Phase } from "../Round.ts"
import type { Tracked } from "../Tracked.ts"
import type { Trouble } from "../Trouble.ts"
import { wantedDigest } from "../WantedDigest.ts"

export type RestoringVerdict =
  /** It is to be created, and nothing more: an object that is there is left as it is. */
  | {
    readonly _tag: "Restoring"
    readonly rule: Rule
    readonly ref: ManifestRef
    readonly wanted: string
    /** What kept it so far, while it is tried again. */
    readonly trouble: Trouble | undefined
  }
  /** A claim that is there without a source: Git may have snapshots that it should come from. */
  | {
    readonly _tag: "Sourceless"
    readonly rule: Rule
    readonly ref: ManifestRef | undefined
    readonly trouble: Trouble | undefined
  }
  /** It could not be created, or something has to be there first. */
  | {
    readonly _tag: "Unrestored"
    readonly rule: Rule
    readonly ref: ManifestRef | undefined
    readonly trouble: Trouble
  }
  /** Created, and the watch has not shown it yet; or looked at. */
  | { readonly _tag: "InStep"; readonly rule: Rule }

/** In place of what Git wants: that Git has no snapshot which a claim should come from. */
export const sourceChecked = "source checked"

const troubleWith = ({ live, trouble }: Tracked, digest: string): Trouble | undefined =>
  trouble?.digest === digest && trouble.uid === live?.uid ? trouble : undefined

const judgeThere = (tracked: Tracked, rule: Rule, now: number): RestoringVerdict | undefined => {
  const { claim, live, settled } = tracked
  if (live?.hasSource !== false || live.terminating || !isClusters(rule)) return undefined
  if (settled?.payload === sourceChecked) return { _tag: "InStep", rule }
  const ref = claim?._tag === "Declared" ? claim.ref : undefined
  const trouble = troubleWith(tracked, sourceChecked)
  return trouble !== undefined && now < trouble.retryAt
    ? { _tag: "Unrestored", rule, ref, trouble }
    : { _tag: "Sourceless", rule, ref, trouble }
}

/** @param now milliseconds since the epoch */
export const judgeRestoring = (
  tracked: Tracked,
  ownership: Ownership,
  phase: Phase,
  now: number
): RestoringVerdict | undefined => {
  const { claim, live, settled } = tracked
  const { lifecycle: rule } = ownership
  if (phase._tag !== "Restoring" || rule === undefined || !mirrorsLife(ownership)) return undefined
  if (live !== undefined) return judgeThere(tracked, rule, now)
  if (claim?._tag !== "Declared" || claim.ref.manifest.isPaused) return undefined
  if (settled !== undefined) return { _tag: "InStep", rule }
  const { ref } = claim
  const wanted = wantedDigest(ref.manifest.digest, ownership, [])
  const trouble = troubleWith(tracked, wanted)
  return trouble !== undefined && now < trouble.retryAt
    ? { _tag: "Unrestored", rule, ref, trouble }
    : { _tag: "Restoring", rule, ref, wanted, trouble }
}
