/** The plan of a restore as lines for a terminal. Pure. */
import type { RestoreItem, RestorePlan } from "../../inspect/restoring/RestorePlan.ts"
import { counted } from "../../manifest/counted.ts"

const line = ({ from, kind, object, place, reason }: RestoreItem): string =>
  `  ${kind} ${object} (${place})${from === undefined ? "" : `: from ${from}`}${
    reason === undefined ? "" : `: ${reason}`
  }`

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [title, ...lines, ""]

export const renderRestorePlan = ({ items, origin, problems }: RestorePlan): string => {
  const of = (outcome: RestoreItem["outcome"]) => items.filter((item) => item.outcome === outcome)
  const [create, there, waits, refused] = [of("create"), of("there"), of("waits"), of("refused")]
  return [
    ...section("Comes back, in this order:", create.map(line)),
    ...section("Stays in Git alone:", of("stays").map(line)),
    ...section("Waits:", waits.map(line)),
    ...section("Can't come back before its manifest is mended:", refused.map(line)),
    ...section("Files to mend, whose objects don't come back:", problems.map((problem) => `  ${problem}`)),
    `From ${origin}: ${
      counted(create.length, "object")
    } would come back, ${there.length} are there and stay as they are, ` +
    `${waits.length} would wait, ${refused.length} can't come back. Nothing was written.`
  ].join("\n")
}
