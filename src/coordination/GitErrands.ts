/** What the Coordinator has Git do, beside its mailbox: to look at the branch's history, and to name this cluster. One of each at a time. */
import { Clock, Effect, FiberHandle } from "effect"
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

/** Whom Git names still: a person has said that we take that one's place. */
const replacedIn = ({ git: { tip } }: CoordinatorState): Pick<Naming, "replaces"> =>
  tip?.named._tag === "Named" ? { replaces: tip.named.cluster } : {}

/** Starts what the state asks for; answers come by mail. Answers when to look again. */
export const make = Effect.fnUntraced(function*(mail: (message: CoordinatorMessage) => Effect.Effect<void>) {
  const git = yield* GitActor
  const asking = yield* FiberHandle.make<void>()
  const naming = yield* FiberHandle.make<void>()
  let asked: Errand<HistoryQuestion> | undefined
  let named: Errand<string | undefined> | undefined

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
    const { git: { tip }, options: { stateNamespace }, record } = state
    if (record._tag !== "Loaded" || clusterStandingOf(state)?.step !== "NameUs") {
      named = undefined
      return undefined
    }
    if (named === undefined || named.what !== tip?.commit || now >= named.again) {
      named = { what: tip?.commit, again: now + retryAfter }
      yield* name({ cluster: record.record.head.cluster, stateNamespace, ...replacedIn(state) })
    }
    return named.again
  })

  return Effect.fnUntraced(function*(state: CoordinatorState) {
    const now = yield* Clock.currentTimeMillis
    return [yield* attendHistory(state, now), yield* attendNaming(state, now)]
  })
})
