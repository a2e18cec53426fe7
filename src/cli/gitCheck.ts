/** `gitops-controller git check`: why a repository can't be reached, read or written, and what to do about it. */
import { Console, Effect, FileSystem, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import * as Config from "../config/Config.ts"
import * as RepositoryUrl from "../config/RepositoryUrl.ts"
import { CheckStep } from "../git/check/CheckStep.ts"
import { type CheckOptions, checkRepository } from "../git/check/RepositoryCheck.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { gitUrlArgument } from "./flags.ts"
import { renderStep } from "./render/renderCheck.ts"

const standardFile = "config.yaml"

const config = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDescription(`The configuration file (default: ${standardFile}; not needed beside a URL)`),
  Flag.optional
)

const output = Flag.Literals("output", ["text", "json"]).pipe(
  Flag.withDescription("text for people, json for machines"),
  Flag.withDefault("text" as const)
)

const Report = Schema.Struct({
  repository: Schema.String,
  /** Nothing failed. */
  ok: Schema.Boolean,
  steps: Schema.Array(CheckStep)
})

const encode = Schema.encodeEffect(Schema.fromJsonString(Report))

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const writesToGit = (syncTo: string): boolean => syncTo === "git" || syncTo === "both"

const ofFile = Effect.fnUntraced(function*(file: string, gitUrl: string | undefined) {
  const { branch, credentials, gitPath, rules, ...config } = yield* Config.load({
    file,
    ...gitUrl === undefined ? {} : { gitUrl }
  }).pipe(Effect.mapError(({ message }) => failed(message)))
  const mustPush = rules.some(({ syncTo }) => writesToGit(syncTo))
  return { gitUrl: config.gitUrl, branch, gitPath, credentials, mustPush } satisfies CheckOptions
})

const ofUrl = Effect.fnUntraced(function*(gitUrl: string) {
  const problem = RepositoryUrl.problem(gitUrl)
  const shown = JSON.stringify(RepositoryUrl.withoutCredentials(gitUrl))
  if (problem !== undefined) return yield* failed(`command line: the repository is ${shown}; ${problem}`)
  return { gitUrl, branch: undefined, gitPath: "", credentials: {}, mustPush: false } satisfies CheckOptions
})

const optionsOf = Effect.fnUntraced(function*(given: Option.Option<string>, config: Option.Option<string>) {
  const gitUrl = Option.getOrUndefined(given)
  if (Option.isSome(config)) return yield* ofFile(config.value, gitUrl)
  const files = yield* FileSystem.FileSystem
  const isThere = yield* Effect.orElseSucceed(files.exists(standardFile), () => true)
  return yield* gitUrl === undefined || isThere ? ofFile(standardFile, gitUrl) : ofUrl(gitUrl)
})

/** Exits with 0 when every step that is needed passed, 1 otherwise. */
const check = Command.make(
  "check",
  { gitUrl: gitUrlArgument, config, output },
  Effect.fn("git check")(function*({ config, gitUrl, output }) {
    const options = yield* optionsOf(gitUrl, config)
    const repository = RepositoryUrl.withoutCredentials(options.gitUrl)
    const isText = output === "text"
    if (isText) yield* Console.log(repository)
    const steps = yield* checkRepository(options, (step) => isText ? Console.log(renderStep(step)) : Effect.void).pipe(
      Effect.mapError(({ message }) => failed(message))
    )
    const ok = steps.every(({ outcome }) => outcome !== "failed")
    if (!isText) yield* Console.log(yield* Effect.orDie(encode({ repository, ok, steps })))
    if (!ok) return yield* failed("")
  })
).pipe(
  Command.withDescription(
    "Find the host, connect, log in, read the branch and its tip, and ask whether pushing is allowed: each step with its time and, where it fails, with the cure. Nothing is written."
  ),
  Command.withShortDescription("Show why a repository can't be reached, read or written, and the cure"),
  Command.withExamples([
    {
      command: "gitops-controller git check --config config.yaml",
      description: "Check the repository of a configuration"
    },
    {
      command: "gitops-controller git check git@github.com:acme/cluster.git",
      description: "Check a repository with the keys of whoever asks"
    }
  ])
)

export const git = Command.make("git").pipe(
  Command.withDescription("Look into the Git side of things"),
  Command.withSubcommands([check])
)
