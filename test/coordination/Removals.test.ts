// When a kind may remove a document from Git, and what the record says of it before it is told.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { heldOn } from "../../src/coordination/HeldDeletions.ts"
import type { Record } from "../../src/coordination/Record.ts"
import * as RecordKeeping from "../../src/coordination/RecordKeeping.ts"
import type { Stored } from "../../src/coordination/RecordStore.ts"
import { roundOf } from "../../src/coordination/roundOf.ts"
import { keeping, kind, reported, standby } from "./keeping.ts"
import { removal } from "./samples.ts"

const names = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `n${(from + at) % 7}/c${from + at}`)
const removals = (ids: ReadonlyArray<string>) => ids.map((id) => removal(id))
const seenIn = (stored: Stored | undefined) => [...stored?.record.seen.get(kind)?.keys() ?? []].sort()

/** A record in which so many objects are seen. */
const mirroring = Effect.fnUntraced(function*(count: number) {
  const kept = yield* keeping("git")
  yield* kept.see(...names(count))
  return kept
})

/** Somebody else writes into it. */
const write = (store: { stored: Stored | undefined }, change: (record: Record) => Record) => {
  if (store.stored !== undefined) store.stored = { ...store.stored, record: change(store.stored.record) }
}

const quiet = 2000

describe("leave to remove a document", () => {
  it.effect("is given once nothing more was asked for a while, and the record says so before", () =>
    Effect.gen(function*() {
      const { ask, store, wake } = yield* mirroring(30)
      const told = yield* ask(0, ...removals(names(2)))
      yield* TestClock.adjust(quiet - 1)
      yield* wake
      assert.deepStrictEqual(yield* told, ["waiting", "waiting"])
      let early: ReadonlyArray<string> = []
      store.atWrite = Effect.map(told, (now) => {
        early = now
      })
      yield* TestClock.adjust(1)
      yield* wake
      assert.deepStrictEqual(early, ["waiting", "waiting"])
      assert.deepStrictEqual(yield* told, ["granted", "granted"])
      assert.deepStrictEqual(store.stored?.record.removals.get(kind)?.get("n0/c0")?.mark, "granted")
    }))

  it.effect("is judged at the latest when the first has waited long enough, all together", () =>
    Effect.gen(function*() {
      const { ask } = yield* mirroring(200)
      const told = []
      for (let second = 0; second < 31; second++) {
        told.push(yield* ask(second * 1000, removal(`n${second % 7}/c${second}`)))
        if (second < 30) yield* TestClock.adjust(1000)
      }
      const answers = (yield* Effect.all(told)).flat()
      assert.lengthOf(answers.filter((answer) => answer.includes(`"Confirm-deletions: default 31"`)), 31)
    }))

  it.effect("is not given for what this cluster never showed, and is for what it did", () =>
    Effect.gen(function*() {
      const { ask, wake } = yield* mirroring(30)
      const told = yield* ask(0, removal("n0/unknown"), removal("n0/c0"))
      yield* TestClock.adjust(quiet)
      yield* wake
      const [unknown, known] = yield* told
      assert.include(unknown, "ConfigMap n0/unknown is only in Git")
      assert.strictEqual(known, "granted")
    }))

  it.effect("is not given where Git is not known to be ours, or another leads", () =>
    Effect.gen(function*() {
      const { ask, tell } = yield* mirroring(30)
      yield* tell(reported({ named: { _tag: "Named", cluster: "them", stateNamespace: "ns" } }))
      assert.include((yield* yield* ask(0, removal("n0/c0")))[0], "cluster them")
      yield* tell(standby)
      assert.include((yield* yield* ask(0, removal("n0/c0")))[0], "stays in Git")
    }))

  it.effect("is not given when it can't be written down", () =>
    Effect.gen(function*() {
      const { ask, store, wake } = yield* mirroring(30)
      const told = yield* ask(0, removal("n0/c0"))
      store.isBroken = true
      yield* TestClock.adjust(quiet)
      yield* wake
      assert.include((yield* told)[0], "could not be read or written")
      store.isBroken = false
      yield* TestClock.adjust(RecordKeeping.retryAfter)
      const again = yield* ask(quiet + RecordKeeping.retryAfter, removal("n0/c0"))
      yield* TestClock.adjust(quiet)
      yield* wake
      assert.deepStrictEqual(yield* again, ["granted"])
    }))

  it.effect("counts what a leader before granted", () =>
    Effect.gen(function*() {
      const { ask, lead, tell, wake } = yield* mirroring(200)
      const first = yield* ask(0, ...removals(names(15)))
      yield* TestClock.adjust(quiet)
      yield* wake
      assert.deepStrictEqual(new Set(yield* first), new Set(["granted"]))
      yield* tell(standby)
      yield* lead
      const second = yield* ask(quiet, ...removals(names(6, 20)))
      yield* TestClock.adjust(quiet)
      yield* wake
      assert.include((yield* second)[0], "6 documents would be removed")
    }))
})

describe("removals that are held", () => {
  const held = Effect.fnUntraced(function*() {
    const kept = yield* mirroring(200)
    const told = yield* kept.ask(0, ...removals(names(21)))
    yield* TestClock.adjust(quiet)
    yield* kept.wake
    assert.include((yield* told)[0], "more than 20 at once")
    return kept
  })

  const askAgain = Effect.fnUntraced(function*(kept: Effect.Success<ReturnType<typeof held>>, ids = names(21)) {
    const told = yield* kept.ask(yield* Effect.clockWith((clock) => clock.currentTimeMillis), ...removals(ids))
    yield* TestClock.adjust(quiet)
    yield* kept.wake
    return yield* told
  })

  it.effect("stay held however long it takes, and whoever leads", () =>
    Effect.gen(function*() {
      const kept = yield* held()
      yield* TestClock.adjust("1 day")
      yield* kept.tell(standby)
      yield* kept.lead
      assert.include((yield* askAgain(kept, names(1)))[0], "21 documents would be removed")
    }))

  it.effect("go when a person confirmed them with the command, and kinds are told to ask again", () =>
    Effect.gen(function*() {
      const kept = yield* held()
      const before = kept.state().confirmed
      write(kept.store, (record) => ({ ...record, head: { ...record.head, confirms: 21 } }))
      yield* TestClock.adjust(RecordKeeping.personAfter)
      yield* kept.wake
      assert.strictEqual(roundOf(kept.state())?.confirmed, before + 1)
      assert.deepStrictEqual(new Set(yield* askAgain(kept)), new Set(["granted"]))
      assert.include((yield* askAgain(kept, names(21, 40)))[0], "21 documents", "anything else is judged anew")
    }))

  it.effect("go when a commit confirms exactly them, and one that doesn't is answered", () =>
    Effect.gen(function*() {
      const kept = yield* held()
      const told = (commit: string, count: number) =>
        kept.tell({
          _tag: "HistoryTold",
          question: { about: "Confirmations", since: "1", tip: commit },
          exit: confirming(commit, count)
        })
      yield* told("aaaaaaaaaa", 20)
      assert.include(kept.state().objection, "confirms 20 deletions, but 21 wait")
      assert.include((yield* askAgain(kept))[0], "21 documents")
      yield* told("bbbbbbbbbb", 21)
      assert.isUndefined(kept.state().objection)
      assert.deepStrictEqual(new Set(yield* askAgain(kept)), new Set(["granted"]))
    }))

  it.effect("are none any more when their objects are live again", () =>
    Effect.gen(function*() {
      const kept = yield* held()
      yield* kept.see(...names(21))
      const { record } = kept.state()
      assert.isTrue(record._tag === "Loaded" && heldOn(record.record, "git") === undefined)
      assert.deepStrictEqual(yield* askAgain(kept, names(1)), ["granted"])
    }))
})

const confirming = (commit: string, count: number) =>
  Effect.runSyncExit(Effect.succeed({ isAncestor: true, confirmations: [{ commit, count, name: "default" }] }))

describe("a record that lost something", () => {
  it.effect("grants nothing, and what was told counts no more, when the cluster was put back to an earlier time", () =>
    Effect.gen(function*() {
      const kept = yield* mirroring(30)
      const yesterday = kept.store.stored
      yield* kept.see("n0/today")
      const { seen } = roundOf(kept.state()) ?? {}
      kept.store.stored = yesterday
      const told = yield* kept.ask(0, removal("n0/today"), removal("n0/c0"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      for (const answer of yield* told) assert.include(answer, "lost something")
      assert.isDefined(kept.store.stored?.record.head.latch, "the next process has to know it too")
      assert.notStrictEqual(roundOf(kept.state())?.seen, seen)
      yield* kept.see("n0/today")
      const again = yield* kept.ask(quiet, removal("n0/today"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      assert.include((yield* again)[0], "put back to an earlier time", "a kind may not have noticed yet")
      write(kept.store, (record) => ({ ...record, head: { ...record.head, confirms: 1 } }))
      yield* TestClock.adjust(RecordKeeping.personAfter)
      yield* kept.wake
      const after = yield* kept.ask(2 * quiet + RecordKeeping.personAfter, removal("n0/today"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      assert.deepStrictEqual(yield* after, ["granted"])
    }))

  it.effect("grants nothing when somebody deleted it, and holds what comes after", () =>
    Effect.gen(function*() {
      const kept = yield* mirroring(30)
      kept.store.stored = undefined
      const told = yield* kept.ask(0, removal("n0/c0"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      assert.include((yield* told)[0], "lost something")
      yield* kept.see("n0/c1")
      assert.deepStrictEqual(seenIn(kept.store.stored), ["n0/c1"])
      const { record } = kept.state()
      assert.include(
        record._tag === "Loaded" ? record.record.head.latch?.reason : "",
        "deleted under the running controller"
      )
    }))

  it.effect("grants nothing of what stood in a part that is missing, and the rest once it was looked at anew", () =>
    Effect.gen(function*() {
      const kept = yield* mirroring(30)
      const { stored } = kept.store
      if (stored === undefined) return assert.fail("it was never written")
      const seen = new Map([[kind, new Map([["n1/c1", undefined]])]])
      kept.store.stored = { ...stored, missingShards: 1, record: { ...stored.record, seen } }
      const told = yield* kept.ask(0, removal("n0/c0"), removal("n1/c1"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      for (const answer of yield* told) assert.include(answer, "lost something")
      yield* kept.see("n2/c2")
      const again = yield* kept.ask(quiet, removal("n0/c0"), removal("n1/c1"))
      yield* TestClock.adjust(quiet)
      yield* kept.wake
      const [lost, known] = yield* again
      assert.include(lost, "only in Git")
      assert.strictEqual(known, "granted")
    }))
})

describe("what was mirrored", () => {
  it.effect("is written after a few seconds, together, though nothing ever settles", () =>
    Effect.gen(function*() {
      const { settle, state, store, tell, wake } = yield* mirroring(3)
      yield* tell(settle(false))
      const { writes } = store
      const mirrored = (id: string, at: number) =>
        tell({ _tag: "MirroredTold", kind, objects: new Map([[id, { document: "d", live: "l" }]]), at })
      yield* mirrored("n0/c0", 0)
      yield* mirrored("n1/c1", 1000)
      yield* tell({ _tag: "UnseenTold", kind, ids: ["n2/c2"], at: 1000 })
      yield* TestClock.adjust(2999)
      yield* wake
      assert.strictEqual(store.writes, writes)
      yield* TestClock.adjust(1)
      yield* wake
      assert.strictEqual(store.writes, writes + 1)
      assert.deepStrictEqual([...store.stored?.record.seen.get(kind) ?? []], [
        ["n0/c0", { document: "d", live: "l" }],
        ["n1/c1", { document: "d", live: "l" }]
      ])
      assert.isUndefined(state().mirroredSince)
    }))

  it.effect("is not forgotten of an object that is shown again before the record forgot it", () =>
    Effect.gen(function*() {
      const { see, store, tell, wake } = yield* mirroring(3)
      yield* tell({ _tag: "UnseenTold", kind, ids: ["n2/c2"], at: 0 })
      yield* see("n2/c2")
      yield* TestClock.adjust(3000)
      yield* wake
      assert.deepStrictEqual(seenIn(store.stored), ["n0/c0", "n1/c1", "n2/c2"])
    }))
})
