/** Whether an object that only Git has is to be brought back, while the cluster is being restored. Pure. */
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import { mirrorsLife } from "../mirroring/MirrorScope.ts"
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
  /** It could not be created, or something has to be there first. */
  | { readonly _tag: "Unrestored"; readonly rule: Rule; readonly ref: ManifestRef; readonly trouble: Trouble }
  /** Created, and the watch has not shown it yet. */
  | { readonly _tag: "InStep"; readonly rule: Rule }

/** @param now milliseconds since the epoch */
export const judgeRestoring = (
  { claim, live, settled, trouble: met }: Tracked,
  ownership: Ownership,
  phase: Phase,
  now: number
): RestoringVerdict | undefined => {
  const { lifecycle: rule } = ownership
  if (phase._tag !== "Restoring" || rule === undefined || !mirrorsLife(ownership)) return undefined
  if (live !== undefined || claim?._tag !== "Declared" || claim.ref.manifest.isPaused) return undefined
  if (settled !== undefined) return { _tag: "InStep", rule }
  const { ref } = claim
  const wanted = wantedDigest(ref.manifest.digest, ownership, [])
  const trouble = met?.digest === wanted && met.uid === undefined ? met : undefined
  return trouble !== undefined && now < trouble.retryAt
    ? { _tag: "Unrestored", rule, ref, trouble }
    : { _tag: "Restoring", rule, ref, wanted, trouble }
}
