/** Why a command ends with an exit code that isn't 0. `main` prints the message to stderr and exits. */
import { Schema } from "effect"

export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  /** For a person; empty when everything has been said. */
  message: Schema.String,
  exitCode: Schema.Int
}) {}
