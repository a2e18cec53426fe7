import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Coordinator from "../../src/coordination/Coordinator.ts"
import { phaseOf } from "../../src/coordination/CoordinatorState.ts"
import { RecordStore, type Stored } from "../../src/coordination/RecordStore.ts"
import { GitActor } from "../../src/git/GitActor.ts"
import { noReport } from "../../src/git/GitReport.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import { Leadership, type Standing } from "../../src/kubernetes/Leadership.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { Rulesets } from "../../src/rules/Rulesets.ts"
import { ref, round, rule } from "../kind/samples.ts"
import { options } from "./samples.ts"

const report = { ...noReport, tip: round(1, [ref("a", "d1")]).tip, checkedAt: 0 }
const kubeSystem = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "kube-system", uid: "c", resourceVersion: "1" }
}

/** A Coordinator whose next look at the record, or its next write, can be made to fail as nothing should. */
const coordinating = Effect.fnUntraced(function*(standings: Queue.Queue<Standing>) {
  let stored: Stored | undefined
  const store = { isCursed: false }
  const cursed = Effect.suspend(() => {
    if (!store.isCursed) return Effect.void
    store.isCursed = false
    return Effect.die(new Error("a mistake of ours"))
  })
  const world = Layer.mergeAll(
    Layer.mock(GitActor, { changes: Stream.make(report) }),
    Layer.mock(Leadership, { identity: "us", standing: Stream.fromQueue(standings) }),
    Layer.mock(Reflector, { relist: Effect.void }),
    Layer.mock(Writer, { fieldManager: "us", get: () => Effect.succeed(kubeSystem) }),
    Rulesets.layer([rule()]),
    Layer.succeed(RecordStore, {
      load: Effect.andThen(cursed, Effect.sync(() => stored)),
      isCurrent: () => Effect.succeed(true),
      save: (record) =>
        Effect.andThen(cursed, Effect.sync(() => stored = { record, versions: new Map(), missingShards: 0 }))
    })
  )
  const context = yield* Layer.build(Coordinator.layer(options).pipe(Layer.provide(world)))
  return {
    ...yield* Effect.all({ coordinator: Coordinator.Coordinator, coordination: Coordination }).pipe(
      Effect.provide(context)
    ),
    store
  }
})

const settled = TestClock.adjust("1 second")

describe("a Coordinator that failed", () => {
  it.effect("knows what it was told last, and by nobody since: that this process leads", () =>
    Effect.gen(function*() {
      const standings = yield* Queue.unbounded<Standing>()
      const { coordinator, store } = yield* coordinating(standings)
      yield* settled
      store.isCursed = true
      yield* Queue.offer(standings, { _tag: "Leading", term: 1 })
      yield* settled
      assert.isFalse(store.isCursed)
      assert.strictEqual(phaseOf(yield* coordinator.state)._tag, "Syncing")
    }).pipe(Effect.scoped))

  it.effect("answers those who wait for leave to delete, so that they ask again", () =>
    Effect.gen(function*() {
      const standings = yield* Queue.unbounded<Standing>()
      const { coordination, coordinator, store } = yield* coordinating(standings)
      yield* Queue.offer(standings, { _tag: "Leading", term: 1 })
      yield* settled
      const { round: number } = yield* coordinator.state
      yield* coordination.expect(number, new Set(["ConfigMap"]), new Set())
      yield* settled
      const asking = { kind: "ConfigMap", id: "shop/web", uid: "u", always: false, round: number }
      const leave = yield* coordination.requestDeletion(asking)
      const waiting = yield* Effect.forkChild(Effect.flip(leave))
      yield* settled
      assert.isUndefined(waiting.pollUnsafe())
      store.isCursed = true
      yield* Effect.forkChild(coordination.enroll("ConfigMap", ["shop/new"]))
      yield* settled
      assert.isFalse(store.isCursed)
      assert.include((yield* Fiber.join(waiting)).message, "started again")
    }).pipe(Effect.scoped))
})
