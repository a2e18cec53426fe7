/**
 * What a kind asks of the Coordinator: the round to carry out, the record to be widened before it writes,
 * and leave to delete. A port: the Coordinator provides it, kinds know only this.
 */
import { Context, type Effect, Schema, type Scope, type Stream } from "effect"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { KindReport } from "./KindReport.ts"
import type { Mirrored, Round, Synced } from "./Round.ts"

/** The record does not hold the keys, so nothing may be applied for them. */
export class RecordUnwritten extends Schema.TaggedError<RecordUnwritten>()("RecordUnwritten", {
  message: Schema.String
}) {}

/** What a kind wants to delete in the cluster because Git holds it no longer. */
export interface Deletion {
  readonly kind: KindId
  readonly id: ObjectId
  readonly uid: string
  /** Whether a rule says `prune: always`, so that the record need not know it. */
  readonly always: boolean
  /** In which it was decided: in another it is decided again. */
  readonly round: number
}

/** An object may not be deleted now; why, and what to do. Asked again when the tip or the rules change, or a person confirms. */
export class DeletionHeld extends Schema.TaggedError<DeletionHeld>()("DeletionHeld", {
  message: Schema.String
}) {}

/** A deletion could not be judged; it is asked for again soon. */
export class DeletionRefused extends Schema.TaggedError<DeletionRefused>()("DeletionRefused", {
  message: Schema.String
}) {}

/** What the record says of a kind that goes to Git. */
export interface Shown {
  /** What this cluster has shown of it, and how it was last the same on both sides. */
  readonly objects: ReadonlyMap<ObjectId, Mirrored | undefined>
  /** UID of the CustomResourceDefinition under which that was; `undefined` where there is none, or none is known. */
  readonly definition: string | undefined
}

/** What a kind wants to remove from Git because it is gone from the cluster. */
export interface Removal {
  readonly kind: KindId
  readonly id: ObjectId
  /** The document's digest: one that was changed since is another matter. */
  readonly document: string
  /** Whether a rule says `prune: always`, so that it need not be among what this cluster has shown. */
  readonly always: boolean
  /** The namespace that is gone with it: its manifest may only go with the namespace's, or when a person confirms it. */
  readonly goneWith: string | undefined
}

/** A document may not be removed now; why, and what to do. Asked again when the tip or the rules change, or a person confirms. */
export class RemovalHeld extends Schema.TaggedError<RemovalHeld>()("RemovalHeld", {
  message: Schema.String
}) {}

export class Coordination extends Context.Service<Coordination, {
  /** The round that counts now, and every one after it. */
  readonly rounds: Stream.Stream<Round>
  /** Kinds of which the record holds objects that we applied. */
  readonly inventoryKinds: Effect.Effect<ReadonlySet<KindId>>
  /** The objects of a kind that the record holds now: it may have been widened since the term began. */
  readonly recorded: (kind: KindId) => Effect.Effect<ReadonlySet<ObjectId>>
  /** Which kinds this round needs, so that a stage can wait for all of them, and which of those in Git the cluster doesn't serve. */
  readonly expect: (round: number, kinds: ReadonlySet<KindId>, unserved: ReadonlySet<KindId>) => Effect.Effect<void>
  /** Answered once the record holds the keys. Must be answered before the first of them is applied. */
  readonly enroll: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void, RecordUnwritten>
  /** How objects were found in step; kept in the record, so that a restart finds them so without a request. */
  readonly synced: (kind: KindId, objects: ReadonlyMap<ObjectId, Synced>) => Effect.Effect<void>
  /** Nothing of these objects is ours any more: the record may forget them. */
  readonly departed: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void>
  /** Remembers a Job that finished, so that it is not made again once it is removed. */
  readonly jobFinished: (id: ObjectId, digest: string) => Effect.Effect<void>
  /**
   * Leave to delete one object, for as long as the scope is open. Done once it was asked for; what comes back is done once all that goes in the
   * round was judged together, what has just been made is there, and the turn has come.
   */
  readonly requestDeletion: (
    deletion: Deletion
  ) => Effect.Effect<Effect.Effect<void, DeletionHeld | DeletionRefused>, never, Scope.Scope>
  /** What the record says now of a kind that goes to Git. */
  readonly shown: (kind: KindId) => Effect.Effect<Shown>
  /** Answered once the record says that this cluster has shown these objects live. Must be answered before any of them is submitted to Git. */
  readonly see: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void, RecordUnwritten>
  /** How objects were found the same on both sides; kept in the record of those that "see" was told of, within seconds. */
  readonly mirrored: (kind: KindId, objects: ReadonlyMap<ObjectId, Mirrored>) => Effect.Effect<void>
  /** The same of one object, answered once the record holds it: what is changed on one side then is known for ours, also after a crash. */
  readonly intend: (kind: KindId, id: ObjectId, intended: Mirrored) => Effect.Effect<void, RecordUnwritten>
  /** These are gone from the cluster, and from Git too or left to it: the record may forget that it saw them. */
  readonly unseen: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void>
  /** Under which CustomResourceDefinition (by UID) the objects of a kind are seen. */
  readonly defined: (kind: KindId, uid: string) => Effect.Effect<void>
  /** Leave to remove a document from Git. Answered once all that is asked for at about the same time was judged together. */
  readonly requestRemoval: (removal: Removal) => Effect.Effect<void, RemovalHeld>
  readonly report: (report: KindReport) => Effect.Effect<void>
}>()("gitops/kind/Coordination") {}
