/** When to look at the branch again. Pure. */
import { Duration } from "effect"
import { type GitFailure, RemoteError } from "./GitError.ts"

const first = 1000
const longest = 60_000
/** A server may ask us to stay away, but not for ever. */
const longestAskedFor = 10 * 60_000

/** Spread over a fifth, so that many controllers do not come at once. @param jitter 0 to 1 */
const spread = (millis: number, jitter: number): number => Math.round(millis * (0.9 + 0.2 * jitter))

export const afterSuccess = (interval: Duration.Duration, jitter: number): Duration.Duration =>
  Duration.millis(spread(Duration.toMillis(interval), jitter))

/** Doubling from a second, up to the interval but at most a minute; longer only if the server asks for it. @param failures in a row, from 1 */
export const afterFailure = (
  interval: Duration.Duration,
  failures: number,
  failure: GitFailure | undefined,
  jitter: number
): Duration.Duration => {
  const cap = Math.max(first, Math.min(longest, Duration.toMillis(interval)))
  const wait = Math.min(cap, first * 2 ** Math.min(failures - 1, 16))
  const asked = failure instanceof RemoteError ? Math.min(failure.retryAfter ?? 0, longestAskedFor) : 0
  return Duration.millis(Math.max(spread(wait, jitter), asked))
}
