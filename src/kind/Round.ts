/**
 * One (commit, rule set) being carried out, as the Coordinator publishes it to every kind.
 * Level-based: the latest round is the only one that counts.
 */
import type { Tip } from "../git/Tip.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Stage } from "./Stage.ts"

/** Why nothing is written, or that writing goes on. */
export type Phase =
  | { readonly _tag: "Starting" }
  | { readonly _tag: "Standby"; readonly leader: string | undefined }
  | { readonly _tag: "Held"; readonly reason: string }
  | { readonly _tag: "Syncing" }

/** How an object was last found in step: the manifest's digest, and that of what we owned of the live object. */
export interface Synced {
  readonly payload: string
  readonly owned: string
}

/** By kind and object; `undefined` for one that is ours and was never seen in step. */
export type SyncedObjects = ReadonlyMap<KindId, ReadonlyMap<ObjectId, Synced | undefined>>

export interface Round {
  /** Grows with every change of the tree below `gitPath` or of the rule set. */
  readonly number: number
  readonly ruleset: Ruleset
  readonly tip: Tip
  readonly phase: Phase
  /** Kinds of this stage and of those before it may write; `undefined`: nobody may. */
  readonly openStage: Stage | undefined
  /** Manifests (by digest) of Jobs that finished and may have been removed by their time to live since. */
  readonly finishedJobs: ReadonlyMap<ObjectId, string>
  /** What was in step when this term began. */
  readonly synced: SyncedObjects
}

const samePhase = (a: Phase, b: Phase) =>
  a._tag === b._tag && (a._tag !== "Held" || b._tag !== "Held" || a.reason === b.reason)

/** Whether nothing that matters to a kind differs. */
export const sameRound = (a: Round | undefined, b: Round | undefined): boolean =>
  a === b || (
    a !== undefined && b !== undefined && a.number === b.number && a.ruleset.number === b.ruleset.number &&
    a.tip === b.tip &&
    a.openStage === b.openStage && samePhase(a.phase, b.phase)
  )
