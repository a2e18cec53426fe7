/** What a kind makes of a watch event: reduces the live object, and finds out once whether it is already what Git says. */
import { Effect, Option } from "effect"
import { ownEntry } from "../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import type { ReflectorEvent } from "../kubernetes/ReflectorState.ts"
import { type ObjectId, objectId } from "../manifest/ObjectKey.ts"
import { isInStep } from "./applying/Apply.ts"
import * as Folding from "./Folding.ts"
import * as KindState from "./KindState.ts"
import { mirrorView, noView } from "./mirroring/MirrorView.ts"
import { observe, type Observer } from "./Observation.ts"
import { afterMatch } from "./Tracked.ts"
import type { Verdict } from "./Verdict.ts"

const idOf = ({ metadata }: KubernetesObject): ObjectId => objectId(metadata.namespace ?? "", metadata.name)

/** The handler of watch events for one kind. */
export const make = Effect.fnUntraced(function*(state: KindState.KindState, observer: Observer) {
  const services = yield* Effect.context<Effect.Services<ReturnType<typeof isInStep>>>()

  const matches = (verdict: Extract<Verdict, { _tag: "Pending" }>, id: ObjectId, object: KubernetesObject) => {
    const { paused, ref } = verdict
    const ownership = KindState.ownershipOf(state, id, KindState.get(state, id))
    return ownEntry(object, observer.fieldManager) === undefined
      ? Effect.succeed(false)
      : isInStep(state.spec, observer, { id, ref, ownership, paused }, object).pipe(
        Effect.option,
        Effect.map(Option.getOrElse(() => false)),
        Effect.provideContext(services)
      )
  }

  const onSeen = Effect.fnUntraced(function*(object: KubernetesObject, now: number) {
    const id = idOf(object)
    const { kind, mirrors, own } = state.spec
    const live = observe(kind, object, observer, mirrors ? mirrorView(kind, object, own) : noView)
    const verdict = Folding.onSeen(state, id, live, now)
    if (mirrors && state.mirror.verdicts.get(id)?._tag === "Due") state.mirror.shown.keep(id, object)
    else if (mirrors) state.mirror.shown.drop(id)
    const tracked = KindState.get(state, id)
    if (verdict._tag === "Pending" && tracked.settled === undefined && (yield* matches(verdict, id, object)))
      KindState.put(state, id, afterMatch(tracked, verdict.wanted, live), now)
  })

  return (event: ReflectorEvent, now: number): Effect.Effect<void> => {
    switch (event._tag) {
      case "Listing":
        return Effect.sync(() => Folding.onListing(state))
      case "Applied":
        return onSeen(event.object, now)
      case "Deleted":
        return Effect.sync(() => {
          state.mirror.shown.drop(idOf(event.object))
          Folding.onGone(state, idOf(event.object), now)
        })
      case "Synced":
        return Effect.sync(() => Folding.onListed(state, now))
      case "Interrupted":
        return Effect.sync(() => Folding.onInterrupted(state, event.reason))
      case "Resumed":
        return Effect.sync(() => Folding.onResumed(state, now))
    }
  }
})
