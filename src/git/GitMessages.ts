/** What others may ask of the Git actor, and what it answers. A change names a document by its key, never a file: the actor knows where it stands. */
import { type Deferred, Schema } from "effect"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import type { KindId, ObjectKey } from "../manifest/ObjectKey.ts"
import type { GitFailure } from "./GitError.ts"
import type { Tip } from "./Tip.ts"

/** A place in a document, as a JSON pointer that also knows list keys: `/spec/containers/[name=app]/image`. */
export type FieldPath = string

/** A wish for one document, with what it was based on: if that is no longer so, its sender decides again. */
export type DocumentChange =
  /** The whole document; `basedOn` is the digest of the one it replaces, absent when there was none. */
  | { readonly _tag: "PutDocument"; readonly key: ObjectKey; readonly manifest: JsonObject; readonly basedOn?: string }
  | { readonly _tag: "RemoveDocument"; readonly key: ObjectKey; readonly basedOn: string }
  /** Some fields of it; `basedOn` is what they were, `undefined` where a field was absent. */
  | {
    readonly _tag: "SetFields"
    readonly key: ObjectKey
    readonly set: ReadonlyMap<FieldPath, Json>
    readonly remove: ReadonlyArray<FieldPath>
    readonly basedOn: ReadonlyMap<FieldPath, Json | undefined>
  }

/** The changes are on the remote. */
export interface Committed {
  readonly commit: string
}

/** Writing was refused, for good until something is done. */
export class SubmitRefused extends Schema.TaggedError<SubmitRefused>()("SubmitRefused", {
  sender: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `The changes of ${this.sender} were not committed: ${this.reason}`
  }
}

export type GitMessage =
  /** Look at the branch, because it is time. */
  | { readonly _tag: "Look" }
  /** Look at it now, and answer with the tip of now. */
  | { readonly _tag: "Refresh"; readonly reply: Deferred.Deferred<Tip, GitFailure> }
  | {
    readonly _tag: "Submit"
    readonly sender: KindId
    readonly changes: ReadonlyArray<DocumentChange>
    readonly reply: Deferred.Deferred<Committed, SubmitRefused>
  }
  /** Forget what this sender submitted and is not committed. */
  | { readonly _tag: "Withdraw"; readonly sender: KindId; readonly reply: Deferred.Deferred<void> }
  /** Commit all that was submitted, and answer when it is on the remote or refused. */
  | { readonly _tag: "Drain"; readonly reply: Deferred.Deferred<void> }
