/** `gitops-controller validate`: whether a configuration is right, without touching a cluster or a repository. */
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as Config from "../config/Config.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, gitUrlArgument } from "./flags.ts"

/** Prints "valid", or fails with every mistake, one a line, and exit code 1. */
export const validate = Command.make(
  "validate",
  { gitUrl: gitUrlArgument, config: configFlag },
  Effect.fn("validate")(function*({ config, gitUrl }) {
    yield* Config.load({
      file: config,
      ...Option.match(gitUrl, { onNone: () => ({}), onSome: (url) => ({ gitUrl: url }) })
    }).pipe(
      Effect.mapError((error) => new CommandFailed({ message: error.message, exitCode: 1 }))
    )
    yield* Console.log(`${config}: valid`)
  })
).pipe(
  Command.withDescription("Check the configuration file and print every mistake in it"),
  Command.withExamples([
    { command: "gitops-controller validate --config config.yaml", description: "Check a file" },
    {
      command: "gitops-controller validate https://git.example.com/acme/cluster.git",
      description: "Check ./config.yaml beside a URL that isn't written in it"
    }
  ])
)
