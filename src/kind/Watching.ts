/** What a kind makes of a watch event: reduces the live object, and finds out once whether it is already what Git says. */
import { Effect, Option } from "effect"
import { ManifestReader } from "../git/ManifestReader.ts"
import * as FieldSet from "../kubernetes/FieldSet.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import type { ReflectorEvent } from "../kubernetes/ReflectorState.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import { type ObjectId, objectId } from "../manifest/ObjectKey.ts"
import * as Payload from "./applying/Payload.ts"
import { Coordination } from "./Coordination.ts"
import * as KindState from "./KindState.ts"
import { observe, type Observer } from "./Observation.ts"
import { afterMatch } from "./Tracked.ts"

const idOf = ({ metadata }: KubernetesObject): ObjectId => objectId(metadata.namespace ?? "", metadata.name)

/** The handler of watch events for one kind. */
export const make = Effect.fnUntraced(function*(state: KindState.KindState, observer: Observer) {
  const coordination = yield* Coordination
  const reader = yield* ManifestReader

  const isInStep = Effect.fnUntraced(function*(ref: ManifestRef, id: ObjectId, object: KubernetesObject) {
    const entry = FieldSet.ownEntry(object, observer.fieldManager)
    if (entry === undefined) return false
    const manifest = yield* Effect.option(reader.read(ref))
    if (Option.isNone(manifest)) return false
    const ownership = KindState.ownershipOf(state, id, KindState.get(state, id))
    const target = { ...KindState.nameOf(id), applySet: observer.applySet }
    return FieldSet.inStep(Payload.desired(manifest.value, ownership, target), object, entry)
  })

  const onSeen = Effect.fnUntraced(function*(object: KubernetesObject, now: number) {
    const id = idOf(object)
    const live = observe(state.spec.kind, object, observer)
    const verdict = KindState.onSeen(state, id, live, now)
    const tracked = KindState.get(state, id)
    if (verdict._tag === "Pending" && tracked.settled === undefined && (yield* isInStep(verdict.ref, id, object)))
      KindState.put(state, id, afterMatch(tracked, verdict.ref.manifest.digest, live), now)
    if (live.finished && tracked.claim?._tag === "Declared")
      yield* coordination.jobFinished(id, tracked.claim.ref.manifest.digest)
  })

  return (event: ReflectorEvent, now: number): Effect.Effect<void> => {
    switch (event._tag) {
      case "Listing":
        return Effect.sync(() => KindState.onListing(state))
      case "Applied":
        return onSeen(event.object, now)
      case "Deleted":
        return Effect.sync(() => KindState.onGone(state, idOf(event.object), now))
      case "Synced":
        return Effect.sync(() => KindState.onListed(state, now))
      case "Interrupted":
        return Effect.sync(() => KindState.onInterrupted(state, event.reason))
      case "Resumed":
        return Effect.sync(() => KindState.onResumed(state))
    }
  }
})
