/** What goes into the next commit, of all that waits. Pure. */
import type { Submission } from "./Submission.ts"
import { mostWeight } from "./weightOf.ts"

export interface Waiting {
  /** In order of arrival; no two of them have a key in common. */
  readonly waiting: ReadonlyArray<Submission>
  /** What waits for something it needs in Git, by ids: committed with others, but nothing is committed because of it. */
  readonly blocked: ReadonlySet<number>
  /** Sets of what was declined together, by ids: each is tried in a commit of its own, so that what is fine lands. */
  readonly divided: ReadonlyArray<ReadonlySet<number>>
}

/** In the order of all. */
const withNeeds = (
  all: ReadonlyArray<Submission>,
  some: ReadonlyArray<Submission>
): ReadonlyArray<Submission> => {
  if (some.every(({ needs }) => needs.size === 0)) return some
  const holders = new Map(all.flatMap((submission) => Array.from(submission.keys, (key) => [key, submission] as const)))
  const chosen = new Set(some)
  for (const { needs } of chosen) {
    for (const key of needs) {
      const holder = holders.get(key)
      if (holder !== undefined) chosen.add(holder)
    }
  }
  return all.filter((submission) => chosen.has(submission))
}

/** As many as one commit may hold, and whatever they need of the others. What is blocked takes nobody's room. */
const bounded = ({ blocked, waiting }: Pick<Waiting, "blocked" | "waiting">): ReadonlyArray<Submission> => {
  let weight = 0
  const inTurn = waiting.toSorted((a, b) => Number(blocked.has(a.id)) - Number(blocked.has(b.id)))
  const end = inTurn.findIndex((submission) => (weight += submission.weight) > mostWeight)
  return end === -1 ? waiting : withNeeds(waiting, inTurn.slice(0, Math.max(1, end)))
}

export const batchOf = ({ blocked, divided, waiting }: Waiting): ReadonlyArray<Submission> => {
  const naming = waiting.find(({ naming }) => naming !== undefined)
  if (naming !== undefined) return [naming]
  const group = divided.map((ids) => waiting.filter(({ id }) => ids.has(id))).find(({ length }) => length > 0)
  return group === undefined ? bounded({ blocked, waiting }) : withNeeds(waiting, group)
}
