/** What reaches a kind's mailbox of the objects that are to go. */
import type { Exit } from "effect"
import type { SetAsideUnreadable } from "../../git/SetAside.ts"
import type { ApiFailure } from "../../kubernetes/ApiError.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Outdated } from "../applying/Outdated.ts"
import type { DeletionHeld, DeletionRefused } from "../Coordination.ts"
import type { DeletionUnproved } from "./DeletionProof.ts"

export type PruneFailure =
  | ApiFailure
  | DeletionHeld
  | DeletionRefused
  | DeletionUnproved
  | Outdated
  | SetAsideUnreadable

/** It was proved that it may go, and it was asked for. */
export interface DeletionAwaited {
  readonly _tag: "DeletionAwaited"
  readonly id: ObjectId
}

/** It was deleted, or was to be. */
export interface Deleted {
  readonly _tag: "Deleted"
  readonly id: ObjectId
  readonly uid: string
  readonly exit: Exit.Exit<void, PruneFailure>
}

export type PruneMessage = Deleted | DeletionAwaited
