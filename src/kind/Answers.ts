/** What a kind makes of the answers to its requests: what is known of the object then, what is counted, and what people are told. */
import { Cause, Effect, Exit, Metric, Option, Random } from "effect"
import type { ManifestReader } from "../git/ManifestReader.ts"
import { format } from "../manifest/FieldPath.ts"
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { Announce } from "./Announce.ts"
import { announcementsOf, letGoOf } from "./Announcements.ts"
import type { Applied } from "./applying/Apply.ts"
import type { LetGo } from "./applying/LetGo.ts"
import { type Attempt, diagnose, type Failure } from "./Diagnosis.ts"
import { afterDrift, pausedAt } from "./fights/FieldHeat.ts"
import { fightMessage } from "./fights/FightMessage.ts"
import type { Fought } from "./fights/Fights.ts"
import type { Finished, Looked, Released } from "./KindMessage.ts"
import * as KindMetrics from "./KindMetrics.ts"
import * as KindState from "./KindState.ts"
import { locate } from "./Locate.ts"
import { afterAgreement, afterApplied } from "./mirroring/MirrorMemory.ts"
import { basisOf } from "./mirroring/MirrorVerdict.ts"
import { sourceChecked } from "./restoring/RestoringVerdict.ts"
import { afterApply, afterFailure, afterLetGo, afterNothing, letGo as letGoDigest } from "./Tracked.ts"

const placeOf = (ref: ManifestRef) => formatPlace({ path: ref.path, line: ref.manifest.line })

/** The handler of answers for one kind. */
export const make = Effect.fnUntraced(function*(state: KindState.KindState, announce: Announce) {
  const services = yield* Effect.context<ManifestReader>()

  /** Waits for what ends the trouble; what was only outdated is decided again. */
  const onFailure = Effect.fnUntraced(function*(id: ObjectId, wanted: string, failure: Failure, now: number) {
    const tracked = KindState.get(state, id)
    const { claim, live, trouble: previous } = tracked
    const ref = claim?._tag === "Declared" && wanted !== letGoDigest ? claim.ref : undefined
    const needsManifest = wanted !== letGoDigest && wanted !== sourceChecked
    if (failure._tag === "Outdated" || (ref === undefined && needsManifest)) {
      KindState.put(state, id, afterNothing(tracked), now)
      return
    }
    const attempt: Attempt = { wanted, live, previous, now, jitter: yield* Random.next }
    const place = ref === undefined ? undefined : yield* Effect.provideContext(locate(ref, failure), services)
    const found = diagnose(failure, attempt, place)
    KindState.put(state, id, afterFailure(tracked, found), now)
    yield* Metric.update(Metric.withAttributes(KindMetrics.applies, { outcome: "failed" }), 1)
    const where = place ?? (ref === undefined ? "" : placeOf(ref))
    if (failure._tag !== "NotLeading" && found.message !== previous?.message)
      yield* announce(id, { level: "warning", reason: "NotApplied", note: found.message }, where)
  })

  const answered = <A, E extends Failure>(
    id: ObjectId,
    wanted: string,
    exit: Exit.Exit<A, E>,
    now: number,
    onSuccess: (value: A) => Effect.Effect<void>
  ): Effect.Effect<void> => {
    state.inFlight.delete(id)
    if (Exit.isSuccess(exit)) return onSuccess(exit.value)
    const failure = Cause.findErrorOption(exit.cause)
    return Option.isSome(failure) ? onFailure(id, wanted, failure.value, now) : Effect.die(Cause.squash(exit.cause))
  }

  /** What was made of a manifest says nothing that Git would have to be told, though the server has filled in its defaults. */
  const brought = (id: ObjectId, madeAs: string) => {
    const tracked = KindState.get(state, id)
    const ownership = KindState.ownershipOf(state, id, tracked)
    const basis = { ...basisOf(tracked, ownership), live: madeAs }
    return afterAgreement(tracked.mirror, {
      basis,
      isSame: true,
      withheld: [],
      notes: [],
      fields: undefined,
      fieldsApplied: undefined
    })
  }

  const onApplied = Effect.fnUntraced(function*(id: ObjectId, wanted: string, applied: Applied, now: number) {
    const { mirror, ...tracked } = afterApply(KindState.get(state, id), wanted, applied.version)
    const memory = applied.madeAs === undefined ? afterApplied(mirror) : brought(id, applied.madeAs)
    KindState.put(state, id, { ...tracked, mirror: memory }, now)
    state.outcomes[applied.outcome] += 1
    yield* Metric.update(Metric.withAttributes(KindMetrics.applies, { outcome: applied.outcome }), 1)
    yield* Effect.logDebug(`${state.id} ${id} ${applied.outcome}`)
    yield* Effect.forEach(announcementsOf(applied), (announcement) => announce(id, announcement), { discard: true })
  })

  const onReleased = Effect.fnUntraced(function*(id: ObjectId, released: LetGo, now: number) {
    KindState.put(state, id, afterLetGo(KindState.get(state, id), released.version), now)
    if (released.outcome === "released") yield* announce(id, letGoOf)
  })

  const onLooked = Effect.fnUntraced(function*(id: ObjectId, fought: ReadonlyArray<Fought>, now: number) {
    const tracked = KindState.get(state, id)
    const fieldHeats = afterDrift(tracked.fieldHeats, fought, now, yield* Random.next)
    KindState.put(state, id, { ...afterNothing(tracked), fieldHeats, lookedAt: tracked.live?.version }, now)
    const before = new Set(pausedAt(tracked.fieldHeats, now).map(({ path }) => format(path)))
    for (const paused of pausedAt(fieldHeats, now)) {
      if (before.has(format(paused.path))) continue
      yield* Metric.update(KindMetrics.fieldFights, 1)
      yield* announce(id, { level: "warning", reason: "FieldLeftAlone", note: fightMessage(paused) })
    }
  })

  return (message: Finished | Looked | Released, now: number): Effect.Effect<void> => {
    const { id } = message
    switch (message._tag) {
      case "Finished":
        return answered(id, message.wanted, message.exit, now, (applied) => onApplied(id, message.wanted, applied, now))
      case "Released":
        return answered(id, letGoDigest, message.exit, now, (released) => onReleased(id, released, now))
      case "Looked":
        return answered(id, message.wanted, message.exit, now, (fought) => onLooked(id, fought, now))
    }
  }
})
