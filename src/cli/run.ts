/** `gitops-controller run`: keeps the cluster and the repository in step until it is told to stop. */
import { Effect, Layer, Option } from "effect"
import { Command } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlArgument, kubeconfigFlag } from "./flags.ts"
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

const optional = <K extends string>(key: K, value: Option.Option<string>): { readonly [P in K]?: string } =>
  Option.match(value, { onNone: () => ({}), onSome: (some) => ({ [key]: some }) as { readonly [P in K]: string } })

/** Runs until interrupted; fails with what makes running impossible. */
export const runController = Effect.fn("run")(function*(input: RunInput) {
  const namespace = yield* podNamespace
  const config = yield* Config.load({
    file: input.config,
    ...optional("gitUrl", input.gitUrl),
    ...optional("podNamespace", namespace)
  }).pipe(
    Effect.mapError((error) => new CommandFailed({ exitCode: 1, message: error.message }))
  )
  const cluster = { ...optional("kubeconfig", input.kubeconfig), ...optional("context", input.context) }
  yield* Layer.launch(App.layer(config, cluster)).pipe(
    Effect.mapError((error) => new CommandFailed({ exitCode: 1, message: error.message }))
  )
})

export const run = Command.make("run", runParameters, runController).pipe(
  Command.withDescription("Keep the cluster and the repository in step")
)
