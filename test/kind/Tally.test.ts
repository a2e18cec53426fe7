import { assert, it } from "@effect/vitest"
import { make, record, ruleTallies } from "../../src/kind/Tally.ts"
import { rule } from "./samples.ts"

const none = { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }
const inStep = (index: number) => ({ _tag: "InStep", rule: rule({ index }) }) as const

it("a rule is counted while an object stands under it, and gone with the last one", () => {
  const tally = make()
  record(tally, "shop/web", undefined, inStep(0))
  record(tally, "shop/api", undefined, inStep(1))
  record(tally, "shop/db", undefined, inStep(1))
  assert.deepStrictEqual(ruleTallies(tally), [{ rule: 0, ...none, inStep: 1 }, { rule: 1, ...none, inStep: 2 }])
  record(tally, "shop/api", inStep(1), inStep(0))
  assert.deepStrictEqual(ruleTallies(tally), [{ rule: 0, ...none, inStep: 2 }, { rule: 1, ...none, inStep: 1 }])
  record(tally, "shop/db", inStep(1), { _tag: "Suspended", rule: rule({ index: 0 }) })
  assert.deepStrictEqual(ruleTallies(tally), [{ rule: 0, ...none, inStep: 2, held: 1 }])
})
