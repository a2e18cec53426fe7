/** What the record says next of what this cluster is to Git: who was asked, since when it is being restored, and that it was. Pure. */
import { DateTime } from "effect"
import { answerDueAt, type CoordinatorState } from "../CoordinatorState.ts"
import type { Head } from "../Record.ts"
import type { ClusterStanding } from "../standingOf.ts"

const timeOf = (now: number): string => DateTime.formatIso(DateTime.makeUnsafe(now))

/** Who was asked had the time to answer, and Git was looked at after that: an answer would have been seen. */
const isUnanswered = (state: CoordinatorState, now: number): boolean => {
  const due = answerDueAt(state)
  const { checkedAt, failure } = state.git
  return due !== undefined && now >= due && failure === undefined && checkedAt !== undefined && checkedAt >= due
}

const namesUs = ({ git: { tip }, options: { stateNamespace } }: CoordinatorState, { cluster }: Head): boolean =>
  tip?.named._tag === "Named" && tip.named.cluster === cluster && tip.named.stateNamespace === stateNamespace

const syncing = (head: Head, state: CoordinatorState, now: number): Head => {
  if (head.phase === "syncing") return head
  const { asked: _, restoring, ...rest } = head
  const isDone = restoring !== undefined && head.takesOver === undefined && namesUs(state, head)
  return { ...rest, phase: "syncing", ...isDone ? { restored: { from: restoring.from, at: timeOf(now) } } : {} }
}

const undecided = (head: Head): Head => {
  const { asked: _, restoring: __, ...rest } = head
  return { ...rest, phase: "undecided" }
}

/** What was asked and is waited for no more is asked anew if need be, with all the time there is for an answer. */
const notWaiting = (head: Head): Head => head.asked === undefined ? head : undecided(head)

export const nextPhase = (
  head: Head,
  state: CoordinatorState,
  standing: ClusterStanding | undefined,
  now: number
): Head => {
  if (standing === undefined) return head
  const { rival, step } = standing
  switch (step) {
    case "WriteRecord":
      return syncing(head, state, now)
    case "WriteUndecided":
      return undecided(head)
    case "WriteAsked":
      return rival === undefined ? head : { ...undecided(head), asked: { of: rival, at: timeOf(now) } }
    case "AwaitAnswer": {
      if (rival === undefined || !isUnanswered(state, now)) return head
      const { asked: _, ...rest } = head
      return { ...rest, phase: "restoring", restoring: { from: rival, since: timeOf(now) } }
    }
    default:
      return head.phase === "undecided" ? notWaiting(head) : head
  }
}
