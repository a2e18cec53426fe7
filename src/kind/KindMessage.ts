/** What reaches a kind's mailbox. A message says what is true now; the state decides what follows. */
import type { Exit } from "effect"
import type { ReflectorEvent } from "../kubernetes/ReflectorState.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { Applied, ApplyFailure } from "./applying/Apply.ts"
import type { LetGo, LetGoFailure } from "./applying/LetGo.ts"
import type { RecordUnwritten } from "./Coordination.ts"
import type { Fought } from "./fights/Fights.ts"
import type { MirrorMessage } from "./mirroring/MirrorMessage.ts"
import type { PruneMessage } from "./pruning/PruneMessage.ts"
import type { Round } from "./Round.ts"

export type KindMessage =
  | { readonly _tag: "Watched"; readonly event: ReflectorEvent }
  | { readonly _tag: "RoundChanged"; readonly round: Round }
  | { readonly _tag: "NamespaceAppeared"; readonly namespace: string }
  | { readonly _tag: "NamespaceVanished"; readonly namespace: string }
  /** What the cluster's schema says of the kind's fields is another than it was. */
  | { readonly _tag: "SchemaChanged" }
  | {
    readonly _tag: "Enrolled"
    readonly ids: ReadonlyArray<ObjectId>
    readonly exit: Exit.Exit<void, RecordUnwritten>
  }
  | Finished
  | Released
  | Looked
  | MirrorMessage
  | PruneMessage

/** An apply was answered. */
export interface Finished {
  readonly _tag: "Finished"
  readonly id: ObjectId
  /** The digest of what Git wanted. */
  readonly wanted: string
  readonly exit: Exit.Exit<Applied, ApplyFailure | RecordUnwritten>
}

/** Everything that we held of an object was let go of, or was to be. */
export interface Released {
  readonly _tag: "Released"
  readonly id: ObjectId
  readonly exit: Exit.Exit<LetGo, LetGoFailure>
}

/** An object that keeps drifting was looked at: who changes which field. */
export interface Looked {
  readonly _tag: "Looked"
  readonly id: ObjectId
  readonly wanted: string
  readonly exit: Exit.Exit<ReadonlyArray<Fought>, ApplyFailure>
}
