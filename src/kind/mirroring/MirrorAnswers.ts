/** What a kind makes of the answers on its objects' way to Git: what is known after, what is counted, and what people are told. */
import { Cause, Effect, Exit, Metric, Option, Random } from "effect"
import { format } from "../../manifest/FieldPath.ts"
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Rule } from "../../rules/Ruleset.ts"
import type { Announce } from "../Announce.ts"
import * as KindMetrics from "../KindMetrics.ts"
import { KindOptions } from "../KindOptions.ts"
import * as KindState from "../KindState.ts"
import type { Mirrored } from "../Round.ts"
import { backoff, type Cure, type Trouble } from "../Trouble.ts"
import { afterWrites, flapsAmong } from "./Flaps.ts"
import { cureOf, cures, type Failure } from "./MirrorCure.ts"
import * as MirrorFolding from "./MirrorFolding.ts"
import type { Mirroring } from "./Mirroring.ts"
import {
  afterAgreement,
  afterAnswer,
  afterHeld,
  afterSubmitted,
  afterTrouble,
  type Agreed,
  type Basis,
  basisText,
  lastOf,
  type MirrorMemory,
  sameBasis
} from "./MirrorMemory.ts"
import type { Look, MirrorMessage, Submitted } from "./MirrorMessage.ts"
import { mirrorRules, ruleName, toGit } from "./MirrorScope.ts"
import { basisOf } from "./MirrorVerdict.ts"
import type { Proof } from "./RemovalProof.ts"

/** How long the next tip may take to show what was committed, or why it was not, in milliseconds. */
const tipPatience = 30_000
const soon = 2_000

/** The handler of these answers for one kind. */
export const make = Effect.fnUntraced(function*(
  state: KindState.KindState,
  mirroring: Mirroring,
  announce: Announce
) {
  const { mirror } = state
  const { maxAge } = yield* KindOptions

  /** Changes what is remembered of an object. */
  const remember = (id: ObjectId, change: (memory: MirrorMemory) => MirrorMemory, now: number) => {
    const tracked = KindState.get(state, id)
    KindState.put(state, id, { ...tracked, mirror: change(tracked.mirror) }, now)
  }

  const clear = (id: ObjectId, now: number) => remember(id, (memory) => ({ ...memory, underWay: undefined }), now)

  /** The rule by which something of the object goes to Git now, unless it is to be left alone. */
  const ruleNow = (id: ObjectId): Rule | undefined => {
    const tracked = KindState.get(state, id)
    const { claim, live } = tracked
    const isPaused = live?.isPaused === true || (claim?._tag === "Declared" && claim.ref.manifest.isPaused)
    return isPaused || live?.unmirrored !== undefined
      ? undefined
      : mirrorRules(KindState.ownershipOf(state, id, tracked))[0]
  }

  /**
   * Whether what was asked is still wanted, by what is true now: else it is judged anew. A live object may have changed further meanwhile; what
   * was found of it is true, and will be followed by more.
   */
  const isCurrent = (id: ObjectId, basis: Basis, now: number): boolean => {
    const tracked = KindState.get(state, id)
    if (!sameBasis(tracked.mirror.underWay?.basis, basis)) return false
    const present = basisOf(tracked, KindState.ownershipOf(state, id, tracked))
    const isSame = present.document === basis.document && present.scope === basis.scope &&
      (present.live === undefined) === (basis.live === undefined)
    if (isSame && ruleNow(id) !== undefined) return true
    clear(id, now)
    return false
  }

  const refOf = (id: ObjectId): ManifestRef | undefined => {
    const { claim } = KindState.get(state, id)
    return claim?._tag === "Declared" ? claim.ref : undefined
  }

  const troubled = Effect.fnUntraced(function*(
    id: ObjectId,
    basis: Basis,
    failure: Failure,
    cure: Cure,
    now: number,
    until?: number
  ) {
    const { live, mirror: { trouble: previous } } = KindState.get(state, id)
    const digest = basisText(basis)
    const attempts = previous?.digest === digest && previous.cure === cure ? previous.attempts + 1 : 1
    const found: Trouble = {
      cure,
      message: failure.message,
      place: undefined,
      digest,
      uid: live?.uid,
      attempts,
      retryAt: until ?? now + backoff(cure, attempts, yield* Random.next)
    }
    remember(id, (memory) => afterTrouble(memory, found), now)
    yield* Metric.update(Metric.withAttributes(KindMetrics.mirrored, { outcome: "failed" }), 1)
    if (failure._tag !== "NotLeading" && previous?.message !== failure.message)
      yield* announce(id, { level: "warning", reason: "NotWrittenToGit", note: failure.message })
  })

  /** What was looked at may be newer than what the watch has shown, or in another API version: then it is looked at again. */
  const onAgreed = (id: ObjectId, basis: Basis, found: Agreed, resourceVersion: string, now: number) => {
    const { live, mirror: { submitted } } = KindState.get(state, id)
    const isThis = sameBasis(found.basis, basis) ||
      (live?.version === resourceVersion && live.portable === basis.live)
    const agreed = isThis ? { ...found, basis } : found
    if (submitted !== undefined) mirror.outlived.add(id)
    remember(id, (memory) => ({
      ...afterAgreement(memory, agreed),
      answered: isThis ? undefined : { basis, until: now + soon }
    }), now)
  }

  const onLook = Effect.fnUntraced(function*(
    id: ObjectId,
    basis: Basis,
    last: Mirrored | undefined,
    look: Look,
    now: number
  ) {
    if (!isCurrent(id, basis, now)) return
    // By what is known of both sides now something else may follow.
    if (lastOf(KindState.get(state, id).mirror)?.fields !== last?.fields) return clear(id, now)
    if (look._tag === "Elsewhere") return remember(id, (memory) => afterAnswer(memory, basis, now + soon), now)
    if (look._tag === "Unwritable") {
      const tracked = KindState.get(state, id)
      const live = tracked.live === undefined ? undefined : { ...tracked.live, ...look.view }
      KindState.put(state, id, { ...tracked, live, mirror: { ...tracked.mirror, underWay: undefined } }, now)
      return
    }
    const { comparison } = look
    if (comparison._tag === "Agreed") return onAgreed(id, basis, comparison.agreed, look.resourceVersion, now)
    const { change, after, expected, writes, writtenBack } = comparison
    const [flap] = flapsAmong(KindState.get(state, id).mirror.flaps, writes, maxAge, now)
    if (flap !== undefined) {
      const who = "why" in change ? change.why.changedBy?.[0]?.fieldManager : undefined
      const where = flap.path.length === 0 ? "it" : format(flap.path)
      const message = `${where} goes to and fro, changed by ${who ?? "somebody"}: it is written to Git once in ${
        Math.round(maxAge / 1000)
      } s. Make one of its writers stop, or give it to nobody with "syncTo: ignore"`
      return yield* troubled(id, basis, { _tag: "Flapping", message }, "retry", now, flap.until)
    }
    yield* mirroring.submit(id, basis, change, { after, expected, writes, writtenBack }, now)
  })

  const onCommitted = Effect.fnUntraced(function*(message: Submitted, now: number) {
    const { basis, id, isRemoval, after, tip, writes, writtenBack } = message
    const outcome = isRemoval ? "removed" : "written"
    yield* Metric.update(Metric.withAttributes(KindMetrics.mirrored, { outcome }), 1)
    remember(id, (memory) => ({
      ...(sameBasis(memory.underWay?.basis, basis)
        ? afterAnswer(memory, basis, now + tipPatience)
        // What is being compared now began with what was known before this commit.
        : after !== undefined && memory.underWay?.step === "comparing"
        ? { ...memory, underWay: undefined }
        : memory),
      agreed: after ?? memory.agreed,
      committed: Math.max(memory.committed, tip),
      flaps: afterWrites(memory.flaps, writes, maxAge, now)
    }), now)
    if (writtenBack.length === 0) return
    const { lifecycle } = KindState.ownershipOf(state, id, KindState.get(state, id))
    const rule = lifecycle === undefined ? "a rule" : ruleName(lifecycle)
    yield* announce(id, {
      level: "warning",
      reason: "WrittenBack",
      note: `${
        writtenBack.slice(0, 8).map(format).join(", ")
      } was changed in Git, but ${rule} gives it to the cluster: what the cluster says was written back`
    })
  })

  const onSubmitted = Effect.fnUntraced(function*(message: Submitted, now: number) {
    const { basis, exit, expected, id } = message
    const failed = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
    remember(id, (memory) => afterSubmitted(memory, expected, failed?._tag !== "GitActorFailed"), now)
    if (Exit.isSuccess(exit)) {
      if (exit.value._tag === "Committed") return yield* onCommitted(message, now)
      // Nothing of it lands any more.
      return remember(id, (memory) => ({
        ...memory,
        underWay: sameBasis(memory.underWay?.basis, basis) ? undefined : memory.underWay,
        answered: sameBasis(memory.answered?.basis, basis) ? undefined : memory.answered
      }), now)
    }
    const failure = Cause.findErrorOption(exit.cause)
    if (Option.isNone(failure)) return yield* Effect.die(Cause.squash(exit.cause))
    if (!isCurrent(id, basis, now)) return
    if (failure.value._tag === "DecideAgain")
      return remember(id, (memory) => afterAnswer(memory, basis, now + soon), now)
    yield* troubled(id, basis, failure.value, cureOf(failure.value), now)
  })

  const onProof = Effect.fnUntraced(function*(
    id: ObjectId,
    basis: Basis,
    proof: Proof,
    now: number,
    whenGone: (id: ObjectId, basis: Basis, goneWith: string | undefined, now: number) => Effect.Effect<void>
  ) {
    if (!isCurrent(id, basis, now)) return
    switch (proof._tag) {
      case "Present":
        return remember(id, (memory) => afterAnswer(memory, basis, now + soon), now)
      case "Unproved":
        return yield* troubled(
          id,
          basis,
          {
            _tag: "Unproved",
            message: `gone from the cluster, and its manifest stays: ${proof.reason}. Delete it in Git if it should go`
          },
          "deletion",
          now
        )
      case "Gone":
        return yield* whenGone(id, basis, proof.with, now)
    }
  })

  const request = Effect.fnUntraced(function*(id: ObjectId, basis: Basis, goneWith: string | undefined, now: number) {
    const ref = refOf(id)
    if (ref !== undefined) yield* mirroring.requestRemoval(id, basis, ref, goneWith, now)
  })

  /** Granted, and proved again. */
  const remove = Effect.fnUntraced(function*(id: ObjectId, basis: Basis, _: string | undefined, now: number) {
    const { lifecycle } = KindState.ownershipOf(state, id, KindState.get(state, id))
    const isMeant = toGit(lifecycle) && lifecycle?.suspend === false && lifecycle.prune !== "never"
    if (!isMeant || basis.document === undefined) return clear(id, now)
    yield* mirroring.submitRemoval(id, basis, basis.document, lifecycle, now)
  })

  /** What can't be a failure of its own is a defect. */
  const answered = <A, E extends Failure>(
    id: ObjectId,
    basis: Basis,
    exit: Exit.Exit<A, E>,
    now: number,
    onSuccess: (value: A) => Effect.Effect<void>
  ): Effect.Effect<void> => {
    mirror.inFlight.delete(id)
    if (Exit.isSuccess(exit)) return onSuccess(exit.value)
    const failure = Cause.findErrorOption(exit.cause)
    if (Option.isNone(failure)) return Effect.die(Cause.squash(exit.cause))
    if (!isCurrent(id, basis, now)) return Effect.void
    return troubled(id, basis, failure.value, cures[failure.value._tag] ?? "retry", now)
  }

  return (message: MirrorMessage, now: number): Effect.Effect<void> => {
    switch (message._tag) {
      case "ShownTold":
        return Effect.sync(() => MirrorFolding.onShown(state, message.shown, now))
      case "Defined":
        return MirrorFolding.onDefined(state, message.uid, now) === "new"
          ? mirroring.defined(message.uid)
          : Effect.void
      case "SeeAnswered":
        return Effect.sync(() => MirrorFolding.onSeen(state, message.ids, Exit.isSuccess(message.exit), now))
      case "Compared":
        return answered(
          message.id,
          message.basis,
          message.exit,
          now,
          (look) => onLook(message.id, message.basis, message.last, look, now)
        )
      case "Proved":
        return answered(
          message.id,
          message.basis,
          message.exit,
          now,
          (proof) => onProof(message.id, message.basis, proof, now, request)
        )
      case "RemovalAnswered": {
        const { basis, exit, id } = message
        const failure = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
        if (failure?._tag !== "RemovalHeld")
          return answered(id, basis, exit, now, (proof) => onProof(id, basis, proof, now, remove))
        return Effect.sync(() => {
          if (isCurrent(id, basis, now)) remember(id, (memory) => afterHeld(memory, basis, failure.message), now)
        })
      }
      case "Submitted":
        return onSubmitted(message, now)
    }
  }
})
