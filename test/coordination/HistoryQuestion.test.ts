import { assert, describe, it } from "@effect/vitest"
import { Exit } from "effect"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import { questionOf } from "../../src/coordination/HistoryQuestion.ts"
import { wasRead } from "../../src/coordination/RecordNews.ts"
import { noReport } from "../../src/git/GitReport.ts"
import { rule } from "../kind/samples.ts"
import { leading, reported } from "./keeping.ts"
import { loaded, options, record } from "./samples.ts"

type State = CoordinatorState.CoordinatorState

const state = (head: Parameters<typeof record>[1], syncTo: "git" | "kubernetes" = "git"): State => {
  const start = CoordinatorState.initial({ number: 1, rules: [rule({ syncTo })] }, noReport, 0, options)
  return wasRead([leading, reported({ commit: "tip" })].reduce(fold, start), loaded(record({}, head)))
}

const told = (before: State, isAncestor: boolean): State => {
  const question = questionOf(before)
  return question === undefined
    ? before
    : fold(before, { _tag: "HistoryTold", question, exit: Exit.succeed({ isAncestor, confirmations: [] }) })
}

describe("what is asked of the branch's history", () => {
  it("is whether the tip has grown from what was synced last, once", () => {
    const before = state({ lastSynced: "old" })
    assert.deepStrictEqual(questionOf(before), { about: "Ancestry", since: "old", tip: "tip" })
    assert.strictEqual(told(before, true).ancestry?.answer, "Proved")
    assert.strictEqual(told(before, false).ancestry?.answer, "Broken")
    assert.isUndefined(questionOf(told(before, true)))
  })

  it("is nothing where that is plain, or nobody needs to know", () => {
    assert.isUndefined(questionOf(state({})), "nothing was ever synced")
    assert.isUndefined(questionOf(state({ lastSynced: "tip" })), "nothing was committed since")
    const never = { number: 1, rules: [rule({ prune: "never" })] }
    const before = state({ lastSynced: "old" }, "kubernetes")
    assert.isUndefined(questionOf({ ...before, ruleset: never }), "no rule deletes anything")
    assert.isDefined(questionOf(before))
  })

  it("is that again after the history was rewritten, from what was synced until then", () => {
    const before = told(state({ lastSynced: "old" }), true)
    const rewritten = fold(before, reported({ commit: "new", rewrittenFrom: "tip" }))
    assert.deepStrictEqual(questionOf(rewritten), { about: "Ancestry", since: "old", tip: "new" })
  })

  it("is that again where nobody could tell whether the history was rewritten", () => {
    const before = told(state({ lastSynced: "old" }), true)
    const moved = fold(before, reported({ commit: "new", isUnproved: true }))
    assert.deepStrictEqual(questionOf(moved), { about: "Ancestry", since: "old", tip: "new" })
    const proved = told(moved, true)
    assert.isUndefined(questionOf(fold(proved, reported({ commit: "new", isUnproved: true }))), "once for each tip")
    assert.strictEqual(told(moved, false).ancestry?.answer, "Broken")
  })

  it("is what people confirmed while removals wait, for each new tip", () => {
    const latch = { cause: "budget", reason: "that is much", commit: "tip" }
    const before = state({ lastSynced: "tip", latch })
    assert.isUndefined(questionOf(before), "no commit came since")
    const next = fold(before, reported({ commit: "next" }))
    assert.deepStrictEqual(questionOf(next), { about: "Confirmations", since: "tip", tip: "next" })
    const looked = told(next, true)
    assert.isUndefined(questionOf(looked))
    assert.deepInclude(questionOf(fold(looked, reported({ commit: "third" }))), { since: "tip", tip: "third" })
  })
})
