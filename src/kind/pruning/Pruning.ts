/**
 * How a kind deletes what Git holds no longer: it proves that an object may go, asks leave, and when that is given proves it again and deletes
 * just that object in just that version. Requests under way are answered before the kind ends.
 */
import { Effect, FiberSet, Option, Semaphore, Stream } from "effect"
import type { SetAside } from "../../git/SetAside.ts"
import type { ApiServer } from "../../kubernetes/ApiServer.ts"
import { Landscape } from "../../kubernetes/Landscape.ts"
import { Writer } from "../../kubernetes/Writer.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import { lookingAgain } from "../applying/CarryOut.ts"
import { ifCurrent } from "../applying/Outdated.ts"
import { Coordination } from "../Coordination.ts"
import type { KindMessage } from "../KindMessage.ts"
import * as KindState from "../KindState.ts"
import * as LeftToDo from "../LeftToDo.ts"
import type { Observer } from "../Observation.ts"
import type { Round } from "../Round.ts"
import { contentsOf } from "./Contents.ts"
import { proveDeletion, type Suspect, unproved } from "./DeletionProof.ts"
import { isAlways } from "./Protection.ts"
import type { PruneVerdict } from "./PruneVerdict.ts"

/** Looked at, or being deleted, at once. */
const atOnce = 16

type Awaiting = Extract<PruneVerdict, { readonly _tag: "AwaitsPrune" }>

/** What deletes for one kind. */
export const make = Effect.fnUntraced(function*(
  state: KindState.KindState,
  observer: Observer,
  mail: (message: KindMessage) => Effect.Effect<unknown>
) {
  const coordination = yield* Coordination
  const landscape = yield* Landscape
  const services = yield* Effect.context<ApiServer | SetAside | Writer>()
  const fibers = yield* FiberSet.make<unknown>()
  const turns = yield* Semaphore.make(atOnce)
  const { kind, version } = state.spec

  /** Whether what was decided is so still: asked right before the request is sent. */
  const isCurrent = (id: ObjectId, { number }: Round, uid: string) =>
    Effect.sync(() => {
      const verdict = state.verdicts.get(id)
      return state.round?.number === number && verdict?._tag === "AwaitsPrune" && verdict.uid === uid
    })

  /** What would go along is looked at last, when all that was to go before is gone. */
  const emptied = Effect.fnUntraced(function*(name: string) {
    const served = yield* Stream.runHead(landscape.changes)
    const contents = Option.isNone(served)
      ? "it is not known what the cluster serves"
      : yield* contentsOf(state.id, name, served.value)
    if (contents !== undefined) return yield* unproved(contents)
  })

  const deleteNow = Effect.fnUntraced(function*(id: ObjectId, round: Round, suspect: Suspect) {
    const writer = yield* Writer
    const { target, uid } = suspect
    const resourceVersion = yield* proveDeletion(suspect)
    yield* emptied(target.name)
    yield* Effect.uninterruptible(ifCurrent(isCurrent(id, round, uid), writer.delete(target, { uid, resourceVersion })))
  })

  const carryOut = Effect.fnUntraced(function*(id: ObjectId, round: Round, always: boolean, suspect: Suspect) {
    const { uid } = suspect
    yield* turns.withPermits(1)(proveDeletion(suspect))
    const leave = yield* coordination.requestDeletion({ kind: state.id, id, uid, always, round: round.number })
    yield* mail({ _tag: "DeletionAwaited", id })
    yield* leave
    yield* turns.withPermits(1)(lookingAgain(deleteNow(id, round, suspect)))
  }, Effect.scoped)

  const begin = (id: ObjectId, { rule, uid }: Awaiting, round: Round, now: number) => {
    const always = isAlways(rule)
    const target = { kind, version, ...KindState.nameOf(id) }
    const tracked = KindState.get(state, id)
    const portable = rule.syncTo === "both" ? tracked.live?.portable : undefined
    const suspect: Suspect = { spec: state.spec, target, uid, always, observer, portable, index: round.tip.index }
    KindState.put(state, id, { ...tracked, prune: { _tag: "UnderWay", uid } }, now)
    state.proving.add(id)
    return carryOut(id, round, always, suspect).pipe(
      Effect.catchTag("ObjectNotFound", () => Effect.void),
      Effect.provideContext(services),
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "Deleted", id, uid, exit })),
      FiberSet.run(fibers),
      Effect.asVoid
    )
  }

  /** Begins with what is to go, once this kind's turn to write has come. */
  const start = Effect.fnUntraced(function*(now: number) {
    const { round } = state
    if (round?.phase._tag !== "Syncing" || !LeftToDo.isOpen(state) || state.watch._tag === "Listing") return
    for (const id of Array.from(state.leaving)) {
      const verdict = state.verdicts.get(id)
      if (verdict?._tag === "AwaitsPrune") yield* begin(id, verdict, round, now)
    }
  })

  return { start }
})
