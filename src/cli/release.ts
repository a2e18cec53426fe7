/** `gitops-controller release`: gives up what is ours without changing one value. How a person uninstalls us. */
import { Console, Effect, Layer, Schema } from "effect"
import { Command } from "effect/cli"
import * as App from "../App.ts"
import * as Config from "../config/Config.ts"
import { writesToGit } from "../coordination/CoordinatorState.ts"
import { headName } from "../coordination/RecordStore.ts"
import { countsByKind, isLeftAlone } from "../coordination/ReleaseScope.ts"
import { forget, releaseAll, removeRecord } from "../coordination/Releasing.ts"
import { NeverLeading } from "../inspect/NeverLeading.ts"
import { KindOptions } from "../kind/KindOptions.ts"
import { KubernetesOptions } from "../kubernetes/KubernetesOptions.ts"
import { Leadership } from "../kubernetes/Leadership.ts"
import { type AnotherLeads, removeLease, takeLease } from "../kubernetes/takeLease.ts"
import { Writer } from "../kubernetes/Writer.ts"
import { askFirst, checkAskable } from "./askFirst.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { optional } from "./optional.ts"
import { podNamespace } from "./podNamespace.ts"
import { type ReleaseFlags, releaseParameters } from "./releaseFlags.ts"
import { isNothing, type ReleaseSurvey, releaseSurvey } from "./releaseSurvey.ts"
import { type Circumstances, renderIntent, renderReport, Report } from "./render/renderRelease.ts"
import { connection } from "./ServedCluster.ts"
import { Unopposed } from "./Unopposed.ts"
import { checkFlags } from "./whatToRelease.ts"

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

/** What is told of a survey that found nothing to do. */
const nothing: Report = { ok: true, released: [], failed: [], removed: { record: false, lease: false } }

const carryOut = Effect.fnUntraced(function*(survey: ReleaseSurvey, head: string, keepsRecord: boolean) {
  const observer = yield* KindOptions
  const { stateNamespace } = yield* KubernetesOptions
  const { absent, meant, scope } = survey
  const { done, failed, released } = yield* releaseAll(meant.found, observer)
  const failures = [...failed, ...meant.unknown.map((one) => ({ ...one, object: "" }))]
  const ok = failures.length === 0
  const removes = scope._tag === "All" && ok
  const record = removes && (yield* removeRecord(head, stateNamespace))
  if (!removes && !keepsRecord) yield* forget([...absent, ...done])
  return { ok, released, failed: failures, removed: { record, lease: false } } satisfies Report
})

const opposed = ({ message }: AnotherLeads) =>
  failed(
    `${message}, and would take back at once what is let go of. Stop it first (kubectl scale deployment --replicas=0), ` +
      "or suspend the rule in its configuration and release with --rule"
  )

/** Under the Lease, so that no controller starts meanwhile; a leader that leaves the objects alone anyhow goes on, and keeps the record. */
const underLease = Effect.fnUntraced(
  function*<E, R>(isLeftAlone: boolean, work: (keepsRecord: boolean) => Effect.Effect<Report, E, R>) {
    const leadership = yield* Leadership
    const keepsRecord = yield* takeLease.pipe(
      Effect.as(false),
      Effect.catchTag("AnotherLeads", (error) => isLeftAlone ? Effect.succeed(true) : Effect.fail(opposed(error)))
    )
    const writer = Writer.layer.pipe(Layer.provide(keepsRecord ? Unopposed : Layer.succeed(Leadership, leadership)))
    return yield* Effect.provide(work(keepsRecord), writer)
  },
  Effect.provide(Leadership.layer)
)

const letGo = Effect.fnUntraced(function*(flags: ReleaseFlags, config: Config.Config, file: string) {
  const { leaseName, stateNamespace } = yield* KubernetesOptions
  const head = headName(config.name)
  const survey = releaseSurvey(flags, config, file).pipe(Effect.provide(App.recordStore(config)))
  const before = yield* survey.pipe(Effect.provide(Writer.layer.pipe(Layer.provide(NeverLeading))))
  const circumstances: Circumstances = {
    record: `${stateNamespace}/${head}`,
    lease: `${stateNamespace}/${leaseName}`,
    isAll: flags.all,
    isTakenBack: !flags.all && !isLeftAlone(before.scope),
    isNamed: writesToGit({ number: 1, rules: config.rules })
  }
  if (isNothing(before)) return { report: nothing, circumstances }
  yield* checkAskable(flags.yes, flags.output)
  const report = yield* underLease(isLeftAlone(before.scope), (keepsRecord) =>
    Effect.gen(function*() {
      const now = yield* survey
      if (flags.output === "text") yield* Console.log(renderIntent(countsByKind(now.meant), now.cluster, circumstances))
      yield* askFirst(flags.yes, "Let go of them?")
      return yield* carryOut(now, head, keepsRecord)
    }).pipe(Effect.provide(App.recordStore(config))))
  const lease = flags.all && report.ok && (yield* removeLease)
  return {
    report: { ...report, ok: report.ok && lease === flags.all, removed: { ...report.removed, lease } },
    circumstances
  }
})

const encode = Schema.encodeEffect(Schema.fromJsonString(Report))

/** Exits with 0 when everything that was meant is let go of, 1 otherwise. */
export const release = Command.make(
  "release",
  releaseParameters,
  Effect.fn("release")(function*({ config: file, gitUrl, ...flags }) {
    yield* checkFlags(flags)
    const config = yield* Config.load({
      file,
      ...optional("gitUrl", gitUrl),
      ...optional("podNamespace", yield* podNamespace)
    })
    const cluster = { ...optional("kubeconfig", flags.kubeconfig), ...optional("context", flags.context) }
    const { circumstances, report } = yield* letGo(flags, config, file).pipe(
      Effect.provide(connection(config, flags)),
      Effect.provide(App.options(config, cluster))
    )
    yield* Console.log(
      flags.output === "json" ? yield* Effect.orDie(encode(report)) : renderReport(report, circumstances)
    )
    if (!report.ok) return yield* failed("")
  }, Effect.mapError((error) => error._tag === "CommandFailed" ? error : failed(error.message)))
).pipe(
  Command.withDescription(
    "Give up what the controller owns, its label and its record, without changing one value: afterwards the objects are nobody's. " +
      "A controller that leads would take them back, so it has to be stopped first, unless the rule is suspended or ignores them."
  ),
  Command.withShortDescription("Let go of objects without changing them; with --all, uninstall"),
  Command.withExamples([
    {
      command: "gitops-controller release --all",
      description: "Let go of everything, then remove the record and the Lease"
    },
    { command: "gitops-controller release --rule 2", description: "Let go of what the second rule decides about" },
    { command: "gitops-controller release --object deployment shop/web", description: "Let go of one object" }
  ])
)
