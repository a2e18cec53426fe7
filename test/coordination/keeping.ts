// The Coordinator's state with its record kept in memory, driven by messages: as the actor does it, without the actor.
import { Deferred, Effect, Exit, Layer } from "effect"
import type { CoordinatorMessage } from "../../src/coordination/CoordinatorMessage.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import { serialOf } from "../../src/coordination/Record.ts"
import * as RecordKeeping from "../../src/coordination/RecordKeeping.ts"
import { RecordStore, type Stored } from "../../src/coordination/RecordStore.ts"
import type { ClusterName } from "../../src/git/ClusterName.ts"
import { noReport } from "../../src/git/GitReport.ts"
import type { Tip } from "../../src/git/Tip.ts"
import type { RecordUnwritten, Removal, RemovalHeld } from "../../src/kind/Coordination.ts"
import { ApiUnavailable } from "../../src/kubernetes/ApiError.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { ref, round, rule } from "../kind/samples.ts"
import { options } from "./samples.ts"

export const kind = "ConfigMap"
export const leading: CoordinatorMessage = { _tag: "StandingChanged", standing: { _tag: "Leading", term: 1 } }
export const standby: CoordinatorMessage = { _tag: "StandingChanged", standing: { _tag: "Standby", holder: "other" } }

const us: ClusterName = { _tag: "Named", cluster: "cluster", stateNamespace: options.stateNamespace }

export const reported = (change: Partial<Tip> = {}): CoordinatorMessage => {
  const { tip } = round(1, [ref("a", "d1")])
  return { _tag: "GitReported", report: { ...noReport, tip: { ...tip, named: us, ...change }, checkedAt: 0 } }
}

const broken = new ApiUnavailable({
  subject: { verb: "update", resource: "configmaps", version: "v1" },
  status: 500,
  reason: "no"
})

const kubeSystem = { metadata: { name: "x", uid: "cluster", resourceVersion: "1" } } as unknown as KubernetesObject

/** A record kept in memory, whose writes can be made to fail. */
export const keeping = Effect.fnUntraced(function*(syncTo: "kubernetes" | "git" = "kubernetes") {
  const store: { stored: Stored | undefined; isBroken: boolean; atWrite: Effect.Effect<void>; writes: number } = {
    stored: undefined,
    isBroken: false,
    atWrite: Effect.void,
    writes: 0
  }
  const world = Layer.mergeAll(
    Layer.succeed(RecordStore, {
      load: Effect.sync(() => store.stored),
      isCurrent: (stored) => Effect.sync(() => store.stored === stored),
      save: (record) =>
        Effect.gen(function*() {
          yield* store.atWrite
          if (store.isBroken) return yield* broken
          store.writes += 1
          const head = { ...record.head, serial: serialOf(record.head) + 1 }
          return store.stored = { record: { ...record, head }, versions: new Map(), missingShards: 0 }
        })
    }),
    Layer.mock(Writer, { fieldManager: "us", get: () => Effect.succeed(kubeSystem) })
  )
  const { attend } = yield* RecordKeeping.make.pipe(Effect.provide(world))
  const ruleset = { number: 1, rules: [rule({ syncTo })] }
  let state = CoordinatorState.initial(ruleset, noReport, 0, options)
  /** As the Coordinator does with every message. */
  const tell = (...messages: ReadonlyArray<CoordinatorMessage>) =>
    Effect.gen(function*() {
      for (const message of messages) state = fold(state, message)
      state = CoordinatorState.advance(yield* attend(state))
      if (state.settledRound === state.round) state = CoordinatorState.advance(yield* attend(state))
    })
  const wake = tell({ _tag: "Woken" })
  const settle = (isSettled: boolean): CoordinatorMessage => ({
    _tag: "Expected",
    round: state.round,
    kinds: new Set(isSettled ? [] : [kind]),
    unserved: new Set()
  })
  const enroll = Effect.fnUntraced(function*(id: string, ...with_: ReadonlyArray<CoordinatorMessage>) {
    const reply = yield* Deferred.make<void, RecordUnwritten>()
    yield* tell({ _tag: "EnrollAsked", kind, ids: [id], reply }, ...with_)
    return reply
  })
  const see = Effect.fnUntraced(function*(...ids: ReadonlyArray<string>) {
    const reply = yield* Deferred.make<void, RecordUnwritten>()
    yield* tell({ _tag: "SeeAsked", kind, ids, reply })
    return reply
  })
  /** Answers what it is told, once it is told. */
  const ask = Effect.fnUntraced(function*(at: number, ...removals: ReadonlyArray<Removal>) {
    const replies = yield* Effect.forEach(removals, () => Deferred.make<void, RemovalHeld>())
    const messages = removals.flatMap((removal, index): ReadonlyArray<CoordinatorMessage> => {
      const reply = replies[index]
      return reply === undefined ? [] : [{ _tag: "RemovalAsked", removal, at, reply }]
    })
    yield* tell(...messages)
    return Effect.forEach(replies, (reply) =>
      Effect.gen(function*() {
        if (!(yield* Deferred.isDone(reply))) return "waiting"
        const exit = yield* Effect.exit(Effect.flip(Deferred.await(reply)))
        return Exit.isSuccess(exit) ? exit.value.message : "granted"
      }))
  })
  /** A term begins, and its kinds do. */
  const lead = Effect.andThen(tell(leading), Effect.suspend(() => tell(settle(false))))
  yield* tell(
    syncTo === "git" ? reported() : reported({ named: { _tag: "Nobody" }, index: round(1, []).tip.index })
  )
  yield* lead
  return {
    store,
    tell,
    wake,
    enroll,
    see,
    ask,
    settle,
    lead,
    state: () => state,
    restart: () => {
      state = CoordinatorState.restarted(state, state.ruleset)
    }
  }
})
