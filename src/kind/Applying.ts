/**
 * How a kind carries out what is due: a bounded number at once, never one object twice, never one that the record does not hold,
 * and not on and on against another writer.
 */
import { Effect, FiberSet, Metric } from "effect"
import type { ManifestReader } from "../git/ManifestReader.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import type { Schemas } from "../kubernetes/schemas/Schemas.ts"
import type { Writer } from "../kubernetes/Writer.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { Ownership } from "../rules/Ruleset.ts"
import { apply, type Job } from "./applying/Apply.ts"
import { letGo } from "./applying/LetGo.ts"
import { Coordination } from "./Coordination.ts"
import { lookForFights } from "./fights/lookForFights.ts"
import { fingerprint } from "./GitScope.ts"
import type { KindMessage } from "./KindMessage.ts"
import * as KindMetrics from "./KindMetrics.ts"
import * as KindState from "./KindState.ts"
import * as LeftToDo from "./LeftToDo.ts"
import * as MirrorFolding from "./mirroring/MirrorFolding.ts"
import { expectedApply } from "./mirroring/MirrorMemory.ts"
import { hasShared } from "./mirroring/MirrorScope.ts"
import { mirrorView } from "./mirroring/MirrorView.ts"
import type { Observer } from "./Observation.ts"
import { bringBack } from "./restoring/bringBack.ts"
import { checkSource } from "./restoring/checkSource.ts"
import { volumeSources } from "./restoring/InGit.ts"
import { sourceChecked } from "./restoring/RestoringVerdict.ts"
import { heated, lookHeat, type Tracked, unseen, whenSent } from "./Tracked.ts"
import type { Verdict } from "./Verdict.ts"

const maxInFlight = 32
const drainTime = "5 seconds"

/** After an answer, or none, that the watch has not shown, what it showed of our entry is old. */
const liveOf = ({ live, settled, trouble }: Tracked): Job["live"] =>
  live !== undefined && (settled?.seen === false || trouble !== undefined) ? { ...live, held: unseen } : live

type Pending = Extract<Verdict, { readonly _tag: "Pending" }>
type Restoring = Extract<Verdict, { readonly _tag: "Restoring" }>

/** What applies for one kind. Requests under way get {@link drainTime} to be answered when the scope closes. */
export const make = Effect.fnUntraced(function*(
  state: KindState.KindState,
  observer: Observer,
  mail: (message: KindMessage) => Effect.Effect<unknown>
) {
  const coordination = yield* Coordination
  const services = yield* Effect.context<ManifestReader | Schemas | Writer>()
  const requests = yield* FiberSet.make<unknown>()
  yield* Effect.addFinalizer(() => Effect.timeoutOption(FiberSet.awaitEmpty(requests), drainTime))

  /** Whether what was decided is so still: asked right before anything is written. */
  const isCurrent = (id: ObjectId, ownership: Ownership, ref: ManifestRef | undefined) => {
    const { ruleset } = state.rules
    const owners = fingerprint(ownership)
    return Effect.sync(() => {
      const tracked = KindState.get(state, id)
      const now = tracked.claim?._tag === "Declared" ? tracked.claim.ref.manifest : undefined
      return state.rules.ruleset === ruleset && now === ref?.manifest && tracked.live?.isPaused !== true &&
        fingerprint(KindState.ownershipOf(state, id, tracked)) === owners
    })
  }

  const mergedAs = (live: Tracked["live"]) => (object: KubernetesObject) =>
    live === undefined || object.metadata.resourceVersion === live.version ||
    mirrorView(state.spec.kind, object, state.spec.own).portable === live.portable

  const send = (id: ObjectId, tracked: Tracked, now: number, request: Effect.Effect<KindMessage>) => {
    state.inFlight.add(id)
    KindState.put(state, id, whenSent(tracked), now)
    return Effect.asVoid(FiberSet.run(requests, Effect.flatMap(request, mail)))
  }

  const startRestore = (id: ObjectId, { ref, wanted }: Restoring, now: number) => {
    const tracked = KindState.get(state, id)
    const ownership = KindState.ownershipOf(state, id, tracked)
    const isCurrentStill = Effect.map(
      isCurrent(id, ownership, ref),
      (isStill) => isStill && state.round?.phase._tag === "Restoring"
    )
    const job = { id, ref, ownership, isCurrent: isCurrentStill, sources: volumeSources(state.round, state.spec) }
    const restoring = bringBack(state.spec, observer, job).pipe(
      Effect.trackDuration(KindMetrics.applySeconds),
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Finished", id, wanted, exit }))
    )
    return send(id, tracked, now, restoring)
  }

  /** Changes nothing: a claim that is there is left as it is. */
  const startLook = (id: ObjectId, now: number) => {
    const tracked = KindState.get(state, id)
    const looking = checkSource(id, tracked.live?.version ?? "", volumeSources(state.round, state.spec)).pipe(
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Finished", id, wanted: sourceChecked, exit }))
    )
    return send(id, tracked, now, looking)
  }

  const jobOf = (id: ObjectId, { drift, paused, ref }: Pending, tracked: Tracked): Job => {
    const ownership = KindState.ownershipOf(state, id, tracked)
    return {
      id,
      ref,
      ownership,
      live: liveOf(tracked),
      paused,
      isDrift: drift,
      isCurrent: isCurrent(id, ownership, ref),
      sources: volumeSources(state.round, state.spec),
      isMerged: hasShared(ownership) ? mergedAs(tracked.live) : undefined
    }
  }

  const startApply = Effect.fnUntraced(function*(id: ObjectId, verdict: Pending, now: number) {
    const { drift, wanted } = verdict
    const before = KindState.get(state, id)
    const tracked = drift ? { ...before, heat: heated(before.heat, now) } : before
    const job = jobOf(id, verdict, tracked)
    if (drift && tracked.heat.value > lookHeat && tracked.lookedAt !== tracked.live?.version) {
      const looking = lookForFights(state.spec, observer, job).pipe(
        Effect.provideContext(services),
        Effect.exit,
        Effect.map((exit): KindMessage => ({ _tag: "Looked", id, wanted, exit }))
      )
      return yield* send(id, tracked, now, looking)
    }
    if (drift) {
      yield* Metric.update(KindMetrics.driftCorrected, 1)
      yield* Effect.logInfo(`Put right ${state.id} ${id}, changed by ${tracked.live?.lastWriter ?? "another writer"}`)
    }
    const intended = MirrorFolding.intend(state, id, expectedApply(tracked.mirror), false, now)
    const recorded = intended === undefined ? Effect.void : coordination.intend(state.id, id, intended)
    const applying = Effect.andThen(recorded, apply(state.spec, observer, job)).pipe(
      Effect.trackDuration(KindMetrics.applySeconds),
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Finished", id, wanted, exit }))
    )
    const { mirror } = KindState.get(state, id)
    return yield* send(id, { ...tracked, mirror }, now, applying)
  })

  const startRelease = (id: ObjectId, uid: string, now: number) => {
    const tracked = KindState.get(state, id)
    const ref = tracked.claim?._tag === "Declared" ? tracked.claim.ref : undefined
    const target = { kind: state.spec.kind, version: state.spec.version, ...KindState.nameOf(id) }
    const ownership = KindState.ownershipOf(state, id, tracked)
    const releasing = letGo(target, observer, { uid, isCurrent: isCurrent(id, ownership, ref) }).pipe(
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Released", id, exit }))
    )
    return send(id, tracked, now, releasing)
  }

  const start = (id: ObjectId, now: number): Effect.Effect<void> => {
    const verdict = state.verdicts.get(id)
    if (verdict?._tag === "Pending") return startApply(id, verdict, now)
    if (verdict?._tag === "Restoring") return startRestore(id, verdict, now)
    if (verdict?._tag === "Sourceless") return startLook(id, now)
    return verdict?._tag === "Releasing" ? startRelease(id, verdict.uid, now) : Effect.void
  }

  /** Carries out what is due, as far as the round allows and there is room. */
  const startDue = Effect.fnUntraced(function*(now: number) {
    if (!LeftToDo.isOpen(state) || state.watch._tag === "Listing") return
    for (const id of state.due) {
      if (state.inFlight.size >= maxInFlight) return
      if (!state.unenrolled.has(id)) yield* start(id, now)
    }
  })

  /** Asks for the record to hold the keys that are new. */
  const enroll = (now: number): Effect.Effect<void> => {
    if (!LeftToDo.mustEnroll(state, now)) return Effect.void
    state.enrolling = true
    const ids = [...state.unenrolled]
    return coordination.enroll(state.id, ids).pipe(
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "Enrolled", ids, exit })),
      FiberSet.run(requests),
      Effect.asVoid
    )
  }

  return { startDue, enroll }
})
