/** `gitops-controller validate`: whether a configuration is right, and with `--cluster` whether its rules fit what a cluster serves. */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as Config from "../config/Config.ts"
import { format } from "../config/ConfigInvalid.ts"
import { versionOf } from "../kind/Roster.ts"
import { checkFilters, checkResources } from "../rules/checkRule.ts"
import { checkShadow } from "../rules/checkShadow.ts"
import type { Place, Rule } from "../rules/Rule.ts"
import { matchesKind } from "../rules/Ruleset.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlArgument, kubeconfigFlag } from "./flags.ts"
import { type ClusterFlags, connection, servedCluster, typesOf } from "./ServedCluster.ts"

const cluster = Flag.Boolean("cluster").pipe(
  Flag.withDescription(
    "Also ask the cluster whether it serves what the rules name, and whether filters fit its schemas"
  ),
  Flag.withDefault(false)
)

interface Finding {
  readonly place: Place
  /** Nothing that keeps the configuration from being right. */
  readonly isNote: boolean
  readonly message: string
}

const shadows = (rules: ReadonlyArray<Rule>, kinds?: Parameters<typeof checkShadow>[1]): ReadonlyArray<Finding> =>
  checkShadow(rules, kinds).map(({ message, place }) => ({ place, isNote: true, message }))

/** Only kinds that some filter is about are looked up in the schemas. */
const againstCluster = Effect.fnUntraced(function*(rules: ReadonlyArray<Rule>) {
  const { name, served } = yield* servedCluster
  const kinds = [...served.kinds.values()]
  const filtered = rules.filter(({ filters }) => filters.length > 0)
  const types = yield* typesOf(kinds.flatMap((kind) => {
    const version = versionOf(kind, [])
    return version !== undefined && filtered.some((rule) => matchesKind(rule, kind)) ? [{ kind, version }] : []
  }))
  const problems = rules.flatMap((rule) => [
    ...checkResources(rule, { kinds, unknownGroups: served.unknownGroups }),
    ...checkFilters(rule, types)
  ])
  const findings = problems.map(({ isWaiting, message, place }): Finding => ({ place, isNote: isWaiting, message }))
  return { name, findings: [...findings, ...shadows(rules, kinds)] }
})

const unanswered = ({ message }: { readonly message: string }) => new CommandFailed({ exitCode: 2, message })

const check = Effect.fnUntraced(function*(config: Config.Config, flags: ClusterFlags & { readonly cluster: boolean }) {
  const { rules } = config
  if (!flags.cluster) return { name: undefined, findings: shadows(rules) }
  return yield* againstCluster(rules).pipe(
    Effect.provide(connection(config, flags)),
    Effect.mapError(unanswered)
  )
})

const byPlace = (a: Finding, b: Finding) => a.place.line - b.place.line || a.place.column - b.place.column

/** Prints "valid" after what a person should know, or fails with every mistake, one a line, and exit code 1; 2 when no cluster answers. */
export const validate = Command.make(
  "validate",
  { gitUrl: gitUrlArgument, config: configFlag, cluster, kubeconfig: kubeconfigFlag, context: contextFlag },
  Effect.fn("validate")(function*({ config: file, gitUrl, ...flags }) {
    const config = yield* Config.load({
      file,
      ...Option.match(gitUrl, { onNone: () => ({}), onSome: (url) => ({ gitUrl: url }) })
    }).pipe(
      Effect.mapError((error) => new CommandFailed({ message: error.message, exitCode: 1 }))
    )
    const { findings, name } = yield* check(config, flags)
    const lines = findings.toSorted(byPlace).map(({ isNote, message, place }) =>
      format({ file, ...place, message: `${isNote ? "note: " : ""}${message}` })
    )
    if (findings.some(({ isNote }) => !isNote))
      return yield* new CommandFailed({ message: lines.join("\n"), exitCode: 1 })
    for (const line of lines) yield* Console.log(line)
    yield* Console.log(`${file}: valid${name === undefined ? "" : ` for ${name}`}`)
  })
).pipe(
  Command.withDescription(
    "Check the configuration file and print every mistake in it; with --cluster also what the cluster does not serve or cannot split as the filters ask. What only waits, or never applies, is a note."
  ),
  Command.withShortDescription("Check the configuration file, and with --cluster its rules against a cluster"),
  Command.withExamples([
    { command: "gitops-controller validate --config config.yaml", description: "Check a file" },
    {
      command: "gitops-controller validate https://git.example.com/acme/cluster.git",
      description: "Check ./config.yaml beside a URL that isn't written in it"
    },
    {
      command: "gitops-controller validate --cluster --context prod",
      description: "Check ./config.yaml against a cluster"
    }
  ])
)
