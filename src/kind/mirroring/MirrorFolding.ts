/** How the mirroring half of a kind's state changes with what it hears. Every function touches only the objects concerned. */
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Shown } from "../Coordination.ts"
import { get, isCertain, type KindState, nameOf, put } from "../KindState.ts"
import { type Mirrored, type Round, sameMirroring } from "../Round.ts"
import { afterTerm, expecting, lastOf } from "./MirrorMemory.ts"

const rejudge = (state: KindState, ids: Iterable<ObjectId>, now: number): void => {
  for (const id of Array.from(ids)) put(state, id, get(state, id), now)
}

/** Under another definition than the one that there is, what was shown proves nothing. */
const isOutlived = ({ mirror: { defined } }: KindState, definition: string | undefined) =>
  defined !== undefined && definition !== undefined && definition !== defined

/** What the record says of this kind: when the actor begins, and for each new term. */
export const onShown = (state: KindState, { definition, objects }: Shown, now: number): void => {
  const { mirror } = state
  const isLost = isOutlived(state, definition)
  mirror.recorded = isLost ? new Map() : objects
  mirror.definition = mirror.defined ?? definition
  mirror.seen.clear()
  for (const id of mirror.recorded.keys()) mirror.seen.add(id)
  rejudge(state, state.tracked.keys(), now)
  if (isLost) { for (const id of objects.keys()) mirror.departed.add(id) }
}

/**
 * Something of an object is about to be changed on one side.
 * @param isNew Whether it is a manifest where there was none.
 * @returns What the record has to hold before that is done, if anything.
 */
export const intend = (
  state: KindState,
  id: ObjectId,
  expected: string,
  isNew: boolean,
  now: number
): Mirrored | undefined => {
  if (expected === "") return undefined
  const tracked = get(state, id)
  const memory = expecting(tracked.mirror, expected, isNew)
  const intended = lastOf(memory)
  put(state, id, { ...tracked, mirror: { ...memory, saved: intended } }, now)
  state.mirror.unsaved.delete(id)
  return intended
}

/** What was shown, and neither Git nor the cluster has any more. */
export const departUnknown = (state: KindState): void => {
  if (!state.spec.mirrors || !isCertain(state)) return
  for (const id of state.mirror.seen) if (!state.tracked.has(id)) state.mirror.departed.add(id)
}

/** What was held may be granted now. */
const askAgain = (state: KindState, now: number): void => {
  for (const [id, tracked] of Array.from(state.tracked)) {
    if (tracked.mirror.held === undefined) continue
    put(state, id, { ...tracked, mirror: { ...tracked.mirror, held: undefined } }, now)
  }
}

/** @param before The round that this one takes the place of. */
export const onRound = (state: KindState, before: Round | undefined, round: Round, now: number): void => {
  if (!state.spec.mirrors) return
  // The record may have been read only after the actor asked for what it says.
  const isUntold = before === undefined && state.mirror.seen.size === 0
  const isNewTerm = before !== undefined && before.seen !== round.seen
  if (isNewTerm) {
    for (const [id, tracked] of Array.from(state.tracked))
      state.tracked.set(id, { ...tracked, mirror: afterTerm(tracked.mirror) })
  }
  if (isUntold || isNewTerm) {
    const objects = round.seen.get(state.id) ?? new Map()
    onShown(state, { objects, definition: round.definitions.get(state.id) }, now)
  }
  if (before?.confirmed !== round.confirmed || before.tip !== round.tip) askAgain(state, now)
  if (
    before === undefined || before.isFirstContact !== round.isFirstContact ||
    !sameMirroring(before.mirroring, round.mirroring)
  ) {
    rejudge(state, state.tracked.keys(), now)
  }
  departUnknown(state)
}

/** The list is complete, or the watch goes on: only now is what isn't known really gone. */
export const onCertain = (state: KindState, now: number): void => {
  if (!state.spec.mirrors) return
  rejudge(state, [...state.tracked].filter(([, { live }]) => live === undefined).map(([id]) => id), now)
  departUnknown(state)
}

/** Judges again what has waited long enough. */
export const onTime = (state: KindState, now: number): void => {
  rejudge(state, [...state.mirror.retries].filter(([, at]) => at <= now).map(([id]) => id), now)
}

/** The kind's definition is known: under another one nothing that was shown proves anything. */
export const onDefined = (state: KindState, uid: string, now: number): "same" | "new" => {
  const { mirror } = state
  mirror.defined = uid
  if (mirror.definition === uid) return "same"
  onShown(state, {
    definition: mirror.definition,
    objects: new Map([...mirror.seen].map((id) => [id, mirror.recorded.get(id)]))
  }, now)
  return "new"
}

/** Takes what the record may forget, to tell it. */
export const takeDeparted = (state: KindState): ReadonlyArray<ObjectId> => {
  const { departed, seen } = state.mirror
  if (departed.size === 0 || state.round?.phase._tag !== "Syncing") return []
  const ids = [...departed]
  departed.clear()
  for (const id of ids) seen.delete(id)
  return ids
}

const seeAgainAfter = 1000

/** Whether the record has to be asked now: once for a whole list. */
export const mustSee = ({ mirror, round, watch }: KindState, now: number): boolean =>
  !mirror.seeing && mirror.unseen.size > 0 && watch._tag !== "Listing" && round?.phase._tag === "Syncing" &&
  now >= mirror.seeAt

/** The record was asked to hold these keys. */
export const onSeen = (state: KindState, ids: ReadonlyArray<ObjectId>, held: boolean, now: number): void => {
  const { mirror } = state
  mirror.seeing = false
  if (!held) {
    mirror.seeAt = now + seeAgainAfter
    return
  }
  for (const id of ids) {
    mirror.seen.add(id)
    mirror.departed.delete(id)
  }
  rejudge(state, ids, now)
}

/** What went with a namespace is proved gone as soon as that is gone too, so that all of it is judged together. */
export const onNamespaceVanished = (state: KindState, namespace: string, now: number): void => {
  for (const [id, verdict] of Array.from(state.mirror.verdicts)) {
    if (verdict._tag !== "Troubled" || verdict.trouble.cure !== "deletion" || nameOf(id).namespace !== namespace)
      continue
    const tracked = get(state, id)
    put(state, id, { ...tracked, mirror: { ...tracked.mirror, trouble: undefined } }, now)
  }
}
