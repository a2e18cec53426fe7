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
  /** What only Git has is brought back, whose ever it is to change later; objects that are there are left as they are. */
  | {
    readonly _tag: "Restoring"
    /** The cluster that wrote to Git. */
    readonly from: string
    /** Milliseconds since the epoch. */
    readonly since: number
  }
  | { readonly _tag: "Syncing" }

/** Whether objects are written. */
export const writesIn = ({ _tag }: Phase): boolean => _tag === "Syncing" || _tag === "Restoring"

/** How an object was last found in step: the manifest's digest, and that of what we owned of the live object. */
export interface Synced {
  readonly payload: string
  readonly owned: string
  /** The file that described it then. */
  readonly path?: string
}

/** By kind and object; `undefined` for one that is ours and was never seen in step. */
export type SyncedObjects = ReadonlyMap<KindId, ReadonlyMap<ObjectId, Synced | undefined>>

/** How an object was last found the same on both sides: the manifest's digest, and that of the live object's portable form. */
export interface Mirrored {
  readonly document: string
  readonly live: string
  /** Of objects under `both`: a digest for each field, as text. */
  readonly fields?: string
  /** What we are about to change of them, or have perhaps changed: a side that has it has not changed by itself. */
  readonly expected?: string
}

/** Objects that were live while a rule gave their life to the cluster; `undefined` for one that was never found the same on both sides. */
export type SeenObjects = ReadonlyMap<KindId, ReadonlyMap<ObjectId, Mirrored | undefined>>

/** Whether anything may go from the cluster to Git. */
export type Mirroring =
  | { readonly _tag: "Open" }
  /** Why nothing is written to Git, and what to do; `""` while that is not known yet, or no rule writes to Git. */
  | { readonly _tag: "Closed"; readonly reason: string }

export interface Round {
  /** Grows with every change of the tree below `gitPath` or of the rule set, and with every term. */
  readonly number: number
  /** The term in which this process leads; `undefined` while it doesn't. */
  readonly term: number | undefined
  readonly ruleset: Ruleset
  readonly tip: Tip
  readonly phase: Phase
  /** Kinds of this stage and of those before it may write; `undefined`: nobody may. */
  readonly openStage: Stage | undefined
  /** Manifests (by digest) of Jobs that finished and may have been removed by their time to live since. */
  readonly finishedJobs: ReadonlyMap<ObjectId, string>
  /** What was in step when this term began. */
  readonly synced: SyncedObjects
  readonly mirroring: Mirroring
  /** What this cluster had shown when this term began. Another value: what was told since counts no more, and is to be told again. */
  readonly seen: SeenObjects
  /** UIDs of the CustomResourceDefinitions under which the seen objects were seen, by kind. */
  readonly definitions: ReadonlyMap<KindId, string>
  /** Whether this cluster is met for the first time, or anew after its record was lost: what only Git has may be another world's, and is not created. */
  readonly isFirstContact: boolean
  /** Grows when what was held is worth asking for again: a person confirmed it, or the record was looked at anew. */
  readonly confirmed: number
}

export const sameMirroring = (a: Mirroring, b: Mirroring) =>
  a._tag === b._tag && (a._tag !== "Closed" || b._tag !== "Closed" || a.reason === b.reason)

const samePhase = (a: Phase, b: Phase) =>
  a._tag === b._tag && (a._tag !== "Held" || b._tag !== "Held" || a.reason === b.reason) &&
  (a._tag !== "Restoring" || b._tag !== "Restoring" || (a.from === b.from && a.since === b.since))

/** Whether nothing that matters to a kind differs. */
export const sameRound = (a: Round | undefined, b: Round | undefined): boolean =>
  a === b || (
    a !== undefined && b !== undefined && a.number === b.number && a.term === b.term &&
    a.ruleset.number === b.ruleset.number &&
    a.tip === b.tip &&
    a.openStage === b.openStage && a.confirmed === b.confirmed && a.seen === b.seen &&
    a.isFirstContact === b.isFirstContact && samePhase(a.phase, b.phase) &&
    sameMirroring(a.mirroring, b.mirroring)
  )
