/** The round as every kind is told of it: what the Coordinator knows, and what of it concerns them. Pure. */
import type { Round } from "../kind/Round.ts"
import { type CoordinatorState, type Found, mirroringOf, phaseOf } from "./CoordinatorState.ts"
import { isStranger } from "./Record.ts"

const nothingFound: Found = { inventory: new Map(), seen: new Map(), definitions: new Map() }

const finishedJobsOf = ({ finishedJobs, record }: CoordinatorState): ReadonlyMap<string, string> =>
  record._tag === "Loaded"
    ? new Map([...Object.entries(record.record.head.finishedJobs), ...finishedJobs])
    : finishedJobs

/** Until everything was found in step for once. What was restored from Git is no stranger to it. */
const isFirstContact = ({ record }: CoordinatorState): boolean =>
  record._tag === "Loaded" && isStranger(record.record.head)

/** `undefined` before the first tip. */
export const roundOf = (state: CoordinatorState): Round | undefined => {
  const { confirmed, git: { tip }, opened, record, round, ruleset, standing } = state
  if (tip === undefined) return undefined
  const found = (record._tag === "Unusable" ? undefined : record.found) ?? nothingFound
  return {
    number: round,
    term: standing._tag === "Leading" ? standing.term : undefined,
    ruleset,
    tip,
    phase: phaseOf(state),
    openStage: opened,
    finishedJobs: finishedJobsOf(state),
    synced: found.inventory,
    mirroring: mirroringOf(state),
    seen: found.seen,
    definitions: found.definitions,
    isFirstContact: isFirstContact(state),
    confirmed
  }
}
