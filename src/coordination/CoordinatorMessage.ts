/** What reaches the Coordinator's mailbox. */
import type { Deferred } from "effect"
import type { GitReport } from "../git/GitReport.ts"
import type { RecordUnwritten } from "../kind/Coordination.ts"
import type { KindReport } from "../kind/KindReport.ts"
import type { Synced } from "../kind/Round.ts"
import type { Standing } from "../kubernetes/Leadership.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"

export type CoordinatorMessage =
  | { readonly _tag: "GitReported"; readonly report: GitReport }
  | { readonly _tag: "RulesChanged"; readonly ruleset: Ruleset }
  | { readonly _tag: "StandingChanged"; readonly standing: Standing }
  | { readonly _tag: "Expected"; readonly round: number; readonly kinds: ReadonlySet<KindId> }
  | { readonly _tag: "Reported"; readonly report: KindReport }
  | {
    readonly _tag: "EnrollAsked"
    readonly kind: KindId
    readonly ids: ReadonlyArray<ObjectId>
    readonly reply: Deferred.Deferred<void, RecordUnwritten>
  }
  | { readonly _tag: "SyncedTold"; readonly kind: KindId; readonly objects: ReadonlyMap<ObjectId, Synced> }
  /** Nothing of these objects is ours any more. */
  | { readonly _tag: "Departed"; readonly kind: KindId; readonly ids: ReadonlyArray<ObjectId> }
  | { readonly _tag: "JobFinished"; readonly id: ObjectId; readonly digest: string }
  /** Nothing new: time to try again what failed. */
  | { readonly _tag: "Woken" }
