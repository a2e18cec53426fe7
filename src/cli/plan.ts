/** `gitops-controller plan`: what the controller would do, without doing it. */
import { Console, Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { makePlan } from "../inspect/plan/makePlan.ts"
import { hasFaults, hasWork, type Plan } from "../inspect/plan/Plan.ts"
import { planJson } from "../inspect/plan/PlanJson.ts"
import { planMarkdown } from "../inspect/plan/PlanMarkdown.ts"
import { planText } from "../inspect/plan/PlanText.ts"
import type { Source } from "../inspect/Source.ts"
import { Survey } from "../inspect/Survey.ts"
import { encodeJson } from "../manifest/JsonText.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlArgument, kubeconfigFlag } from "./flags.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"

const rev = Flag.String("rev").pipe(
  Flag.withDescription("A branch, or a whole commit id, in place of the configured branch: what merging it would do"),
  Flag.optional
)

const path = Flag.String("path").pipe(
  Flag.withDescription("The root of a checkout, read in place of the repository (gitPath is below it)"),
  Flag.optional
)

const output = Flag.Literals("output", ["text", "markdown", "json"]).pipe(
  Flag.withDescription("text for people, markdown for a comment, json for machines"),
  Flag.withDefault("text" as const)
)

const exitCode = Flag.Boolean("exit-code").pipe(
  Flag.withDescription("Exit with 1 when there is something to do, and 2 when something has to be mended first"),
  Flag.withDefault(false)
)

const failed = ({ message }: { readonly message: string }) => new CommandFailed({ exitCode: 2, message })

const sourceOf = (rev: Option.Option<string>, path: Option.Option<string>): Source =>
  Option.isSome(path)
    ? { _tag: "Directory", path: path.value }
    : { _tag: "Repository", rev: Option.getOrUndefined(rev) }

const renderings: Readonly<Record<"text" | "markdown" | "json", (plan: Plan) => string>> = {
  text: planText,
  markdown: planMarkdown,
  json: (plan) => encodeJson(planJson(plan))
}

const codeOf = (plan: Plan): number => hasFaults(plan) ? 2 : hasWork(plan) ? 1 : 0

/** Exits with 0 when the plan was made, 2 when it could not be; with `--exit-code` also by what is in it. */
export const plan = Command.make(
  "plan",
  {
    gitUrl: gitUrlArgument,
    config: configFlag,
    kubeconfig: kubeconfigFlag,
    context: contextFlag,
    rev,
    path,
    output,
    exitCode
  },
  Effect.fn("plan")(function*({ config: file, context, exitCode, gitUrl, kubeconfig, output, path, rev }) {
    if (Option.isSome(rev) && Option.isSome(path))
      return yield* failed({ message: "--rev and --path are two places to read from: give one of them" })
    const config = yield* Config.load({
      file,
      ...optional("gitUrl", gitUrl),
      ...optional("podNamespace", yield* podNamespace)
    }).pipe(Effect.mapError(failed))
    const cluster = { ...optional("kubeconfig", kubeconfig), ...optional("context", context) }
    const survey = Survey.layer({ rules: config.rules, source: sourceOf(rev, path) }).pipe(
      Layer.provideMerge(App.options(config, cluster))
    )
    const made = yield* makePlan(file, config.deletions).pipe(Effect.provide(survey), Effect.mapError(failed))
    yield* Console.log(renderings[output](made))
    const code = exitCode ? codeOf(made) : 0
    if (code !== 0) return yield* new CommandFailed({ exitCode: code, message: "" })
  })
).pipe(
  Command.withDescription(
    "Show what the controller would create, change, let go of, delete and refuse in the cluster, field by field, and what it would commit to Git, file by file, " +
      "without writing anything: the API server is asked to try each change (dry run). With --exit-code: 0 nothing to do, 1 changes, 2 something has to be mended or the plan could not be made; without it 0 once " +
      "the plan is printed."
  ),
  Command.withShortDescription("Show what the controller would do, without doing it"),
  Command.withExamples([
    { command: "gitops-controller plan", description: "What differs between Git and the cluster" },
    {
      command: "gitops-controller plan --rev feature --output markdown",
      description: "What merging a branch would do, as a comment for its pull request"
    },
    { command: "gitops-controller plan --path . --exit-code", description: "What a checkout would do, for CI" }
  ])
)
