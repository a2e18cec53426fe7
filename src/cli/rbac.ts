/** `gitops-controller rbac`: the rights that exactly these rules need, as roles and bindings. */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as Config from "../config/Config.ts"
import { headName } from "../coordination/RecordStore.ts"
import { needsRights } from "../kind/rights/NeededRights.ts"
import { rightsOfRules } from "../kind/rights/RightsOfRules.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, kubeconfigFlag } from "./flags.ts"
import { noRepository } from "./noRepository.ts"
import { podNamespace } from "./podNamespace.ts"
import { rightsDocument, rightsJson, rightsYaml } from "./render/renderRights.ts"
import { type ClusterFlags, connection, servedCluster } from "./ServedCluster.ts"

const output = Flag.Literals("output", ["yaml", "json"]).pipe(
  Flag.withDescription("yaml with comments, or a JSON List with the comments on stderr"),
  Flag.withDefault("yaml" as const)
)

const rolesOnly = Flag.Boolean("roles-only").pipe(
  Flag.withDescription(
    "Leave out the namespace and the ServiceAccount, as for an overlay of deploy/base, which has them"
  ),
  Flag.withDefault(false)
)

const longest = "10 seconds"

const isAsked = ({ context, kubeconfig }: ClusterFlags) => Option.isSome(context) || Option.isSome(kubeconfig)

const answered = Effect.fnUntraced(function*(config: Config.Config, flags: ClusterFlags) {
  return yield* servedCluster.pipe(
    Effect.provide(connection(config, flags)),
    Effect.map(({ name, served }) => ({
      kinds: [...served.kinds.values()],
      cluster: `its resources as served by ${name}`
    })),
    Effect.timeoutOrElse({
      duration: longest,
      orElse: () => Effect.fail({ message: `the cluster did not answer within ${longest}` })
    }),
    Effect.catch(({ message }) =>
      isAsked(flags)
        ? Effect.fail(new CommandFailed({ exitCode: 2, message }))
        : Effect.succeed({ kinds: undefined, cluster: `no cluster answered: ${message}` })
    )
  )
})

/** Works without a cluster, too, unless one is named: then names stand as they are written. */
export const rbac = Command.make(
  "rbac",
  { config: configFlag, output, rolesOnly, kubeconfig: kubeconfigFlag, context: contextFlag },
  Effect.fn("rbac")(function*({ config: file, output, rolesOnly, ...flags }) {
    const config = yield* Config.load({
      file,
      gitUrl: noRepository,
      ...Option.match(yield* podNamespace, { onNone: () => ({}), onSome: (name) => ({ podNamespace: name }) })
    }).pipe(Effect.mapError(({ message }) => new CommandFailed({ exitCode: 1, message })))
    const { cluster, kinds } = config.rules.some(needsRights)
      ? yield* answered(config, flags)
      : { kinds: [], cluster: "none of them needs a right" }
    const document = rightsDocument(rightsOfRules(config.rules, kinds, config.restore === "auto"), {
      file,
      name: headName(config.name),
      stateNamespace: config.stateNamespace,
      cluster,
      rolesOnly
    })
    if (output === "yaml") return yield* Console.log(rightsYaml(document))
    for (const comment of document.comments) yield* Console.error(comment)
    yield* Console.log(rightsJson(document))
  })
).pipe(
  Command.withDescription(
    "Print the roles and bindings that exactly these rules need, with no wildcard unless a rule has one. Names are looked up in the cluster when one answers."
  ),
  Command.withShortDescription("Print the roles that exactly these rules need"),
  Command.withExamples([
    {
      command: "gitops-controller rbac --config config.yaml | kubectl apply -f -",
      description: "Give the controller the rights it needs"
    },
    {
      command: "gitops-controller rbac --roles-only > roles.yaml",
      description: "Write the roles of an overlay of deploy/base"
    }
  ])
)
