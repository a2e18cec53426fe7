// A person's edit of a file in Git: made on the tip, and made again on the next one when somebody was quicker.
import { Effect, Exit } from "effect"
import type { BareRepository } from "../../../remote/BareRepository.ts"

/** The id of the commit that the branch took. */
export const personsCommit = (
  repository: BareRepository,
  path: string,
  edit: (text: string) => string
): Effect.Effect<string> =>
  Effect.gen(function*() {
    const parent = (yield* repository.tip()) ?? "none"
    const text = `${yield* repository.git("show", `${parent}:${path}`)}\n`
    const exit = yield* Effect.exit(repository.commit({ [path]: edit(text) }, { parent, force: false }))
    if (Exit.isSuccess(exit)) return exit.value
    if ((yield* repository.tip()) === parent) return yield* Effect.failCause(exit.cause)
    return yield* personsCommit(repository, path, edit)
  })
