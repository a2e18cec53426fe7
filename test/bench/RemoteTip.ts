// When a branch of a remote moved, by the remote's own file: what every client would be told from then on. Asks nobody, and so slows
// nobody down.
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { BareRepository } from "../remote/BareRepository.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"

export interface Move {
  readonly commit: string
  /** By `performance.now()`; at most a millisecond or two late. */
  readonly at: number
}

const look = ({ branch, path }: BareRepository): string | undefined => {
  try {
    return readFileSync(join(path, "refs", "heads", branch), "latin1").trim()
  } catch {
    return undefined
  }
}

/** Where the branch is now; `undefined` where it has no commit. */
export const tipOf = (remote: BareRepository): Effect.Effect<string | undefined> => Effect.sync(() => look(remote))

/** Waits until the branch is elsewhere, `within` so many milliseconds. */
export const nextMove = (
  remote: BareRepository,
  from: string | undefined,
  within = 60_000
): Effect.Effect<Move, MeasuredSomethingElse> =>
  Effect.callback<Move>((resume) => {
    const timer = setInterval(() => {
      const commit = look(remote)
      if (commit === undefined || commit === "" || commit === from) return
      clearInterval(timer)
      resume(Effect.succeed({ commit, at: performance.now() }))
    }, 1)
    return Effect.sync(() => clearInterval(timer))
  }).pipe(
    Effect.timeoutOrElse({
      duration: within,
      orElse: () => Effect.fail(new MeasuredSomethingElse({ message: `no commit came within ${within} ms` }))
    })
  )
