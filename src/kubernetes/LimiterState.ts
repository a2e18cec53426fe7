/**
 * How many requests may be in flight: grows while more of them get more done, falls back when they do not, halves when the
 * server says it is too much. Pure; times are monotonic milliseconds.
 */

export interface LimiterState {
  readonly limit: number
  /** While a higher limit is tried: the one before, and what it got done. */
  readonly trial: { readonly limit: number; readonly rate: number } | undefined
  /** Not before this is a higher limit tried. */
  readonly tryAt: number
  /** Nothing is sent before this. */
  readonly pausedUntil: number
  /** What is being counted. */
  readonly window: Window
}

interface Window {
  /** Answers still to come from before the limit changed. */
  readonly settling: number
  readonly done: number
  readonly since: number
}

const first = 4
const least = 1
const most = 32
/** A higher limit has to get this much more done. */
const worthwhile = 1.2
const restAfterTrial = 5000
const restAfterRefusal = 1000
const defaultPause = 1000

const windowOf = (limit: number, now: number): Window => ({ settling: limit, done: 0, since: now })

export const initial = (now: number): LimiterState => ({
  limit: first,
  trial: undefined,
  tryAt: now,
  pausedUntil: now,
  window: windowOf(first * 2, now)
})

const withLimit = (state: LimiterState, limit: number, now: number): LimiterState => ({
  ...state,
  limit,
  window: windowOf(limit, now)
})

const raised = (state: LimiterState, rate: number, now: number): LimiterState => {
  if (state.limit >= most) return { ...state, trial: undefined, tryAt: now + restAfterTrial, window: windowOf(0, now) }
  const trial = { limit: state.limit, rate }
  return { ...withLimit(state, Math.min(most, state.limit * 2), now), trial }
}

const judged = (state: LimiterState, rate: number, now: number): LimiterState => {
  if (state.trial === undefined)
    return now >= state.tryAt ? raised(state, rate, now) : { ...state, window: windowOf(0, now) }
  if (rate >= state.trial.rate * worthwhile) return raised(state, rate, now)
  return { ...withLimit(state, state.trial.limit, now), trial: undefined, tryAt: now + restAfterTrial }
}

/** An answer came. `waiting`: others wait for its place, so the limit is what holds things up. */
export const afterAnswer = (state: LimiterState, waiting: boolean, now: number): LimiterState => {
  const { done, settling, since } = state.window
  if (!waiting) return { ...state, window: windowOf(0, now) }
  if (settling > 0) return { ...state, window: { settling: settling - 1, done: 0, since: now } }
  const enough = Math.max(8, state.limit * 3)
  const window = { settling: 0, done: done + 1, since }
  return window.done < enough
    ? { ...state, window }
    : judged({ ...state, window }, window.done / Math.max(0.001, now - since), now)
}

/** The server refused a request with 429; `retryAfter` as it asked, in milliseconds. */
export const afterRefusal = (state: LimiterState, retryAfter: number | undefined, now: number): LimiterState => {
  const pausedUntil = Math.max(state.pausedUntil, now + (retryAfter ?? defaultPause))
  const sameBurst = now < state.pausedUntil
  const limit = sameBurst ? state.limit : Math.max(least, Math.floor(state.limit / 2))
  return { ...withLimit(state, limit, now), trial: undefined, tryAt: pausedUntil + restAfterRefusal, pausedUntil }
}
