import { assert, describe, it } from "@effect/vitest"
import type { PlannedObject } from "../../../src/inspect/plan/Plan.ts"
import { judgeDeletions } from "../../../src/inspect/plan/PlanDeletion.ts"
import { record } from "../../coordination/samples.ts"

const deletion = (object: string): PlannedObject => ({
  stage: 3,
  kind: "ConfigMap",
  object,
  place: undefined,
  outcome: { _tag: "Delete", uid: `uid-of-${object}`, always: false, reason: "Git holds it no longer" }
})

const names = (count: number) => Array.from({ length: count }, (_, at) => `shop/c${at}`)

const ours = (count: number) =>
  record({ inventory: new Map([["ConfigMap", new Map(names(count).map((name) => [name, undefined]))]]) })

const reasonsOf = (objects: ReadonlyArray<PlannedObject>) =>
  objects.map(({ outcome }) => `${outcome._tag}: ${"reason" in outcome ? outcome.reason : ""}`)

const circumstances = { limits: { max: 2, percent: 100 }, name: "default", now: 0 }

describe("deletions in a plan", () => {
  it("are done within the budget", () => {
    const found = reasonsOf(judgeDeletions(names(2).map(deletion), ours(9), circumstances))
    assert.deepStrictEqual(found, ["Delete: Git holds it no longer", "Delete: Git holds it no longer"])
  })

  it("wait for a person over it, all of them, and say how to confirm", () => {
    for (const reason of reasonsOf(judgeDeletions(names(3).map(deletion), ours(9), circumstances)))
      assert.match(reason, /^Delete: 3 objects .*more than 2.*Confirm-deletions: default 3/s)
  })

  it("are none of what the record doesn't know", () => {
    const [known, unknown] = reasonsOf(
      judgeDeletions([deletion("shop/c0"), deletion("shop/else")], ours(9), circumstances)
    )
    assert.include(known, "Delete: Git holds it no longer")
    assert.include(unknown, "Held: no longer in Git, and stays: the record doesn't say")
  })
})
