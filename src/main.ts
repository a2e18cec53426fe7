/** The program: commands, where they log, and what their failures mean for the exit code. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Console, Effect, Exit, Layer, Option } from "effect"
import { CliError, Command } from "effect/cli"
import { CommandFailed } from "./cli/CommandFailed.ts"
import { confirm } from "./cli/confirm.ts"
import { explain } from "./cli/explain.ts"
import { git } from "./cli/gitCheck.ts"
import { init } from "./cli/init.ts"
import * as Logging from "./cli/Logging.ts"
import { plan } from "./cli/plan.ts"
import { rbac } from "./cli/rbac.ts"
import { release } from "./cli/release.ts"
import { restore } from "./cli/restore.ts"
import { run, runController, runParameters } from "./cli/run.ts"
import { schema } from "./cli/schema.ts"
import { status } from "./cli/status.ts"
import { validate } from "./cli/validate.ts"
import { version } from "./version.ts"

const program = Command.make("gitops-controller", runParameters, runController).pipe(
  Command.withDescription("Keeps a Kubernetes cluster and a Git repository in step. Without a subcommand it runs."),
  Command.withSubcommands([run, validate, plan, explain, rbac, status, confirm, restore, release, git, schema, init])
)

const failureOf = (cause: Cause.Cause<unknown>) =>
  Option.filter(Cause.findErrorOption(cause), (error) => error instanceof CommandFailed)

/** 0 when stopped or done, the command's own code when it failed, 1 otherwise. */
const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  return Option.match(failureOf(exit.cause), { onNone: () => 1, onSome: (failure) => failure.exitCode })
}

/** The command line has said all there is to say. */
const isHelp = (cause: Cause.Cause<unknown>): boolean =>
  Option.exists(Cause.findErrorOption(cause), (error) => CliError.isCliError(error) && error._tag === "ShowHelp")

const tell = (cause: Cause.Cause<unknown>) =>
  Option.match(failureOf(cause), {
    onNone: () => Cause.hasInterruptsOnly(cause) || isHelp(cause) ? Effect.void : Console.error(Cause.pretty(cause)),
    onSome: ({ message }) => message === "" ? Effect.void : Console.error(message)
  })

const services = Layer.provideMerge(Logging.layer, Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici))

Command.run(program, { version }).pipe(
  Effect.tapCause(tell),
  Effect.provide(services),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(exitCode(exit))
  })
)
