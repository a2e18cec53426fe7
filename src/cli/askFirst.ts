/** Asks a person before something is done that can't be undone, unless they have said yes already. */
import { Effect, Stdio } from "effect"
import { Prompt } from "effect/cli"
import { CommandFailed } from "./CommandFailed.ts"

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

/** Whoever can't be asked has to have said yes. */
export const checkAskable = Effect.fnUntraced(function*(yes: boolean, output: "text" | "json" = "text") {
  if (yes) return
  if (output === "json") return yield* failed("with --output json nobody is asked to confirm: say --yes")
  const stdio = yield* Stdio.Stdio
  if (!(yield* stdio.stdinIsTerminal))
    return yield* failed("this is no terminal, so nobody can be asked to confirm: say --yes")
})

/** Fails when the answer is no. */
export const askFirst = Effect.fnUntraced(function*(yes: boolean, question: string) {
  if (yes) return
  const asked = Prompt.run(Prompt.Confirm({ message: question }))
  if (!(yield* Effect.orElseSucceed(asked, () => false))) return yield* failed("Nothing was changed.")
})
