/** What a kind has still to do, and when, by its state. Pure. */
import type { KindState } from "./KindState.ts"
import { writesIn } from "./Round.ts"

/** When something has to be looked at although nothing was heard, in milliseconds since the epoch. */
export const nextWake = (state: KindState): number | undefined => {
  const { mirror } = state
  let next: number | undefined = state.unenrolled.size > 0 && !state.enrolling && state.enrollAt > 0
    ? state.enrollAt
    : undefined
  if (mirror.unseen.size > 0 && !mirror.seeing && mirror.seeAt > 0) next = Math.min(next ?? mirror.seeAt, mirror.seeAt)
  for (const times of [state.retries, state.unready, state.mirror.retries])
    for (const at of times.values()) if (at !== undefined && (next === undefined || at < next)) next = at
  return next
}

/** Whether the record has to be asked now. */
export const mustEnroll = (state: KindState, now: number): boolean =>
  !state.enrolling && state.unenrolled.size > 0 && state.round !== undefined && writesIn(state.round.phase) &&
  now >= state.enrollAt

export const isOpen = (state: KindState): boolean =>
  state.round?.openStage !== undefined && state.round.openStage >= state.stage

/** Whether something is left that this kind can do by itself. As long as the record isn't known, nobody knows what that is. */
export const isBusy = (state: KindState): boolean =>
  state.round?.phase._tag === "Starting" || state.watch._tag === "Listing" ||
  state.due.size > 0 || state.inFlight.size > 0 || state.leaving.size > 0 || state.proving.size > 0 ||
  (state.round?.isFirstContact === true && state.mirror.unseen.size > 0) ||
  [...state.unready.values()].some((until) => until !== undefined)
