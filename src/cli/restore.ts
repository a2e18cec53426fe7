/**
 * `gitops-controller restore`: how the restore of this cluster stands, and what one would bring back. The running controller restores by
 * itself; nothing is written here.
 */
import { Console, Effect, Layer, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { headName, RecordStore } from "../coordination/RecordStore.ts"
import { planRestore } from "../inspect/restoring/planRestore.ts"
import { RestorePlan } from "../inspect/restoring/RestorePlan.ts"
import { Survey } from "../inspect/Survey.ts"
import { Writer } from "../kubernetes/Writer.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, gitUrlArgument, kubeconfigFlag } from "./flags.ts"
import { noRepository } from "./noRepository.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"
import { renderRestore, renderRestoreRecord } from "./render/renderRestore.ts"
import { renderRestorePlan } from "./render/renderRestorePlan.ts"
import { connection } from "./ServedCluster.ts"
import { addressOf, askStatus, urlFlag } from "./status.ts"
import { Unopposed } from "./Unopposed.ts"

const failed = ({ message }: { readonly message: string }) => new CommandFailed({ exitCode: 2, message })

const output = Flag.Literals("output", ["text", "json"]).pipe(
  Flag.withDescription("text for people, json for machines"),
  Flag.withDefault("text" as const)
)

const encode = Schema.encodeEffect(Schema.fromJsonString(RestorePlan))

/** Exits with 0 when nothing waits or is restored, 1 while something does or is, 2 when neither a controller nor a record answers. */
const restoreStatus = Command.make(
  "status",
  { config: configFlag, kubeconfig: kubeconfigFlag, context: contextFlag, url: urlFlag },
  Effect.fn("restore status")(function*({ config: file, context, kubeconfig, url }) {
    const ofRecord = Effect.gen(function*() {
      const config = yield* Config.load({
        file,
        gitUrl: noRepository,
        ...optional("podNamespace", yield* podNamespace)
      })
      const name = `${config.stateNamespace}/${headName(config.name)}`
      const cluster = { ...optional("kubeconfig", kubeconfig), ...optional("context", context) }
      const stored = yield* RecordStore.use(({ load }) => load).pipe(
        Effect.provide(App.recordStore(config).pipe(Layer.provide(Writer.layer), Layer.provide(Unopposed))),
        Effect.provide(connection(config, { context, kubeconfig })),
        Effect.provide(App.options(config, cluster))
      )
      if (stored === undefined)
        return yield* failed({ message: `no controller answers, and there is no record ${name} in this cluster` })
      yield* Console.log(`No controller answers; the record ${name} says:`)
      yield* Console.log(renderRestoreRecord(stored.record.head))
      return stored.record.head.phase === "syncing"
    }).pipe(Effect.mapError((error) => error._tag === "CommandFailed" ? error : failed(error)))
    const asked = addressOf(url, file).pipe(
      Effect.flatMap(askStatus),
      Effect.tap((status) => Console.log(renderRestore(status))),
      Effect.map(({ phase }) => phase.endsWith("syncing"))
    )
    const isDone = yield* asked.pipe(Effect.catch(() => ofRecord))
    if (!isDone) return yield* new CommandFailed({ exitCode: 1, message: "" })
  })
).pipe(
  Command.withDescription(
    "Show how the restore of this cluster stands: whom it waits for and until when, what is still to come, what waits for what, and what can't " +
      "come back with its cure. Asks the running controller, or else reads its record."
  ),
  Command.withShortDescription("Show how the restore of this cluster stands")
)

/** Exits with 0 when the plan was made, 2 when it could not be. */
const restorePlan = Command.make(
  "plan",
  { gitUrl: gitUrlArgument, config: configFlag, kubeconfig: kubeconfigFlag, context: contextFlag, output },
  Effect.fn("restore plan")(function*({ config: file, context, gitUrl, kubeconfig, output }) {
    const config = yield* Config.load({
      file,
      ...optional("gitUrl", gitUrl),
      ...optional("podNamespace", yield* podNamespace)
    }).pipe(Effect.mapError(failed))
    const cluster = { ...optional("kubeconfig", kubeconfig), ...optional("context", context) }
    const survey = Survey.layer({ rules: config.rules, source: { _tag: "Repository", rev: undefined } }).pipe(
      Layer.provideMerge(App.options(config, cluster))
    )
    const made = yield* planRestore().pipe(Effect.provide(survey), Effect.mapError(failed))
    yield* Console.log(output === "json" ? yield* Effect.orDie(encode(made)) : renderRestorePlan(made))
  })
).pipe(
  Command.withDescription(
    "Show what a restore would bring back into the cluster, claims with the snapshot they come back from and when that was taken, what would wait, " +
      "and what can't come back, with the cure. Nothing is written."
  ),
  Command.withShortDescription("Show what a restore would bring back, without doing it"),
  Command.withExamples([
    {
      command: "gitops-controller restore plan --kubeconfig new-cluster",
      description: "What would come back into a new cluster"
    }
  ])
)

export const restore = Command.make("restore").pipe(
  Command.withDescription(
    "Look at the restore of a cluster. It needs no command: the controller of a new cluster restores by itself (\"restore\" in the configuration)."
  ),
  Command.withShortDescription("Show how a restore stands, and what one would bring back"),
  Command.withSubcommands([restoreStatus, restorePlan])
)
