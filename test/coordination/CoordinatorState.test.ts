import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { CoordinatorMessage } from "../../src/coordination/CoordinatorMessage.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import { roundOf } from "../../src/coordination/roundOf.ts"
import { type GitReport, noReport } from "../../src/git/GitReport.ts"
import type { KindReport } from "../../src/kind/KindReport.ts"
import { stageOf } from "../../src/kind/Stage.ts"
import { groupKind } from "../../src/manifest/ObjectKey.ts"
import { round, rule } from "../kind/samples.ts"
import { loaded, options } from "./samples.ts"

const kinds = [
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Namespace",
  "Secret",
  "ConfigMap",
  "APIService.apiregistration.k8s.io"
]
const ruleset = { number: 1, rules: [rule()] }

const git = (tree: string, commit = tree): GitReport => ({
  ...noReport,
  tip: { ...round(1, []).tip, tree, commit },
  checkedAt: 0
})

const leading: CoordinatorMessage = { _tag: "StandingChanged", standing: { _tag: "Leading", term: 1 } }

const syncing = (): CoordinatorState.CoordinatorState => {
  const start = CoordinatorState.initial(ruleset, noReport, 0, options)
  const state = [leading, { _tag: "GitReported", report: git("t0") } as const].reduce(fold, start)
  return CoordinatorState.advance({ ...state, record: loaded() })
}

const report = (kind: string, round: number, busy: boolean): CoordinatorMessage => {
  const told: KindReport = {
    kind,
    stage: stageOf(groupKind(kind)),
    watch: { _tag: "Live" },
    round,
    busy,
    rules: [],
    troubles: [],
    troubleCount: 0,
    missing: []
  }
  return { _tag: "Reported", report: told }
}

const message: fc.Arbitrary<CoordinatorMessage> = fc.oneof(
  fc.record({
    _tag: fc.constant("GitReported" as const),
    report: fc.constantFrom("t0", "t1", "t2").map((tree) => git(tree))
  }),
  fc.record({
    _tag: fc.constant("Expected" as const),
    round: fc.nat(4),
    kinds: fc.subarray(kinds).map((some) => new Set(some)),
    unserved: fc.constant(new Set<string>())
  }),
  fc.tuple(fc.constantFrom(...kinds), fc.nat(4), fc.boolean()).map(([kind, number, busy]) =>
    report(kind, number, busy)
  ),
  fc.nat(3).map((number) => ({ _tag: "RulesChanged" as const, ruleset: { number, rules: [] } })),
  fc.constant({ _tag: "StandingChanged" as const, standing: { _tag: "Standby" as const, holder: "other" } }),
  fc.constant(leading),
  fc.constant({ _tag: "Woken" as const })
)

describe("the Coordinator's state", () => {
  it("never opens a stage while a kind of an earlier one has not settled in this round", () => {
    fc.assert(fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
      let state = syncing()
      for (const one of messages) {
        const before = state
        state = fold(state, one)
        state = CoordinatorState.advance(state.record._tag === "Unread" ? { ...state, record: loaded() } : state)
        const { opened, progress, round: number } = state
        if (opened === undefined || (before.round === number && before.opened === opened)) continue
        const held = [...progress.expected].filter((kind) => {
          const told = progress.reports.get(kind)
          return stageOf(groupKind(kind)) < opened && (told === undefined || told.round !== number || told.busy)
        })
        assert.deepStrictEqual(held, [], `stage ${opened} opened`)
      }
    }))
  })

  it("opens nothing while another leads, and reads the record again when its turn comes", () => {
    const state = fold(syncing(), {
      _tag: "StandingChanged",
      standing: { _tag: "Standby", holder: "other" }
    })
    assert.isUndefined(CoordinatorState.advance(state).opened)
    const again = fold(state, leading)
    assert.strictEqual(again.record._tag, "Unread")
    assert.isTrue(CoordinatorState.needsRecord(again))
  })

  it("hears nothing of an earlier term's kinds once another term began, until its own kinds do", () => {
    const told = (id: string): CoordinatorMessage => ({ _tag: "Departed", kind: "ConfigMap", ids: [id] })
    const begin = (round: number): CoordinatorMessage => ({
      _tag: "Expected",
      round,
      kinds: new Set(["ConfigMap"]),
      unserved: new Set()
    })
    const departed = ({ departed }: CoordinatorState.CoordinatorState) => [...departed.get("ConfigMap") ?? []]
    const first = [begin(1), told("shop/a")].reduce(fold, syncing())
    assert.deepStrictEqual(departed(first), ["shop/a"])
    const next: CoordinatorMessage = { _tag: "StandingChanged", standing: { _tag: "Leading", term: 3 } }
    const late = [next, told("shop/b"), begin(first.round), told("shop/c")].reduce(fold, first)
    assert.strictEqual(late.round, first.round + 1, "even where no time without a term was noticed between them")
    assert.deepStrictEqual(departed(late), [])
    const own = [begin(late.round), told("shop/d")].reduce(fold, late)
    assert.deepStrictEqual(departed(own), ["shop/d"])
  })

  it("starts a new round for a new tree, and none for a commit that changed nothing below gitPath", () => {
    const state = syncing()
    const same = fold(state, { _tag: "GitReported", report: git("t0", "another commit") })
    assert.strictEqual(same.round, state.round)
    assert.strictEqual(same.git.tip?.commit, "another commit")
    assert.strictEqual(fold(same, { _tag: "GitReported", report: git("t1") }).round, state.round + 1)
  })

  it("starts a new round with every stage closed for new rules, and none for rules that only moved in their file", () => {
    const kind = "CustomResourceDefinition.apiextensions.k8s.io"
    const open = CoordinatorState.advance(
      [
        { _tag: "Expected", round: 2, kinds: new Set([kind]), unserved: new Set<string>() } as const,
        report(kind, 2, false)
      ]
        .reduce(fold, syncing())
    )
    assert.isDefined(open.opened)
    const moved = { number: 1, rules: [rule({ place: { line: 9, column: 3 } })] }
    const same = fold(open, { _tag: "RulesChanged", ruleset: moved })
    assert.strictEqual(same.round, open.round)
    assert.strictEqual(same.opened, open.opened)
    assert.strictEqual(roundOf(same)?.ruleset, moved, "messages name the new places")
    const next = fold(same, { _tag: "RulesChanged", ruleset: { number: 2, rules: [] } })
    assert.strictEqual(next.round, open.round + 1)
    assert.isUndefined(next.opened)
    assert.deepStrictEqual(roundOf(next)?.ruleset, { number: 2, rules: [] })
  })

  it("keeps an open stage open while drift is put right within the same round", () => {
    const kind = "CustomResourceDefinition.apiextensions.k8s.io"
    const start = fold(syncing(), {
      _tag: "Expected",
      round: 2,
      kinds: new Set([kind, "ConfigMap"]),
      unserved: new Set()
    })
    const settled = [report(kind, 2, false), report("ConfigMap", 2, false)].reduce(fold, start)
    const open = CoordinatorState.advance(settled)
    assert.strictEqual(open.opened, 7)
    assert.strictEqual(CoordinatorState.advance(fold(open, report(kind, 2, true))).opened, 7)
  })

  it("begins a new round after the Coordinator failed, so that everybody reports afresh", () => {
    const state = syncing()
    const after = CoordinatorState.restarted(state, ruleset)
    assert.strictEqual(after.round, state.round + 1)
    assert.strictEqual(after.git, state.git)
    const latest = { number: 2, rules: [] }
    assert.strictEqual(CoordinatorState.restarted(state, latest).ruleset, latest, "with the rules of now")
    assert.isUndefined(after.opened)
  })
})
