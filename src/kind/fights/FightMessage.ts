/** What people are told of a field that another writer keeps changing: in the status, the log and an Event. Holds no values. Pure. */
import { DateTime } from "effect"
import { type FieldPath, format } from "../../manifest/FieldPath.ts"
import type { Paused } from "./FieldHeat.ts"
import { serverItself, unknownWriter } from "./Fights.ts"

const minute = 60_000

const duration = (millis: number): string =>
  millis < 1.5 * minute ? "about a minute" : `${Math.round(millis / minute)} minutes`

/** In UTC. */
const clockTime = (millis: number): string => `${DateTime.formatIso(DateTime.makeUnsafe(millis)).slice(11, 16)} UTC`

/** As a filter has it: the values of a set can only be taken together. */
const pointer = (path: FieldPath): string => {
  const value = path.findIndex(({ _tag }) => _tag === "Value")
  return format(value === -1 ? path : path.slice(0, value))
}

const who = (opponent: string): string => {
  switch (opponent) {
    case unknownWriter:
      return "a writer that the API server has no note of"
    case serverItself:
      return "the API server itself, by an admission webhook or a default,"
    default:
      return `field manager "${opponent}"`
  }
}

/** One sentence for one field. */
export const fightMessage = ({ opponent, path, times, until, within }: Paused): string => {
  const [what, gift] = path.length === 0
    ? ["what Git owns", "object: a rule"]
    : [`${format(path)}, which Git owns`, `field: filters: ['${pointer(path).replaceAll("'", "''")}']`]
  return `${who(opponent)} keeps changing ${what}: put right ${times} times in ${duration(within)}, ` +
    `now left alone until ${
      clockTime(until)
    }; stop that writer or give it the ${gift} with syncTo: ignore, before this rule`
}
