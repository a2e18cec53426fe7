/** What a kind's mailbox hears of its objects' way to Git. */
import type { Exit } from "effect"
import type { SubmitAnswer, SubmitFailure } from "../../git/GitMessages.ts"
import type { ManifestUnreadable } from "../../git/ManifestReader.ts"
import type { RequestFailure } from "../../kubernetes/ApiError.ts"
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { RecordUnwritten, RemovalHeld, Shown } from "../Coordination.ts"
import type { Mirrored } from "../Round.ts"
import type { Comparison } from "./Comparison.ts"
import type { FieldWrite } from "./Flaps.ts"
import type { Agreed, Basis } from "./MirrorMemory.ts"
import type { MirrorView } from "./MirrorView.ts"
import type { Proof } from "./RemovalProof.ts"

export type CompareFailure = RequestFailure | ManifestUnreadable

/** What looking at an object came to. */
export type Look =
  | { readonly _tag: "Compared"; readonly comparison: Comparison; readonly resourceVersion: string }
  /** It isn't there any more, or is another than the watch has shown, which will show it. */
  | { readonly _tag: "Elsewhere" }
  /** It has become one that can't be written. */
  | { readonly _tag: "Unwritable"; readonly view: MirrorView }

/** What became of changes that were submitted. */
export interface Submitted {
  readonly _tag: "Submitted"
  readonly id: ObjectId
  readonly basis: Basis
  readonly writes: ReadonlyArray<FieldWrite>
  readonly after: Agreed | undefined
  readonly expected: string
  readonly writtenBack: ReadonlyArray<FieldPath>
  /** Whether its manifest was to go. */
  readonly isRemoval: boolean
  /** The number of a tip that holds what was committed. */
  readonly tip: number
  readonly exit: Exit.Exit<SubmitAnswer, RecordUnwritten | SubmitFailure>
}

export type MirrorMessage =
  | { readonly _tag: "ShownTold"; readonly shown: Shown }
  | { readonly _tag: "Defined"; readonly uid: string }
  | {
    readonly _tag: "SeeAnswered"
    readonly ids: ReadonlyArray<ObjectId>
    readonly exit: Exit.Exit<void, RecordUnwritten>
  }
  | {
    readonly _tag: "Compared"
    readonly id: ObjectId
    readonly basis: Basis
    /** How the two were last the same, as it was known when this began. */
    readonly last: Mirrored | undefined
    readonly exit: Exit.Exit<Look, CompareFailure>
  }
  | {
    readonly _tag: "Proved"
    readonly id: ObjectId
    readonly basis: Basis
    readonly exit: Exit.Exit<Proof, RequestFailure>
  }
  | {
    readonly _tag: "RemovalAnswered"
    readonly id: ObjectId
    readonly basis: Basis
    /** Granted, and what it was found to be then. */
    readonly exit: Exit.Exit<Proof, RemovalHeld | RequestFailure>
  }
  | Submitted
