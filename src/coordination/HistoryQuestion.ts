/** What the Coordinator wants to know of the branch's history. Pure. */
import { accountOf, deletesFrom, sides } from "./Account.ts"
import type { HistoryQuestion } from "./CoordinatorMessage.ts"
import type { CoordinatorState } from "./CoordinatorState.ts"
import type { Record } from "./Record.ts"

/** The tip when the first of both sides was held. */
const latchedSince = (record: Record): string | undefined =>
  sides.map((side) => accountOf(record, side).latch?.commit).find((commit) => commit !== undefined)

/** What is to be asked now. */
export const questionOf = (state: CoordinatorState): HistoryQuestion | undefined => {
  const { ancestry, git, lookedThrough, record, standing } = state
  const tip = git.tip?.commit
  const deletes = sides.some((side) => deletesFrom(state.ruleset, side))
  if (tip === undefined || standing._tag !== "Leading" || record._tag !== "Loaded" || !deletes) return undefined
  if (ancestry?.answer === "Unknown" && ancestry.of !== undefined) return { about: "Ancestry", since: ancestry.of, tip }
  const since = latchedSince(record.record)
  return since === undefined || since === tip || lookedThrough === tip
    ? undefined
    : { about: "Confirmations", since, tip }
}

export const sameQuestion = (a: HistoryQuestion | undefined, b: HistoryQuestion | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.about === b.about && a.since === b.since && a.tip === b.tip)
