// Who applies the same manifests in the `apply` benchmark: we, as a process of our own; kubectl; and a bare replay.
import { Effect, type Scope } from "effect"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { appliedSince, type AppliedTimes, auditSize } from "./AppliedTimes.ts"
import { type BenchCluster, manifestFolder } from "./BenchCluster.ts"
import { filesOf, type Generated } from "./Manifests.ts"
import { replay } from "./Replay.ts"

export interface Work {
  readonly cluster: BenchCluster
  /** Which way to the API server. */
  readonly kubeconfig: string
  readonly namespace: string
  readonly manifests: ReadonlyArray<Generated>
}

/** Milliseconds from the start of the process to where it had come. */
export type Stages = Readonly<Record<string, number>>

export interface ApplyRun extends AppliedTimes {
  /** What came before the first PATCH. */
  readonly before: Stages
}

export type Contender = "ours" | "kubectl" | "replay"

/** Applies, and answers what came before the first PATCH, as far as the contender tells. */
type Apply = (work: Work) => Effect.Effect<Stages, Error, Scope.Scope>

const patience = { within: 600_000, every: 100 }

const loggedAt = (log: string, words: string): number => {
  const line = log.split("\n").find((it) => it.includes(words))
  const { timestamp }: { readonly timestamp: string } = JSON.parse(line ?? `{"timestamp":""}`)
  return Date.parse(timestamp)
}

const stagesOf = (log: string, startedAt: number): Stages => ({
  listening: loggedAt(log, "Listening on") - startedAt,
  takenUp: loggedAt(log, "Taking up") - startedAt
})

/** Waits without asking the controller anything: it would have to answer while it is measured. */
export const inStep = (controller: Controller, commit: string) =>
  eventually(
    `in step with ${commit}`,
    controller.log,
    (log) => log.includes(`In step with ${commit.slice(0, 8)}`),
    patience
  )

export const benchConfig = (gitUrl: string, namespace: string) => ({
  gitUrl,
  stateNamespace: `${namespace}-state`,
  interval: "1h",
  http: { port: 0 },
  restore: "off",
  rules: [{ syncTo: "kubernetes" }]
})

const ours: Apply = Effect.fnUntraced(function*({ kubeconfig, manifests, namespace }) {
  const repository = yield* bareRepository()
  const commit = yield* repository.commit(filesOf(manifests))
  const startedAt = Date.now()
  const configText = JSON.stringify(benchConfig(repository.url, namespace))
  const controller = yield* startController({ kubeconfig, configText })
  yield* inStep(controller, commit)
  return stagesOf(yield* controller.log, startedAt)
})

const kubectl: Apply = Effect.fnUntraced(function*({ cluster, kubeconfig, manifests }) {
  const folder = yield* manifestFolder(manifests)
  yield* cluster.kubectlOk(["apply", "--server-side", "--force-conflicts", "-R", "-f", folder], { kubeconfig })
  return {}
})

const replayed: Apply = ({ cluster, manifests }) => Effect.as(replay(cluster, manifests), {})

const contenders: Readonly<Record<Contender, Apply>> = { ours, kubectl, replay: replayed }

/** Lets one contender create everything, and measures it from outside. What it started has ended when this answers. */
export const measure = Effect.fnUntraced(function*(contender: Contender, work: Work) {
  const since = yield* auditSize(work.cluster)
  const startedAt = Date.now()
  const stages = yield* Effect.scoped(contenders[contender](work))
  const applied = yield* appliedSince(work.cluster, since, work.namespace, work.manifests.length)
  return { ...applied, before: { ...stages, firstPatch: applied.firstReceived - startedAt } } satisfies ApplyRun
})
