/** What those are told who asked for leave to remove a document from Git. */
import { Deferred, Effect } from "effect"
import { RemovalHeld } from "../kind/Coordination.ts"
import type { RemovalAsked } from "./CoordinatorMessage.ts"
import { type CoordinatorState, mirroringOf } from "./CoordinatorState.ts"
import type { Draft } from "./Draft.ts"
import { heldMessage, heldOn } from "./HeldDeletions.ts"
import type { Verdict } from "./Judging.ts"

/** Why nothing is granted from a record that lost something. */
export const recordLost =
  "the record lost something since it was written, so what is gone from one side is looked at anew"

const closed = "it is not known yet whether Git is this cluster's"

const refuse = (reason: string) => ({ removal: { id, kind }, reply }: RemovalAsked) =>
  Deferred.fail(reply, new RemovalHeld({ message: `${kind} ${id} stays in Git: ${reason}` }))

/** Nothing that was asked for is granted. */
export const refuseAll = (state: CoordinatorState, reason: string): Effect.Effect<CoordinatorState> =>
  Effect.as(Effect.forEach(state.asked, refuse(reason), { discard: true }), { ...state, asked: [] })

/** As long as nothing may go to Git, nothing is removed there. */
export const refuseClosed = (state: CoordinatorState): Effect.Effect<CoordinatorState> => {
  const mirroring = mirroringOf(state)
  if (mirroring._tag === "Open" || state.asked.length === 0) return Effect.succeed(state)
  return refuseAll(state, mirroring.reason === "" ? closed : mirroring.reason)
}

const onlyInGit = ({ id, kind }: RemovalAsked["removal"]): string =>
  `${kind} ${id} is only in Git: this cluster has never shown it, so that it isn't there proves nothing. ` +
  `Remove the document by hand if it should go, or create the object`

const answer = ({ removal, reply }: RemovalAsked, verdict: Verdict | undefined, held: string) => {
  switch (verdict) {
    case "Granted":
      return Deferred.succeed(reply, undefined)
    case "Unknown":
      return Deferred.fail(reply, new RemovalHeld({ message: onlyInGit(removal) }))
    default:
      return Deferred.fail(reply, new RemovalHeld({ message: held }))
  }
}

/** By what was judged, once that is written. */
export const answerAll = ({ asked, options: { name } }: CoordinatorState, { record, verdicts }: Draft) => {
  const { git } = verdicts
  if (git === undefined) return Effect.void
  const held = heldOn(record, "git")
  const message = held === undefined ? "" : heldMessage(held, record, name)
  return Effect.forEach(asked, (one, index) => answer(one, git[index], message), { discard: true })
}
