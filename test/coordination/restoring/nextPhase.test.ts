import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import * as CoordinatorState from "../../../src/coordination/CoordinatorState.ts"
import { fold } from "../../../src/coordination/Folding.ts"
import type { Head } from "../../../src/coordination/Record.ts"
import { wasRead } from "../../../src/coordination/RecordNews.ts"
import { nextPhase } from "../../../src/coordination/restoring/nextPhase.ts"
import { BranchNotFound } from "../../../src/git/GitError.ts"
import { type GitReport, noReport } from "../../../src/git/GitReport.ts"
import type { Tip } from "../../../src/git/Tip.ts"
import { rule } from "../../kind/samples.ts"
import { leading, reported } from "../keeping.ts"
import { loaded, options, record } from "../samples.ts"

const us = { cluster: "c", stateNamespace: options.stateNamespace }
const them = { _tag: "Named", cluster: "them", stateNamespace: "theirs" } as const
const asked = { ...them, takeover: us }
const at = Date.parse("2026-01-01T00:00:00Z")
const due = at + 10 * Duration.toMillis(options.interval)
const iso = (time: number) => DateTime.formatIso(DateTime.makeUnsafe(time))

const stateOf = (head: Partial<Head>, named: Tip["named"], git: Partial<GitReport> = {}) => {
  const start = CoordinatorState.initial({ number: 1, rules: [rule({ syncTo: "git" })] }, noReport, 0, options)
  const before = [leading, reported({ named })].reduce(fold, start)
  const known = record({}, head)
  const read = loaded(known)
  const state = wasRead(
    before,
    read._tag === "Loaded"
      ? { ...read, stored: { record: known, versions: new Map(), missingShards: 0 } }
      : read
  )
  return { ...state, git: { ...state.git, ...git } }
}

const next = (head: Partial<Head>, named: Tip["named"], now: number, git: Partial<GitReport> = {}): Partial<Head> => {
  const state = stateOf(head, named, { checkedAt: now, ...git })
  const { asked, phase, restored, restoring } = nextPhase(
    record({}, head).head,
    state,
    CoordinatorState.clusterStandingOf(state),
    now
  )
  return {
    phase,
    ...asked === undefined ? {} : { asked },
    ...restored === undefined ? {} : { restored },
    ...restoring === undefined ? {} : { restoring }
  }
}

const undecided = { phase: "undecided" } as const
const waiting = { phase: "undecided", asked: { of: "them/theirs", at: iso(at) } } as const

describe("what the record says of a new cluster", () => {
  it("is since when its request stands in Git, once it is seen there", () => {
    assert.deepStrictEqual(next(undecided, them, at), undecided)
    assert.deepStrictEqual(next(undecided, asked, at), waiting)
    assert.deepStrictEqual(next(waiting, asked, at + 1000), waiting, "the first time counts")
  })

  it("is that it is restored, after ten intervals and a look at Git after them", () => {
    const restoring = { phase: "restoring", restoring: { from: "them/theirs", since: iso(due) } } as const
    assert.deepStrictEqual(next(waiting, asked, due - 1), waiting)
    assert.deepStrictEqual(next(waiting, asked, due), restoring)
    assert.deepStrictEqual(next(waiting, asked, due, { checkedAt: due - 1 }), waiting, "an answer may be there by now")
    const failure = new BranchNotFound({ url: "r", branch: "main", near: [] })
    assert.deepStrictEqual(next(waiting, asked, due, { failure }), waiting, "nobody knows what Git says")
  })

  it("forgets that it asked when it was refused, or the request is gone: all the time there is for an answer counts anew", () => {
    assert.deepStrictEqual(next(waiting, { ...them, refused: us }, due), undecided)
    assert.deepStrictEqual(next(waiting, them, due), undecided)
  })

  it("is that it was restored, once Git names it; not where a person took the place", () => {
    const restoring = { phase: "restoring", restoring: { from: "them/theirs", since: iso(at) } } as const
    assert.deepStrictEqual(next(restoring, asked, due), restoring)
    assert.deepStrictEqual(next(restoring, { _tag: "Named", ...us }, due), {
      phase: "syncing",
      restored: { from: "them/theirs", at: iso(due) }
    })
    assert.deepStrictEqual(next({ ...restoring, takesOver: "them/theirs" }, asked, due), { phase: "syncing" })
  })
})
