/** `gitops-controller explain`: who decides about which field of an object, by which rule, and how it stands. */
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { type Explanation, explanation } from "../inspect/Explanation.ts"
import type { Source } from "../inspect/Source.ts"
import { Survey } from "../inspect/Survey.ts"
import { type Named, viewObject } from "../inspect/viewObject.ts"
import { KindOptions } from "../kind/KindOptions.ts"
import { yamlText } from "../manifest/edit/YamlText.ts"
import { encodeJson } from "../manifest/JsonText.ts"
import { formatKey } from "../manifest/ObjectKey.ts"
import { askedObjects } from "./askedObjects.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlFlag, kubeconfigFlag } from "./flags.ts"
import { noRepository } from "./noRepository.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"
import { renderExplanation } from "./render/renderExplanation.ts"

const kindArgument = Argument.String("kind").pipe(
  Argument.withDescription("Plural, singular, Kind or short name, with its API group (deployments.apps) or without"),
  Argument.optional
)

const nameArgument = Argument.String("name").pipe(
  Argument.withDescription("namespace/name; of an object without a namespace just its name"),
  Argument.optional
)

const fileFlag = Flag.String("filename").pipe(
  Flag.withAlias("f"),
  Flag.withDescription("Explain each manifest of this file, in place of the one in Git; - for stdin"),
  Flag.optional
)

const pathFlag = Flag.String("path").pipe(
  Flag.withDescription("Read the manifests from this checkout, in place of the repository"),
  Flag.optional
)

const revFlag = Flag.String("rev").pipe(
  Flag.withDescription("Read the manifests of another branch, or of a commit by its whole id"),
  Flag.optional
)

const output = Flag.Literals("output", ["table", "json", "yaml"]).pipe(
  Flag.withAlias("o"),
  Flag.withDescription("table for people, json or yaml for machines"),
  Flag.withDefault("table" as const)
)

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

/** What looks once doesn't keep a promise to try again. */
const onlyOnce = (message: string) =>
  message.replace(/ It is tried again; if it lasts, check /, " Check ").replace(/ It is tried again\./, "")

interface Where {
  readonly file: Option.Option<string>
  readonly path: Option.Option<string>
  readonly rev: Option.Option<string>
}

const sourceOf = Effect.fnUntraced(function*({ file, path, rev }: Where) {
  const given = [["-f", file], ["--path", path], ["--rev", rev]] as const
  const [first, second] = given.filter(([, value]) => Option.isSome(value)).map(([flag]) => flag)
  if (first !== undefined && second !== undefined)
    return yield* failed(`${first} and ${second} each say where the manifests come from; give one of them`)
  const source: Source = Option.isSome(file)
    ? { _tag: "File", path: file.value }
    : Option.isSome(path)
    ? { _tag: "Directory", path: path.value }
    : { _tag: "Repository", rev: Option.getOrUndefined(rev) }
  return source
})

const explainOne = Effect.fnUntraced(function*(named: Named, file: string, stateNamespace: string) {
  const { origin } = yield* Survey
  const { applySet, fieldManager } = yield* KindOptions
  const view = yield* viewObject(named)
  if (view.live === undefined && view.refs.length === 0)
    return yield* failed(`${formatKey(view.key)} is neither in the cluster nor in Git (${origin})`)
  return explanation(view, { file, source: origin, stateNamespace, applySet, fieldManager })
})

const printed = (format: "table" | "json" | "yaml", objects: ReadonlyArray<Explanation>): string => {
  switch (format) {
    case "table":
      return objects.map(renderExplanation).join("\n\n")
    case "json":
      return encodeJson({ objects })
    case "yaml":
      return yamlText({ objects }).trimEnd()
  }
}

/** Exits with 0 when it could be explained, however it stands; 1 otherwise. */
export const explain = Command.make(
  "explain",
  {
    kind: kindArgument,
    name: nameArgument,
    file: fileFlag,
    path: pathFlag,
    rev: revFlag,
    gitUrl: gitUrlFlag,
    config: configFlag,
    kubeconfig: kubeconfigFlag,
    context: contextFlag,
    output
  },
  Effect.fn("explain")(function*({ config: configFile, context, gitUrl, kind, kubeconfig, name, output, ...where }) {
    const source = yield* sourceOf(where)
    const config = yield* Config.load({
      file: configFile,
      ...source._tag === "Repository" ? optional("gitUrl", gitUrl) : { gitUrl: noRepository },
      ...optional("podNamespace", yield* podNamespace)
    })
    const cluster = { ...optional("kubeconfig", kubeconfig), ...optional("context", context) }
    const explained = Effect.gen(function*() {
      const named = yield* askedObjects(kind, name, source)
      return yield* Effect.forEach(named, (one) => explainOne(one, configFile, config.stateNamespace), {
        concurrency: 4
      })
    })
    const objects = yield* explained.pipe(
      Effect.provide(Survey.layer({ rules: config.rules, source })),
      Effect.provide(App.options(config, cluster))
    )
    yield* Console.log(printed(output, objects))
  }, Effect.mapError((error) => error._tag === "CommandFailed" ? error : failed(onlyOnce(error.message))))
).pipe(
  Command.withDescription(
    "Print of each field of an object who decides about it, by which rule, its value in the cluster and in Git with its place there, which side would change, and " +
      "which field managers set it. Asks the cluster and the repository, needs no running controller, and writes nothing."
  ),
  Command.withShortDescription("Show who decides about which field of an object, and how it stands"),
  Command.withExamples([
    { command: "gitops-controller explain deployment shop/web", description: "Explain one object" },
    {
      command: "gitops-controller explain -f web.yaml",
      description: "Explain the objects of a file that isn't in Git yet"
    }
  ])
)
