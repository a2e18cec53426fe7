// When a kind may delete an object in the cluster, what the record says before it is told, and when the next round begins.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import type { CoordinatorMessage, DeletionAsked } from "../../src/coordination/CoordinatorMessage.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import * as DeletionAnswers from "../../src/coordination/DeletionAnswers.ts"
import * as DeletionsState from "../../src/coordination/DeletionsState.ts"
import type { Tip } from "../../src/git/Tip.ts"
import type { Deletion, DeletionHeld, DeletionRefused } from "../../src/kind/Coordination.ts"
import type { KindReport, Missing } from "../../src/kind/KindReport.ts"
import { stageOf } from "../../src/kind/Stage.ts"
import { groupKind } from "../../src/manifest/ObjectKey.ts"
import { ref, round } from "../kind/samples.ts"
import { keeping, kind, reported, standby } from "./keeping.ts"

const quiet = 2000

const makeAsked = (deletion: Deletion, at = 0): Effect.Effect<DeletionAsked> =>
  Effect.map(
    Deferred.make<void, DeletionHeld | DeletionRefused>(),
    (reply) => ({ _tag: "DeletionAsked", deletion, at, reply })
  )

const said = Effect.fnUntraced(function*({ reply }: DeletionAsked) {
  if (!(yield* Deferred.isDone(reply))) return "waiting"
  const exit = yield* Effect.exit(Effect.flip(Deferred.await(reply)))
  return Exit.isSuccess(exit) ? `${exit.value._tag}: ${exit.value.message}` : "granted"
})

const report = (round: number, missing: ReadonlyArray<Missing> = []): CoordinatorMessage => {
  const report: KindReport = {
    kind,
    stage: stageOf(groupKind(kind)),
    watch: { _tag: "Live" },
    round,
    busy: false,
    rules: [],
    troubles: [],
    troubleCount: 0,
    missing
  }
  return { _tag: "Reported", report }
}

/** A record that has these objects as ours, with a manifest left in Git, and every kind settled. */
const applied = Effect.fnUntraced(function*(...ids: ReadonlyArray<string>) {
  const kept = yield* keeping()
  yield* kept.tell(reported({ named: { _tag: "Nobody" }, index: round(1, [ref("stays", "d1")]).tip.index, tree: "t1" }))
  for (const id of ids) yield* kept.enroll(id)
  yield* kept.tell(kept.settle(true))
  const ask = (ids: ReadonlyArray<string>, at = 0, change: Partial<Deletion> = {}) =>
    Effect.gen(function*() {
      const { round } = kept.state()
      const asked = yield* Effect.forEach(ids, (id) =>
        makeAsked({ kind, id, uid: `uid-of-${id}`, always: false, round, ...change }, at))
      yield* kept.tell(...asked)
      return asked
    })
  const judged = Effect.gen(function*() {
    yield* TestClock.adjust(quiet)
    yield* kept.wake
    return yield* DeletionAnswers.handOut(kept.state())
  })
  return { ...kept, ask, judged }
})

const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at % 7}/c${at}`)

describe("leave to delete an object", () => {
  it.effect("is given once every kind has settled and the record says so", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      yield* bed.tell(bed.settle(false))
      const [one] = yield* bed.ask(["n0/c0"])
      if (one === undefined) return assert.fail("nothing was asked for")
      yield* bed.judged
      assert.strictEqual(yield* said(one), "waiting", "a kind has something to do still")
      yield* bed.tell(bed.settle(true))
      const after = yield* bed.judged
      assert.strictEqual(yield* said(one), "granted")
      assert.deepInclude(bed.store.stored?.record.deletions.get(kind)?.get("n0/c0"), {
        mark: "granted",
        basis: "uid-of-n0/c0"
      })
      assert.lengthOf(after.deletions.inUse, 1)
    }))

  it.effect("is not given for what the record doesn't know, unless a rule takes everything", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      const [unknown] = yield* bed.ask(["n0/unknown"])
      const [always] = yield* bed.ask(["n0/other"], 0, { always: true })
      yield* bed.judged
      assert.include(yield* said(unknown ?? assert.fail()), "DeletionHeld: ConfigMap n0/unknown is in no manifest, but")
      assert.strictEqual(yield* said(always ?? assert.fail()), "granted")
    }))

  it.effect("waits for a person over the budget, whoever leads and however long it takes", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(200))
      const first = yield* bed.ask(names(21))
      yield* bed.judged
      for (const one of first) assert.include(yield* said(one), "21 objects would be deleted in the cluster")
      yield* TestClock.adjust("1 day")
      yield* bed.tell(standby)
      yield* bed.lead
      yield* bed.tell(bed.settle(true))
      const [again] = yield* bed.ask(["n0/c0"])
      yield* bed.judged
      assert.include(yield* said(again ?? assert.fail()), "Confirm-deletions: default 21")
    }))

  it.effect("is not given in another round than it was asked in, nor while another leads", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      const [old] = yield* bed.ask(["n0/c0"], 0, { round: bed.state().round - 1 })
      assert.include(yield* said(old ?? assert.fail()), "DeletionRefused")
      yield* bed.tell(standby)
      const [later] = yield* bed.ask(["n0/c0"])
      assert.include(yield* said(later ?? assert.fail()), "DeletionRefused")
    }))

  it.effect("waits until what is new in its namespace, or under its name, is there", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      const { round } = bed.state()
      yield* bed.tell({ _tag: "Expected", round, kinds: new Set([kind]), unserved: new Set() })
      yield* bed.tell(report(round, [{ kind, namespace: "n0", name: "c1" }]))
      const asked = yield* bed.ask(["n0/c0", "n1/c1", "n2/c2"])
      yield* bed.judged
      const [inSame, named, other] = yield* Effect.forEach(asked, said)
      assert.include(inSame, "ConfigMap n0/c1 is new in Git")
      assert.include(named, "ConfigMap n0/c1 is new in Git")
      assert.strictEqual(other, "granted")
    }))

  it.effect("keeps the next round closed until it was used or given back", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      const [one] = yield* bed.ask(["n0/c0"])
      const told = yield* bed.judged
      const next = (state: CoordinatorState.CoordinatorState) =>
        CoordinatorState.advance({
          ...state,
          round: state.round + 1,
          progress: { ...state.progress, round: state.round + 1, reports: new Map() }
        })
      assert.isUndefined(next(told).opened)
      const returned = DeletionsState.afterReturned(told.deletions, (one ?? assert.fail()).reply)
      assert.isDefined(next({ ...told, deletions: returned }).opened)
    }))
})

describe("a history that is rewritten", () => {
  const told = (since: string, tip: string, isAncestor: boolean): CoordinatorMessage => ({
    _tag: "HistoryTold",
    question: { about: "Ancestry", since, tip },
    exit: Exit.succeed({ isAncestor, confirmations: [] })
  })
  const settledAt = Effect.fnUntraced(function*(bed: Effect.Success<ReturnType<typeof applied>>, change: Partial<Tip>) {
    yield* bed.tell(reported({ named: { _tag: "Nobody" }, ...change }))
    yield* bed.tell(bed.settle(true))
  })

  it.effect("is asked about again after a restart, though a person confirmed the one before in the last moment", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      yield* settledAt(bed, { commit: "B", tree: "t2", rewrittenFrom: "A" })
      yield* bed.tell(told("1", "B", false))
      yield* bed.wake
      yield* bed.tell(standby)
      yield* settledAt(bed, { commit: "C", tree: "t3" })
      const { stored } = bed.store
      if (stored === undefined) return assert.fail("nothing was written")
      assert.strictEqual(stored.record.head.lastSynced, "B")
      bed.store.stored = { ...stored, record: { ...stored.record, head: { ...stored.record.head, confirms: 0 } } }
      yield* bed.lead
      yield* bed.tell(bed.settle(true))
      const waiting = yield* bed.ask(["n0/c0"])
      yield* bed.judged
      assert.isUndefined(
        bed.store.stored.record.head.accepted,
        "it is not known yet whether the world is still the same"
      )
      assert.strictEqual(bed.store.stored.record.head.lastSynced, "B", "so that the next life asks too")
      yield* bed.tell(told("B", "C", false))
      yield* bed.judged
      const { head } = bed.store.stored.record
      assert.include(head.deletionLatch?.reason, "B, is no longer part")
      assert.strictEqual(head.deletionLatch?.commit, "C")
      assert.isUndefined(head.confirms)
      assert.include(bed.state().objection, "wait for another reason by now")
      assert.deepStrictEqual(
        (yield* Effect.forEach(waiting, said)).map((one) => one.split(":")[0]),
        ["DeletionHeld"]
      )
      bed.store.stored = { ...bed.store.stored, record: { ...bed.store.stored.record, head: { ...head, confirms: 1 } } }
      yield* TestClock.adjust("1 minute")
      yield* bed.wake
      assert.isUndefined(bed.store.stored.record.head.deletionLatch)
      const [again] = yield* bed.ask(["n0/c0"], 70_000)
      yield* TestClock.adjust("1 minute")
      yield* bed.judged
      assert.strictEqual(yield* said(again ?? assert.fail()), "granted")
    }))

  it.effect("takes back what was granted and not told yet", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      const [one] = yield* bed.ask(["n0/c0"])
      yield* TestClock.adjust(quiet)
      yield* bed.wake
      assert.lengthOf(bed.state().deletions.granted, 1)
      const { git: { tip } } = bed.state()
      yield* bed.tell(reported({ ...tip, commit: "B", rewrittenFrom: "A" }))
      const after = yield* DeletionAnswers.handOut(bed.state())
      assert.include(yield* said(one ?? assert.fail()), "has to be confirmed by a person")
      assert.lengthOf([...after.deletions.granted, ...after.deletions.inUse], 0)
    }))

  it.effect("is not answered by what the history of an older tip says", () =>
    Effect.gen(function*() {
      const bed = yield* applied(...names(30))
      yield* settledAt(bed, { commit: "B", tree: "t2", rewrittenFrom: "1" })
      yield* settledAt(bed, { commit: "C", tree: "t3", rewrittenFrom: "B" })
      yield* bed.tell(told("1", "B", true))
      assert.strictEqual(bed.state().ancestry?.answer, "Unknown")
      yield* bed.tell(told("1", "C", true))
      assert.strictEqual(bed.state().ancestry?.answer, "Proved")
    }))
})

describe("the order of deleting", () => {
  const asked = (of: string) => makeAsked({ kind: of, id: "x", uid: "u", always: false, round: 1 })

  it.effect("is the reverse of applying; what comes earlier waits until what comes later is done", () =>
    Effect.gen(function*() {
      const workload = yield* asked("Deployment.apps")
      const hook = yield* asked("ValidatingWebhookConfiguration.admissionregistration.k8s.io")
      const namespace = yield* asked("Namespace")
      const state = { ...DeletionsState.none, granted: [namespace, workload, hook] }
      assert.deepStrictEqual(DeletionsState.nextTurn(state), [hook])
      const first = DeletionsState.afterTold(state, [hook])
      assert.deepStrictEqual(DeletionsState.nextTurn(first), [])
      const second = DeletionsState.afterReturned(first, hook.reply)
      assert.deepStrictEqual(DeletionsState.nextTurn(second), [workload])
    }))
})
