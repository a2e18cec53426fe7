/** Durations of one map that must be in an order, some of them perhaps not written. */
import { Duration, Schema } from "effect"
import * as GoDuration from "./GoDuration.ts"

const decode = Schema.decodeSync(GoDuration.schema)

/** What to say, and at which key, when two durations aren't in order. Complains at one that is written. */
export const inOrder = <K extends string>(
  longest: K,
  shortest: K,
  written: Readonly<Partial<Record<K, Duration.Duration>>>,
  fallback: Readonly<Record<K, string>>,
  mayBeEqual: boolean
) => {
  const long = written[longest] ?? decode(fallback[longest])
  const short = written[shortest] ?? decode(fallback[shortest])
  if (Duration.isLessThan(short, long) || (mayBeEqual && Duration.equals(short, long))) return []
  const named = (name: K, value: Duration.Duration) =>
    `"${name}" (${GoDuration.format(value)}${written[name] === undefined ? " by default" : ""})`
  return [
    written[shortest] === undefined
      ? { path: [longest], issue: `it must be longer than ${named(shortest, short)}` }
      : { path: [shortest], issue: `it must be ${mayBeEqual ? "at most" : "shorter than"} ${named(longest, long)}` }
  ]
}
