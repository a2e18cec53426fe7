/** Tells people of an object, in the log and in a Kubernetes Event. Where nobody can have an Event of it, as there is no such object, the log has it. */
import { Effect } from "effect"
import { Events } from "../kubernetes/Events.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { Announcement } from "./Announcements.ts"
import * as KindState from "./KindState.ts"

/**
 * @param place Where it stands in Git, for the log.
 * @param uid Of an object that is gone.
 */
export type Announce = (id: ObjectId, announcement: Announcement, place?: string, uid?: string) => Effect.Effect<void>

export const makeAnnounce = Effect.fnUntraced(function*(state: KindState.KindState) {
  const events = yield* Events
  const { group, kind } = state.spec.kind
  const apiVersion = group === "" ? state.spec.version : `${group}/${state.spec.version}`
  const announce: Announce = Effect.fnUntraced(function*(id, { level, note, reason }, place = "", of) {
    const line = `${place === "" ? "" : `${place}: `}${state.id} ${id}: ${note}`
    yield* level === "warning" ? Effect.logWarning(line) : Effect.logInfo(line)
    const uid = of ?? KindState.get(state, id).live?.uid
    if (uid === undefined) return
    const regarding = { apiVersion, kind, uid, ...KindState.nameOf(id) }
    yield* events.publish({ regarding, type: level === "warning" ? "Warning" : "Normal", reason, note })
  })
  return announce
})
