/** What the Coordinator has Git do, beside its mailbox: to look at the branch's history, and to name this cluster. One of each at a time. */
import { Clock, Effect, FiberHandle } from "effect"
import { type ClusterId, sameCluster } from "../git/ClusterName.ts"
import { GitActor } from "../git/GitActor.ts"
import type { Naming } from "../git/GitMessages.ts"
import type { CoordinatorMessage, HistoryQuestion } from "./CoordinatorMessage.ts"
import { clusterStandingOf, type CoordinatorState } from "./CoordinatorState.ts"
import { questionOf, sameQuestion } from "./HistoryQuestion.ts"

/** Milliseconds until the same is tried again. */
const retryAfter = 15_000

interface Errand<A> {
  readonly what: A
  /** When it may be tried again. */
  readonly again: number
}

/** What the file that names a cluster shall say; `undefined`: what it says. */
const namingOf = (state: CoordinatorState): Naming | undefined => {
  const { git: { tip }, options: { stateNamespace }, record } = state
  if (record._tag !== "Loaded") return undefined
  const { head } = record.record
  const us: ClusterId = { cluster: head.cluster, stateNamespace }
  const named = tip?.named._tag === "Named" ? tip.named : undefined
  switch (clusterStandingOf(state)?.step) {
    case "NameUs":
      // Whom Git names still: its place is ours by a person's word, or since it did not answer.
      return named === undefined
        ? us
        : { ...us, replaces: named.cluster, ...head.takesOver === undefined ? { byRequest: true } : {} }
    case "AskTakeover":
      return named === undefined
        ? undefined
        : { cluster: named.cluster, stateNamespace: named.stateNamespace, takeover: us }
    case "RefuseTakeover":
      return named?.takeover === undefined ? undefined : { ...us, refused: named.takeover }
    default:
      return undefined
  }
}

const sameNaming = (a: Naming | undefined, b: Naming): boolean =>
  sameCluster(a, b) && a?.replaces === b.replaces && a?.byRequest === b.byRequest &&
  sameCluster(a?.takeover, b.takeover) &&
  sameCluster(a?.refused, b.refused)

/** Starts what the state asks for; answers come by mail. Answers when to look again. */
export const make = Effect.fnUntraced(function*(mail: (message: CoordinatorMessage) => Effect.Effect<void>) {
  const git = yield* GitActor
  const asking = yield* FiberHandle.make<void>()
  const naming = yield* FiberHandle.make<void>()
  let asked: Errand<HistoryQuestion> | undefined
  let named: Errand<{ readonly naming: Naming; readonly tip: string | undefined }> | undefined

  const ask = (question: HistoryQuestion) =>
    git.history(question.since).pipe(
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "HistoryTold", question, exit })),
      FiberHandle.run(asking)
    )

  const name = (wanted: Naming) =>
    git.nameCluster(wanted).pipe(
      Effect.exit,
      Effect.flatMap((exit) => mail({ _tag: "NamingTold", exit })),
      FiberHandle.run(naming)
    )

  const attendHistory = Effect.fnUntraced(function*(state: CoordinatorState, now: number) {
    const question = questionOf(state)
    if (question === undefined) {
      asked = undefined
      return undefined
    }
    if (asked === undefined || !sameQuestion(asked.what, question) || now >= asked.again) {
      asked = { what: question, again: now + retryAfter }
      yield* ask(question)
    }
    return asked.again
  })

  const attendNaming = Effect.fnUntraced(function*(state: CoordinatorState, now: number) {
    const naming = namingOf(state)
    const tip = state.git.tip?.commit
    if (naming === undefined) {
      named = undefined
      return undefined
    }
    if (named === undefined || named.what.tip !== tip || !sameNaming(named.what.naming, naming) || now >= named.again) {
      named = { what: { naming, tip }, again: now + retryAfter }
      yield* name(naming)
    }
    return named.again
  })

  return Effect.fnUntraced(function*(state: CoordinatorState) {
    const now = yield* Clock.currentTimeMillis
    return [yield* attendHistory(state, now), yield* attendNaming(state, now)]
  })
})
