import { assert, it } from "@effect/vitest"
import { type Counted, make, record, ruleTallies } from "../../src/kind/Tally.ts"

const none = { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }
const inStep = (index: number): Counted => ({ rule: index, standing: "inStep", trouble: undefined })

it("a rule is counted while an object stands under it, and gone with the last one", () => {
  const tally = make()
  record(tally, "shop/web", inStep(0))
  record(tally, "shop/api", inStep(1))
  record(tally, "shop/db", inStep(1))
  assert.deepStrictEqual(ruleTallies([tally]), [{ rule: 0, ...none, inStep: 1 }, { rule: 1, ...none, inStep: 2 }])
  record(tally, "shop/api", inStep(0))
  assert.deepStrictEqual(ruleTallies([tally]), [{ rule: 0, ...none, inStep: 2 }, { rule: 1, ...none, inStep: 1 }])
  record(tally, "shop/db", { rule: 0, standing: "held", trouble: undefined })
  assert.deepStrictEqual(ruleTallies([tally]), [{ rule: 0, ...none, inStep: 2, held: 1 }])
})
