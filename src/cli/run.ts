/** `gitops-controller run`: keeps the cluster and the repository in step until it is told to stop. */
import { Effect, type Option } from "effect"
import { Command } from "effect/cli"
import * as Controller from "../Controller.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlArgument, kubeconfigFlag } from "./flags.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"

/** The flags of `run`, which are also those of the program without a subcommand. */
export const runParameters = {
  gitUrl: gitUrlArgument,
  config: configFlag,
  kubeconfig: kubeconfigFlag,
  context: contextFlag
}

export interface RunInput {
  readonly gitUrl: Option.Option<string>
  readonly config: string
  readonly kubeconfig: Option.Option<string>
  readonly context: Option.Option<string>
}

/** Runs until interrupted; fails with what makes running impossible. */
export const runController = Effect.fn("run")(function*(input: RunInput) {
  const namespace = yield* podNamespace
  const given = { file: input.config, ...optional("gitUrl", input.gitUrl), ...optional("podNamespace", namespace) }
  const cluster = { ...optional("kubeconfig", input.kubeconfig), ...optional("context", input.context) }
  yield* Controller.run(given, cluster).pipe(
    Effect.mapError((error) => new CommandFailed({ exitCode: 1, message: error.message }))
  )
})

export const run = Command.make("run", runParameters, runController).pipe(
  Command.withDescription(
    "Keep the cluster and the repository in step. The configuration file is followed while it runs: new rules are taken up at once, anything else starts it again in the same process."
  ),
  Command.withShortDescription("Keep the cluster and the repository in step")
)
