/** What reaches a kind's mailbox. A message says what is true now; the state decides what follows. */
import type { Exit } from "effect"
import type { ReflectorEvent } from "../kubernetes/ReflectorState.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { Applied, ApplyFailure } from "./applying/Apply.ts"
import type { RecordUnwritten } from "./Coordination.ts"
import type { Round } from "./Round.ts"

export type KindMessage =
  | { readonly _tag: "Watched"; readonly event: ReflectorEvent }
  | { readonly _tag: "RoundChanged"; readonly round: Round }
  | { readonly _tag: "NamespaceAppeared"; readonly namespace: string }
  | {
    readonly _tag: "Enrolled"
    readonly ids: ReadonlyArray<ObjectId>
    readonly exit: Exit.Exit<void, RecordUnwritten>
  }
  | {
    readonly _tag: "Finished"
    readonly id: ObjectId
    readonly digest: string
    readonly exit: Exit.Exit<Applied, ApplyFailure>
  }
