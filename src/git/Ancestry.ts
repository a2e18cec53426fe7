/** Whether a branch grew, or its history was rewritten, as far as some of its commits tell. Pure. */
import type { Commit } from "./objects/Commit.ts"

/** `unknown`: the commits don't reach far enough. */
export type Ancestry = "grown" | "rewritten" | "unknown"

/**
 * Whether `to` lies in the history of `from`.
 * @param commitOf what is known: everything from `from` on, but for what lies below `to`, for so many generations
 */
export const ancestry = (
  commitOf: (id: string) => Pick<Commit, "parents"> | undefined,
  from: string,
  to: string,
  generations: number
): Ancestry => {
  const seen = new Set([from])
  let generation = [from]
  for (let depth = 1; generation.length > 0; depth++) {
    const parents = generation.flatMap((id) => commitOf(id)?.parents ?? [])
    if (parents.includes(to)) return "grown"
    if (depth >= generations && parents.length > 0) return "unknown"
    generation = parents.filter((id) => !seen.has(id))
    for (const id of generation) seen.add(id)
  }
  return "rewritten"
}
