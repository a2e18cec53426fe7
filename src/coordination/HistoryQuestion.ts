/** What the Coordinator wants to know of the branch's history. Pure. */
import type { HistoryQuestion } from "./CoordinatorMessage.ts"
import { type CoordinatorState, writesToGit } from "./CoordinatorState.ts"

/** What is to be asked now. */
export const questionOf = (state: CoordinatorState): HistoryQuestion | undefined => {
  const { ancestry, git, lookedThrough, record, standing } = state
  const tip = git.tip?.commit
  if (tip === undefined || standing._tag !== "Leading" || record._tag !== "Loaded" || !writesToGit(state.ruleset))
    return undefined
  if (ancestry?.answer === "Unknown" && ancestry.of !== undefined) return { about: "Ancestry", since: ancestry.of, tip }
  const since = record.record.head.latch?.commit
  return since === undefined || since === tip || lookedThrough === tip
    ? undefined
    : { about: "Confirmations", since, tip }
}

export const sameQuestion = (a: HistoryQuestion | undefined, b: HistoryQuestion | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.about === b.about && a.since === b.since && a.tip === b.tip)
