/** When a push that did not succeed is tried again. Pure. */

const firstRace = 50
const longestRace = 5_000
const firstRefusal = 5_000
const longestRefusal = 60_000

/** However long a remote asks to be left alone, in milliseconds. */
export const longestWait = 10 * 60_000

/** How often at once; then the next look at the branch is waited for. */
export const quickTries = 8

const doubling = (first: number, longest: number, times: number): number =>
  Math.min(longest, first * 2 ** Math.min(times - 1, 16))

/** After a race that somebody else won, or a broken connection. Milliseconds, spread widely so that two writers do not meet again. @param jitter 0 to 1 */
export const afterRace = (tries: number, jitter: number): number =>
  Math.round(doubling(firstRace, longestRace, tries) * (0.5 + jitter))

/** After the remote declined, for whoever submits again although nothing has changed. Milliseconds. @param jitter 0 to 1 */
export const afterRefusal = (refusals: number, jitter: number): number =>
  Math.round(doubling(firstRefusal, longestRefusal, refusals) * (0.9 + 0.2 * jitter))
