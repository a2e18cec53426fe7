/** What others may ask of the Git actor, and what it answers. A change names a document by its key, never a file: the actor knows where it stands. */
import { type Array, type Deferred, Schema } from "effect"
import type { FieldChange } from "../manifest/FieldChange.ts"
import type { FieldType } from "../manifest/FieldType.ts"
import type { JsonObject } from "../manifest/Manifest.ts"
import { formatKey, type KindId, type ObjectKey } from "../manifest/ObjectKey.ts"
import type { ClusterId } from "./ClusterName.ts"
import type { GitActorFailed, GitFailure } from "./GitError.ts"
import type { History } from "./History.ts"
import type { Tip } from "./Tip.ts"

/** For the commit message. */
export interface Why {
  /** The rule that gives the document to the cluster, as people know it. */
  readonly rule: string
  /** Who made the change in the cluster and when, where that is known. */
  readonly changedBy?: ReadonlyArray<Author>
  /** Why the document is written against what somebody changed in Git: a sentence. */
  readonly remark?: string
}

/** A field manager, as `managedFields` names it. */
export interface Author {
  readonly fieldManager: string
  /** RFC 3339. */
  readonly time?: string
}

/** A wish for one document, with what it was based on: if that is no longer so, its sender decides again. */
export type DocumentChange =
  /** The whole document; `basedOn` is the digest of the one it replaces, absent when there was none. */
  | {
    readonly _tag: "PutDocument"
    readonly key: ObjectKey
    readonly manifest: JsonObject
    readonly basedOn?: string
    /** What has to be in Git, or go into the same commit. */
    readonly needs?: ReadonlyArray<ObjectKey>
    readonly why: Why
  }
  /** Fields of a document that is there; the same change is made on a newer document if these fields are still what they were. */
  | {
    readonly _tag: "PatchDocument"
    readonly key: ObjectKey
    readonly changes: Array.NonEmptyReadonlyArray<FieldChange>
    /** The type of the whole document: how the items of its lists are told apart. */
    readonly type: FieldType
    readonly why: Why
  }
  | { readonly _tag: "RemoveDocument"; readonly key: ObjectKey; readonly basedOn: string; readonly why: Why }

export type PatchDocument = Extract<DocumentChange, { readonly _tag: "PatchDocument" }>

/** What goes together: all of it in one commit, or none of it. */
export type Changes = Array.NonEmptyReadonlyArray<DocumentChange>

/** What `.gitops-controller.yaml` shall say. */
export interface Naming extends ClusterId {
  /** The other cluster that may be named there until then; absent: nobody else may be. */
  readonly replaces?: string
  /** It may be replaced only as long as our request stands beside it. */
  readonly byRequest?: boolean
  /** Who asks to take the place of the cluster that is named there, and stays named. */
  readonly takeover?: ClusterId
  /** Whose request to take our place is refused. */
  readonly refused?: ClusterId
}

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
    const named = this.keys.length === 0
      ? "what they were based on"
      : this.keys.slice(0, 3).map(formatKey).join(", ")
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
  /** Git doesn't name this cluster as the one that writes there. */
  "NotNamed",
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

/** What is asked of the repository: documents, or the name of the cluster, which goes into a commit of its own. */
export type Wish =
  | { readonly _tag: "Documents"; readonly changes: Changes }
  | { readonly _tag: "Name"; readonly naming: Naming }

/** Since when the history is asked for, and who asks. */
export interface HistoryQuestion {
  readonly since: string
  readonly reply: Deferred.Deferred<History, GitFailure>
}

export type GitMessage =
  /** Look at the branch, because it is time. */
  | { readonly _tag: "Look" }
  /** Nothing new, but time to commit. */
  | { readonly _tag: "Wake" }
  /** Look at it now, and answer with the tip of now. */
  | { readonly _tag: "Refresh"; readonly reply: Deferred.Deferred<Tip, GitFailure> }
  | { readonly _tag: "History"; readonly question: HistoryQuestion }
  | {
    readonly _tag: "Submit"
    /** By which its sender waits in the mailbox. */
    readonly id: number
    readonly sender: KindId
    readonly wish: Wish
    /** When it was asked, in milliseconds since the epoch. */
    readonly at: number
  }
  /** Forget what this sender submitted and is not committed. */
  | {
    readonly _tag: "Withdraw"
    readonly sender: KindId
    /** `undefined`: all of it. */
    readonly keys: ReadonlyArray<ObjectKey> | undefined
    readonly reply: Deferred.Deferred<void>
  }
  /** Commit all that was submitted, and answer when it is on the remote or refused. */
  | { readonly _tag: "Drain"; readonly reply: Deferred.Deferred<void> }
