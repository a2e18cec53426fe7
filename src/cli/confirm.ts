/**
 * `gitops-controller confirm`: a person's yes to deletions that were held, in Git or in the cluster, or to taking another cluster's place there. It is written
 * into the record, and the running controller carries it out.
 */
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { countOf, type Held, heldIn } from "../coordination/HeldDeletions.ts"
import { formatSource, type Head } from "../coordination/Record.ts"
import { headName, RecordStore, type Stored } from "../coordination/RecordStore.ts"
import { nobodys } from "../coordination/standingOf.ts"
import { Writer } from "../kubernetes/Writer.ts"
import { askFirst, checkAskable } from "./askFirst.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag, contextFlag, kubeconfigFlag } from "./flags.ts"
import { noRepository } from "./noRepository.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"
import { renderHeld } from "./render/renderHeld.ts"
import { connection } from "./ServedCluster.ts"
import { Unopposed } from "./Unopposed.ts"

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const yesFlag = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDescription("Don't ask"),
  Flag.withDefault(false)
)

const takeOverFlag = Flag.Boolean("take-over").pipe(
  Flag.withDescription(
    "This cluster takes the place of the one that Git names: from then on it is the one that writes there"
  ),
  Flag.withDefault(false)
)

const loadRecord = Effect.fnUntraced(function*(name: string) {
  const store = yield* RecordStore
  const stored = yield* store.load
  if (stored === undefined) {
    return yield* failed(
      `there is no record ${name}: no controller of this name has run in this cluster; see --config, --kubeconfig and --context`
    )
  }
  return stored.missingShards === 0
    ? stored
    : yield* failed(
      `parts of the record ${name} are missing: start the controller, which mends it, and run the same again`
    )
})

/** Writes into the head; the leader may write at the same time, but not something else that was asked about. */
const write = Effect.fnUntraced(
  function*(name: string, change: (head: Head) => Head, isMeant: (now: Stored) => boolean) {
    const store = yield* RecordStore
    const now = yield* loadRecord(name)
    if (!isMeant(now))
      return yield* failed("it changed while you looked, and nothing was confirmed: run the same again")
    yield* store.save({ ...now.record, head: change(now.record.head) }, now)
  },
  Effect.retry({ while: ({ _tag }) => _tag === "VersionConflict", times: 10 })
)

const linesOf = (held: ReadonlyArray<Held>) =>
  held.flatMap(({ objects, reason, side }) => [`${side} ${reason}`, ...objects.map((object) => `${side} ${object}`)])

const sameHeld = (a: ReadonlyArray<Held>, b: ReadonlyArray<Held>) => {
  const [left, right] = [linesOf(a), linesOf(b)]
  return left.length === right.length && left.every((line, index) => line === right[index])
}

const confirmDeletions = Effect.fnUntraced(function*(name: string, yes: boolean) {
  const { record } = yield* loadRecord(name)
  const held = heldIn(record)
  if (held.length === 0) return yield* Console.log("No deletion waits for a confirmation.")
  yield* Console.log(renderHeld(held, formatSource(record.head.source)))
  yield* checkAskable(yes)
  yield* askFirst(yes, "Is that right?")
  const count = countOf(held)
  yield* write(name, (head) => ({ ...head, confirms: count }), (now) => sameHeld(held, heldIn(now.record)))
  yield* Console.log("Confirmed: the controller that leads carries it out within a few seconds.")
})

const confirmTakeOver = Effect.fnUntraced(function*(name: string, yes: boolean) {
  const { record: { head: { rival, source } } } = yield* loadRecord(name)
  if (rival === undefined)
    return yield* failed("as far as the controller knows, Git names no other cluster, so there is no place to take")
  const [cluster, stateNamespace] = rival.split("/")
  const whose = rival === nobodys ? "nobody" : `cluster ${cluster} (state namespace ${stateNamespace})`
  yield* Console.log(
    `In ${
      formatSource(source)
    }, Git names ${whose}. This cluster's name will stand there instead, and it will write there. ` +
      `What Git has and this cluster lacks stays in Git. The other cluster's controller must not run any more.`
  )
  yield* checkAskable(yes)
  yield* askFirst(yes, "Take its place?")
  yield* write(name, (head) => ({ ...head, takesOver: rival }), ({ record: { head } }) => head.rival === rival)
  yield* Console.log("Confirmed: the controller that leads names this cluster in Git within a few seconds.")
})

/** Exits with 0 when it is confirmed or nothing waits, 1 otherwise. */
export const confirm = Command.make(
  "confirm",
  { config: configFlag, kubeconfig: kubeconfigFlag, context: contextFlag, takeOver: takeOverFlag, yes: yesFlag },
  Effect.fn("confirm")(function*({ config: file, context, kubeconfig, takeOver, yes }) {
    const config = yield* Config.load({
      file,
      gitUrl: noRepository,
      ...optional("podNamespace", yield* podNamespace)
    })
    const cluster = { ...optional("kubeconfig", kubeconfig), ...optional("context", context) }
    const name = `${config.stateNamespace}/${headName(config.name)}`
    const work = takeOver ? confirmTakeOver(name, yes) : confirmDeletions(name, yes)
    yield* work.pipe(
      Effect.provide(App.recordStore(config).pipe(Layer.provide(Writer.layer), Layer.provide(Unopposed))),
      Effect.provide(connection(config, { context, kubeconfig })),
      Effect.provide(App.options(config, cluster))
    )
  }, Effect.mapError((error) => error._tag === "CommandFailed" ? error : failed(error.message)))
).pipe(
  Command.withDescription(
    "Confirm deletions, in Git or in the cluster, that the controller holds, because they are more than it does by itself (\"deletions\" in the configuration), " +
      "or because Git or the cluster looked like another. Shows them and asks. A commit can say the same: see \"status\"."
  ),
  Command.withShortDescription("Confirm deletions that wait for a person"),
  Command.withExamples([
    {
      command: "gitops-controller confirm",
      description: "Show what would be removed from Git and deleted in the cluster, and ask"
    },
    {
      command: "gitops-controller confirm --take-over",
      description: "This cluster is the one that writes to the repository from now on"
    }
  ])
)
