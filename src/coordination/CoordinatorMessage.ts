/** What reaches the Coordinator's mailbox. Times are milliseconds since the epoch. */
import type { Deferred, Exit } from "effect"
import type { GitFailure } from "../git/GitError.ts"
import type { SubmitAnswer, SubmitFailure } from "../git/GitMessages.ts"
import type { GitReport } from "../git/GitReport.ts"
import type { History } from "../git/History.ts"
import type {
  Deletion,
  DeletionHeld,
  DeletionRefused,
  RecordUnwritten,
  Removal,
  RemovalHeld
} from "../kind/Coordination.ts"
import type { KindReport } from "../kind/KindReport.ts"
import type { Mirrored, Synced } from "../kind/Round.ts"
import type { Standing } from "../kubernetes/Leadership.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"

/** Of the branch's history. */
export interface HistoryQuestion {
  /** `Ancestry`: whether the tip has grown from the commit synced last. `Confirmations`: what people confirmed since removals wait. */
  readonly about: "Ancestry" | "Confirmations"
  /** The commit from which on. */
  readonly since: string
  /** The tip for which it is asked. */
  readonly tip: string
}

/** The record shall hold these keys: as ours, or as seen. */
interface Keys {
  readonly kind: KindId
  readonly ids: ReadonlyArray<ObjectId>
  readonly reply: Deferred.Deferred<void, RecordUnwritten>
}

export interface RemovalAsked {
  readonly _tag: "RemovalAsked"
  readonly removal: Removal
  readonly at: number
  readonly reply: Deferred.Deferred<void, RemovalHeld>
}

export interface DeletionAsked {
  readonly _tag: "DeletionAsked"
  readonly deletion: Deletion
  readonly at: number
  readonly reply: Deferred.Deferred<void, DeletionHeld | DeletionRefused>
}

export type CoordinatorMessage =
  | { readonly _tag: "GitReported"; readonly report: GitReport }
  | { readonly _tag: "RulesChanged"; readonly ruleset: Ruleset }
  | { readonly _tag: "StandingChanged"; readonly standing: Standing }
  | {
    readonly _tag: "Expected"
    readonly round: number
    readonly kinds: ReadonlySet<KindId>
    readonly unserved: ReadonlySet<KindId>
  }
  | { readonly _tag: "Reported"; readonly report: KindReport }
  | { readonly _tag: "EnrollAsked" } & Keys
  | { readonly _tag: "SeeAsked" } & Keys
  | { readonly _tag: "SyncedTold"; readonly kind: KindId; readonly objects: ReadonlyMap<ObjectId, Synced> }
  | {
    readonly _tag: "MirroredTold"
    readonly kind: KindId
    readonly objects: ReadonlyMap<ObjectId, Mirrored>
    readonly at: number
  }
  /** The record shall hold this before anything of it is done. */
  | {
    readonly _tag: "IntendAsked"
    readonly kind: KindId
    readonly objects: ReadonlyMap<ObjectId, Mirrored>
    readonly at: number
    readonly reply: Deferred.Deferred<void, RecordUnwritten>
  }
  /** Nothing of these objects is ours any more. */
  | { readonly _tag: "Departed"; readonly kind: KindId; readonly ids: ReadonlyArray<ObjectId> }
  | { readonly _tag: "UnseenTold"; readonly kind: KindId; readonly ids: ReadonlyArray<ObjectId>; readonly at: number }
  | { readonly _tag: "DefinedTold"; readonly kind: KindId; readonly uid: string }
  | { readonly _tag: "JobFinished"; readonly id: ObjectId; readonly digest: string }
  | RemovalAsked
  | DeletionAsked
  /** Whoever asked has used the leave, or wants it no more. */
  | { readonly _tag: "DeletionReturned"; readonly reply: DeletionAsked["reply"] }
  | {
    readonly _tag: "HistoryTold"
    readonly question: HistoryQuestion
    readonly exit: Exit.Exit<History, GitFailure>
  }
  | { readonly _tag: "NamingTold"; readonly exit: Exit.Exit<SubmitAnswer, SubmitFailure> }
  /** Nothing new: time to do what is due. */
  | { readonly _tag: "Woken" }
