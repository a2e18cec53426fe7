/**
 * What a kind asks of the Coordinator: the round to carry out, the record to be widened before it writes,
 * and leave to delete. A port: the Coordinator provides it, kinds know only this.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { KindReport } from "./KindReport.ts"
import type { Round, Synced } from "./Round.ts"

/** The record does not hold the keys, so nothing may be applied for them. */
export class RecordUnwritten extends Schema.TaggedError<RecordUnwritten>()("RecordUnwritten", {
  message: Schema.String
}) {}

/** A deletion was asked for and is not given. */
export class DeletionWithheld extends Schema.TaggedError<DeletionWithheld>()("DeletionWithheld", {
  message: Schema.String
}) {}

export class Coordination extends Context.Service<Coordination, {
  /** The round that counts now, and every one after it. */
  readonly rounds: Stream.Stream<Round>
  /** Kinds of which the record holds objects that we applied. */
  readonly inventoryKinds: Effect.Effect<ReadonlySet<KindId>>
  /** The objects of a kind that the record holds now: it may have been widened since the term began. */
  readonly recorded: (kind: KindId) => Effect.Effect<ReadonlySet<ObjectId>>
  /** Which kinds this round needs, so that a stage can wait for all of them. */
  readonly expect: (round: number, kinds: ReadonlySet<KindId>) => Effect.Effect<void>
  /** Answered once the record holds the keys. Must be answered before the first of them is applied. */
  readonly enroll: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void, RecordUnwritten>
  /** How objects were found in step; kept in the record, so that a restart finds them so without a request. */
  readonly synced: (kind: KindId, objects: ReadonlyMap<ObjectId, Synced>) => Effect.Effect<void>
  /** Nothing of these objects is ours any more: the record may forget them. */
  readonly departed: (kind: KindId, ids: ReadonlyArray<ObjectId>) => Effect.Effect<void>
  /** Remembers a Job that finished, so that it is not made again once it is removed. */
  readonly jobFinished: (id: ObjectId, digest: string) => Effect.Effect<void>
  /** Leave to delete one object of ours. This version gives none. */
  readonly requestDeletion: (kind: KindId, id: ObjectId, uid: string) => Effect.Effect<never, DeletionWithheld>
  readonly report: (report: KindReport) => Effect.Effect<void>
}>()("gitops/kind/Coordination") {}
