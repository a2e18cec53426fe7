/** What those are told who asked for leave to delete an object in the cluster. */
import { Deferred, Effect } from "effect"
import { DeletionHeld, DeletionRefused } from "../kind/Coordination.ts"
import { objectId } from "../manifest/ObjectKey.ts"
import { accountOf, isBudget } from "./Account.ts"
import type { DeletionAsked } from "./CoordinatorMessage.ts"
import { type CoordinatorState, phaseOf } from "./CoordinatorState.ts"
import * as DeletionsState from "./DeletionsState.ts"
import type { Draft } from "./Draft.ts"
import { heldMessage, heldOn } from "./HeldDeletions.ts"
import type { Verdict } from "./Judging.ts"
import { makeReplacing, missing } from "./Replacements.ts"

const refuse = (reason: string) => ({ deletion: { id, kind }, reply }: DeletionAsked) =>
  Deferred.fail(reply, new DeletionRefused({ message: `${kind} ${id} stays for now: ${reason}` }))

/** Nothing that waits is granted; it is asked for again. */
export const refuseAll = (state: CoordinatorState, reason: string): Effect.Effect<CoordinatorState> => {
  const { deletions } = state
  return Effect.as(Effect.forEach([...deletions.asked, ...deletions.granted], refuse(reason), { discard: true }), {
    ...state,
    deletions: { ...deletions, asked: [], granted: [] }
  })
}

/** What was decided in another round is decided again. */
export const refuseOutdated = (state: CoordinatorState): Effect.Effect<CoordinatorState> => {
  const { deletions: { asked, granted }, round } = state
  if (asked.length + granted.length === 0) return Effect.succeed(state)
  if (phaseOf(state)._tag !== "Syncing") return refuseAll(state, "nothing is written at the moment")
  const isOld = ({ deletion }: DeletionAsked) => deletion.round !== round
  const old = [...asked, ...granted].filter(isOld)
  if (old.length === 0) return Effect.succeed(state)
  return Effect.as(Effect.forEach(old, refuse("the commit or the rules are others by now"), { discard: true }), {
    ...state,
    deletions: {
      ...state.deletions,
      asked: asked.filter((one) => !isOld(one)),
      granted: granted.filter((one) => !isOld(one))
    }
  })
}

/** What has to wait until something new is there. */
export const refuseEarly = (state: CoordinatorState): Effect.Effect<CoordinatorState> => {
  const { deletions } = state
  const all = deletions.asked.length === 0 ? [] : missing(state)
  if (all.length === 0) return Effect.succeed(state)
  const replacing = makeReplacing(all)
  const early = deletions.asked.flatMap((asked) => {
    const by = replacing(asked)
    return by === undefined ? [] : [{ asked, by }]
  })
  const refused = new Set(early.map(({ asked }) => asked))
  return Effect.as(
    Effect.forEach(
      early,
      ({ asked, by }) =>
        refuse(
          `${by.kind} ${
            objectId(by.namespace, by.name)
          } is new in Git and could not be made yet, and may take its place`
        )(
          asked
        ),
      { discard: true }
    ),
    { ...state, deletions: { ...deletions, asked: deletions.asked.filter((asked) => !refused.has(asked)) } }
  )
}

const unrecorded = ({ id, kind }: DeletionAsked["deletion"]): string =>
  `${kind} ${id} is in no manifest, but the record doesn't say that it was applied from Git: it stays. Delete it with kubectl if it should go`

const answer = ({ deletion, reply }: DeletionAsked, verdict: Verdict | undefined, held: string) => {
  switch (verdict) {
    case "Granted":
      return Effect.void
    case "Unknown":
      return Deferred.fail(reply, new DeletionHeld({ message: unrecorded(deletion) }))
    default:
      return Deferred.fail(reply, new DeletionHeld({ message: held }))
  }
}

/** By what was judged, once that is written. What is granted waits for its turn. */
export const answerAll = (
  { deletions: { asked }, options: { name } }: CoordinatorState,
  { record, verdicts }: Draft
) => {
  const { cluster } = verdicts
  if (cluster === undefined) return Effect.void
  const held = heldOn(record, "cluster")
  const message = held === undefined ? "" : heldMessage(held, record, name)
  return Effect.forEach(asked, (one, index) => answer(one, cluster[index], message), { discard: true })
}

/** Since this was granted, the world has become another. */
const isVoid = ({ deletions: { granted }, record }: CoordinatorState): boolean => {
  const latch = record._tag === "Loaded" ? accountOf(record.record, "cluster").latch : undefined
  return granted.length > 0 && latch !== undefined && !isBudget(latch)
}

/** Tells those whose turn it is. */
export const handOut = (state: CoordinatorState): Effect.Effect<CoordinatorState> => {
  if (isVoid(state)) return refuseAll(state, "what was granted has to be confirmed by a person by now")
  const next = DeletionsState.nextTurn(state.deletions)
  return Effect.as(Effect.forEach(next, ({ reply }) => Deferred.succeed(reply, undefined), { discard: true }), {
    ...state,
    deletions: DeletionsState.afterTold(state.deletions, next)
  })
}
