/** What a kind makes of the answers to its deletions: what is known of the object then, what is counted, and what people are told. */
import { Cause, Effect, Exit, Metric, Option, Random } from "effect"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Announce } from "../Announce.ts"
import * as KindMetrics from "../KindMetrics.ts"
import * as KindState from "../KindState.ts"
import { backoff, type Cure, type Trouble } from "../Trouble.ts"
import { deleted, patience, type PruneMemory } from "./PruneMemory.ts"
import type { PruneFailure, PruneMessage } from "./PruneMessage.ts"

/** What has to happen before it is tried again; what is not named here is tried again soon. */
const cures: { readonly [Tag in PruneFailure["_tag"]]?: Cure } = {
  ApiForbidden: "permission",
  ApiRejected: "opponent",
  ApiUnauthorized: "permission",
  DeletionUnproved: "deletion"
}

/** The handler of these answers for one kind. */
export const make = (state: KindState.KindState, announce: Announce) => {
  const remember = (id: ObjectId, prune: PruneMemory | undefined, trouble: Trouble | undefined, now: number) => {
    KindState.put(state, id, { ...KindState.get(state, id), prune, trouble }, now)
  }

  const onFailure = Effect.fnUntraced(function*(id: ObjectId, uid: string, failure: PruneFailure, now: number) {
    if (failure._tag === "Outdated") return remember(id, undefined, undefined, now)
    if (failure._tag === "DeletionHeld") {
      remember(id, { _tag: "Held", uid, message: failure.message }, undefined, now)
      return yield* announce(id, { level: "warning", reason: "DeletionHeld", note: failure.message })
    }
    const { trouble: previous } = KindState.get(state, id)
    const cure = cures[failure._tag] ?? "retry"
    const { message } = failure
    const attempts = previous?.digest === deleted && previous.cure === cure ? previous.attempts + 1 : 1
    const retryAt = now + backoff(cure, attempts, yield* Random.next)
    remember(id, undefined, { cure, message, place: undefined, digest: deleted, uid, attempts, retryAt }, now)
    if (failure._tag === "DeletionRefused" || failure._tag === "NotLeading") return
    yield* Metric.update(Metric.withAttributes(KindMetrics.deletions, { outcome: "failed" }), 1)
    if (previous?.message !== message) yield* announce(id, { level: "warning", reason: "NotDeleted", note: message })
  })

  const onDeleted = Effect.fnUntraced(function*(id: ObjectId, uid: string, now: number) {
    yield* Metric.update(Metric.withAttributes(KindMetrics.deletions, { outcome: "deleted" }), 1)
    yield* announce(
      id,
      { level: "info", reason: "Deleted", note: "deleted, as Git holds it no longer" },
      undefined,
      uid
    )
    if (KindState.get(state, id).prune?.uid === uid)
      remember(id, { _tag: "Sent", uid, until: now + patience }, undefined, now)
  })

  return (message: PruneMessage, now: number): Effect.Effect<void> => {
    const { id } = message
    state.proving.delete(id)
    if (message._tag === "DeletionAwaited") return Effect.void
    const { exit, uid } = message
    if (Exit.isSuccess(exit)) return onDeleted(id, uid, now)
    const failure = Cause.findErrorOption(exit.cause)
    if (Option.isNone(failure)) return Effect.die(Cause.squash(exit.cause))
    // Another object stands there by now, or none.
    return KindState.get(state, id).prune?.uid === uid ? onFailure(id, uid, failure.value, now) : Effect.void
  }
}
