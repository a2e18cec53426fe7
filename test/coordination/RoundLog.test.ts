import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import * as RoundLog from "../../src/coordination/RoundLog.ts"
import { noReport } from "../../src/git/GitReport.ts"
import type { KindReport } from "../../src/kind/KindReport.ts"
import { ref, round, rule } from "../kind/samples.ts"
import { loaded, options } from "./samples.ts"

const report = (inStep: number): KindReport => ({
  kind: "ConfigMap",
  stage: 3,
  watch: { _tag: "Live" },
  round: 2,
  busy: false,
  rules: [{ rule: 0, inStep, pending: 0, waiting: 1, failed: 0, held: 2 }],
  troubles: [],
  troubleCount: 0,
  missing: []
})

/** In step with a commit of so many files, a manifest in each. */
const settled = (count: number): CoordinatorState.CoordinatorState => {
  const { tip } = round(1, Array.from({ length: count }, (_, index) => ref(`${index}`, "d1")))
  const start = CoordinatorState.initial({ number: 1, rules: [rule()] }, { ...noReport, tip, checkedAt: 0 }, 1, options)
  const state = [
    { _tag: "StandingChanged", standing: { _tag: "Leading", term: 1 } } as const,
    { _tag: "Expected", round: 2, kinds: new Set(["ConfigMap"]), unserved: new Set<string>() } as const,
    { _tag: "Reported", report: report(count) } as const
  ].reduce(fold, start)
  return CoordinatorState.advance({
    ...state,
    record: loaded()
  })
}

const linesFor = Effect.fnUntraced(function*(count: number) {
  const lines: Array<string> = []
  const log = RoundLog.make()
  const told = log(settled(count), 1000)
  yield* Effect.andThen(told, told).pipe(
    Effect.provide(Logger.layer([Logger.make(({ message }) => lines.push(String(message)))]))
  )
  return lines
})

describe("the story of a round", () => {
  it.effect("is told once, from its commit to what came of it", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* linesFor(2), [
        "Taking up 1 \"change\": 2 manifests in 2 files",
        "In step with 1 after 0 ms: 2 objects in step, 1 waiting, 2 held"
      ])
    }))

  it.effect("counts one as one", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* linesFor(1), [
        "Taking up 1 \"change\": 1 manifest in 1 file",
        "In step with 1 after 0 ms: 1 object in step, 1 waiting, 2 held"
      ])
    }))
})
