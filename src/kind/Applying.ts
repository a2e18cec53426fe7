/**
 * How a kind applies what is due: a bounded number at once, never one object twice, never one that the record does not hold,
 * and not on and on against another writer.
 */
import { Cause, Effect, Exit, FiberSet, Metric, Option, Random } from "effect"
import type { ManifestReader } from "../git/ManifestReader.ts"
import type { Writer } from "../kubernetes/Writer.ts"
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import { type Applied, apply, type ApplyFailure } from "./applying/Apply.ts"
import { Coordination } from "./Coordination.ts"
import { type Attempt, diagnose, trouble } from "./Diagnosis.ts"
import type { KindMessage } from "./KindMessage.ts"
import * as KindMetrics from "./KindMetrics.ts"
import * as KindState from "./KindState.ts"
import { locate } from "./Locate.ts"
import type { Observer } from "./Observation.ts"
import { afterApply, afterFailure, fightHeat, heated, type Tracked, whenSent } from "./Tracked.ts"

const maxInFlight = 32
const drainTime = "5 seconds"

const placeOf = (ref: ManifestRef) => formatPlace({ path: ref.path, line: ref.manifest.line })

/** What applies for one kind. Requests under way get {@link drainTime} to be answered when the scope closes. */
export const make = Effect.fnUntraced(function*(
  state: KindState.KindState,
  observer: Observer,
  mail: (message: KindMessage) => Effect.Effect<unknown>
) {
  const coordination = yield* Coordination
  const services = yield* Effect.context<ManifestReader | Writer>()
  const requests = yield* FiberSet.make<unknown>()
  yield* Effect.addFinalizer(() => Effect.timeoutOption(FiberSet.awaitEmpty(requests), drainTime))

  const attempt = Effect.fnUntraced(function*(ref: ManifestRef, tracked: Tracked, now: number) {
    return { ref, live: tracked.live, previous: tracked.trouble, now, jitter: yield* Random.next } satisfies Attempt
  })

  const onApplied = Effect.fnUntraced(function*(id: ObjectId, digest: string, applied: Applied, now: number) {
    KindState.put(state, id, afterApply(KindState.get(state, id), digest, applied.version), now)
    state.outcomes[applied.outcome] += 1
    yield* Metric.update(Metric.withAttributes(KindMetrics.applies, { outcome: applied.outcome }), 1)
    yield* Effect.logDebug(`${state.id} ${id} ${applied.outcome}`)
  })

  const onFailed = Effect.fnUntraced(function*(id: ObjectId, failure: ApplyFailure, now: number) {
    const tracked = KindState.get(state, id)
    if (tracked.claim?._tag !== "Declared") {
      KindState.put(state, id, { ...tracked, inFlight: undefined }, now)
      return
    }
    const { ref } = tracked.claim
    const place = yield* Effect.provideContext(locate(ref, failure), services)
    const found = diagnose(failure, yield* attempt(ref, tracked, now), place)
    KindState.put(state, id, afterFailure(tracked, found), now)
    yield* Metric.update(Metric.withAttributes(KindMetrics.applies, { outcome: "failed" }), 1)
    if (failure._tag !== "NotLeading" && found.message !== tracked.trouble?.message)
      yield* Effect.logWarning(`${place ?? placeOf(ref)}: ${state.id} ${id}: ${found.message}`)
  })

  const onFinished = (
    { digest, exit, id }: Extract<KindMessage, { _tag: "Finished" }>,
    now: number
  ): Effect.Effect<void> => {
    state.inFlight.delete(id)
    if (Exit.isSuccess(exit)) return onApplied(id, digest, exit.value, now)
    const failure = Cause.findErrorOption(exit.cause)
    return Option.isSome(failure) ? onFailed(id, failure.value, now) : Effect.die(Cause.squash(exit.cause))
  }

  const pause = Effect.fnUntraced(function*(id: ObjectId, ref: ManifestRef, tracked: Tracked, now: number) {
    const opponent = tracked.live?.lastWriter ?? "unknown"
    const message =
      `field manager "${opponent}" keeps changing what Git owns: put right ${fightHeat} times in about a minute, ` +
      "now paused for a while; stop that writer, or give it the object with an \"ignore\" rule"
    const found = trouble("opponent", message, yield* attempt(ref, tracked, now))
    KindState.put(state, id, afterFailure(tracked, found), now)
    yield* Effect.logWarning(`${state.id} ${id}: ${message}`)
  })

  const start = Effect.fnUntraced(function*(id: ObjectId, now: number) {
    const verdict = state.verdicts.get(id)
    if (verdict?._tag !== "Pending") return
    const { drift, ref } = verdict
    const before = KindState.get(state, id)
    const tracked = drift ? { ...before, heat: heated(before.heat, now) } : before
    if (drift && tracked.heat.value > fightHeat) return yield* pause(id, ref, tracked, now)
    state.inFlight.add(id)
    KindState.put(state, id, whenSent(tracked), now)
    if (drift) {
      yield* Metric.update(KindMetrics.driftCorrected, 1)
      yield* Effect.logInfo(`Put right ${state.id} ${id}, changed by ${tracked.live?.lastWriter ?? "another writer"}`)
    }
    const job = { id, ref, ownership: KindState.ownershipOf(state, id, tracked), live: tracked.live }
    yield* apply(state.spec, observer.applySet, job).pipe(
      Effect.trackDuration(KindMetrics.applySeconds),
      Effect.provideContext(services),
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "Finished", id, digest: ref.manifest.digest, exit })),
      FiberSet.run(requests)
    )
  })

  /** Applies what is due, as far as the round allows and there is room. */
  const startDue = Effect.fnUntraced(function*(now: number) {
    if (!KindState.isOpen(state) || state.watch._tag === "Listing") return
    for (const id of state.due) {
      if (state.inFlight.size >= maxInFlight) return
      if (!state.unenrolled.has(id)) yield* start(id, now)
    }
  })

  /** Asks for the record to hold the keys that are new. */
  const enroll = (now: number): Effect.Effect<void> => {
    if (!KindState.mustEnroll(state, now)) return Effect.void
    state.enrolling = true
    const ids = [...state.unenrolled]
    return coordination.enroll(state.id, ids).pipe(
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "Enrolled", ids, exit })),
      FiberSet.run(requests),
      Effect.asVoid
    )
  }

  /** Asks leave to delete what Git holds no longer; without it nothing is deleted. */
  const askDeletions = Effect.fnUntraced(function*(now: number) {
    if (state.round?.phase._tag !== "Syncing") return
    for (const id of Array.from(state.leaving)) {
      const verdict = state.verdicts.get(id)
      if (verdict?._tag !== "AwaitsPrune") continue
      const withheld = yield* Effect.flip(coordination.requestDeletion(state.id, id, verdict.uid))
      KindState.onWithheld(state, id, withheld.message, now)
    }
  })

  return { onFinished, startDue, enroll, askDeletions }
})
