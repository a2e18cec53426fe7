/** What others may ask of the Git actor, and what it answers. A change names a document by its key, never a file: the actor knows where it stands. */
import { type Array, type Deferred, Schema } from "effect"
import type { JsonObject } from "../manifest/Manifest.ts"
import { formatKey, type KindId, type ObjectKey } from "../manifest/ObjectKey.ts"
import type { GitActorFailed, GitFailure } from "./GitError.ts"
import type { Tip } from "./Tip.ts"

/** For the commit message. */
export interface Why {
  /** The rule that gives the document to the cluster, as people know it. */
  readonly rule: string
  /** Who made the change in the cluster, where that is known. */
  readonly fieldManager?: string
}

/** A wish for one document, with what it was based on: if that is no longer so, its sender decides again. */
export type DocumentChange =
  /** The whole document; `basedOn` is the digest of the one it replaces, absent when there was none. */
  | {
    readonly _tag: "PutDocument"
    readonly key: ObjectKey
    readonly manifest: JsonObject
    readonly basedOn?: string
    readonly why: Why
  }
  | { readonly _tag: "RemoveDocument"; readonly key: ObjectKey; readonly basedOn: string; readonly why: Why }

/** What goes together: all of it in one commit, or none of it. */
export type Changes = Array.NonEmptyReadonlyArray<DocumentChange>

/** What became of changes that nobody need care about any more. */
export type SubmitAnswer =
  /** They are on the remote, at the latest with this commit. */
  | { readonly _tag: "Committed"; readonly commit: string }
  /** A later submission holds a newer wish for all their keys; its own answer counts. */
  | { readonly _tag: "Replaced" }
  /** Their sender has withdrawn them. */
  | { readonly _tag: "Withdrawn" }

const Key = Schema.Struct({
  group: Schema.String,
  kind: Schema.String,
  namespace: Schema.String,
  name: Schema.String
})

/** These documents are no longer what the changes were based on, or the set they belong to is no longer whole. Nothing of the set was committed. */
export class DecideAgain extends Schema.TaggedError<DecideAgain>()("DecideAgain", {
  sender: Schema.String,
  keys: Schema.Array(Key)
}) {
  override get message(): string {
    const named = this.keys.slice(0, 3).map(formatKey).join(", ")
    const more = this.keys.length > 3 ? ` and ${this.keys.length - 3} more` : ""
    return `The changes of ${this.sender} were not committed: ${named}${more} changed in Git meanwhile; it is decided again`
  }
}

/** Why writing is refused for good, until something is done. */
export const Refusal = Schema.Literals([
  /** The remote declined, in its own words. */
  "Declined",
  /** Two documents in Git describe the object. */
  "Contested",
  /** A file that can't be read may describe the object already. */
  "Unreadable",
  /** The document's file can't be edited, or there is no place for a new one. */
  "NotEditable",
  /** The repository is empty and doesn't say what its branch is called. */
  "NoBranch",
  /** Commits can't be signed. */
  "Unsigned",
  /** This process may not write now. */
  "NotLeading",
  /** This process ends. */
  "Stopping"
])
export type Refusal = typeof Refusal.Type

/** Writing was refused, for good until something is done. */
export class SubmitRefused extends Schema.TaggedError<SubmitRefused>()("SubmitRefused", {
  sender: Schema.String,
  reason: Refusal,
  /** A whole sentence, or the remote's own words. */
  words: Schema.String
}) {
  override get message(): string {
    const who = this.reason === "Declined" ? "the remote declined: " : ""
    return `The changes of ${this.sender} were not committed: ${who}${this.words}`
  }
}

/** Why changes are not on the remote; after `GitActorFailed` nobody knows whether they are, so they are submitted again. */
export type SubmitFailure = DecideAgain | SubmitRefused | GitActorFailed

export type GitMessage =
  /** Look at the branch, because it is time. */
  | { readonly _tag: "Look" }
  /** Nothing new, but time to commit. */
  | { readonly _tag: "Wake" }
  /** Look at it now, and answer with the tip of now. */
  | { readonly _tag: "Refresh"; readonly reply: Deferred.Deferred<Tip, GitFailure> }
  | {
    readonly _tag: "Submit"
    /** By which its sender waits in the mailbox. */
    readonly id: number
    readonly sender: KindId
    readonly changes: Changes
    /** When it was asked, in milliseconds since the epoch. */
    readonly at: number
  }
  /** Forget what this sender submitted and is not committed. */
  | { readonly _tag: "Withdraw"; readonly sender: KindId; readonly reply: Deferred.Deferred<void> }
  /** Commit all that was submitted, and answer when it is on the remote or refused. */
  | { readonly _tag: "Drain"; readonly reply: Deferred.Deferred<void> }
