import { assert, describe, it } from "@effect/vitest"
import { answer, heldMessage, heldOn, withdraw } from "../../src/coordination/HeldDeletions.ts"
import type { Record } from "../../src/coordination/Record.ts"
import { record, seen } from "./samples.ts"

const held = (ids: ReadonlyArray<string>, head: Partial<Record["head"]> = {}): Record =>
  record({
    seen: seen(...ids),
    removals: new Map([["ConfigMap", new Map(ids.map((id) => [id, { mark: "held", basis: "d", at: 0 }]))]])
  }, { latch: { cause: "budget", reason: "that is much", commit: "c1" }, ...head })

const trailer = (commit: string, count: number, name = "default") => ({ commit, count, name })
const marks = ({ removals }: Record) => [...removals.get("ConfigMap")?.values() ?? []].map(({ mark }) => mark)

describe("removals that wait for a person", () => {
  it("are told with some names, the reason and both ways to confirm", () => {
    const record = held(["shop/d", "shop/a", "shop/b", "shop/c"])
    const of = heldOn(record, "git")
    assert.isDefined(of)
    assert.strictEqual(
      heldMessage(of, record, "default"),
      "4 documents would be removed from Git, as the objects are gone from the cluster (ConfigMap shop/a, ConfigMap shop/b, " +
        "ConfigMap shop/c and 1 more). It waits for a person: that is much. If it is right, run \"gitops-controller confirm\", " +
        "or push a commit that changes something below gitPath and ends with the line \"Confirm-deletions: default 4\""
    )
  })

  it("may go when a commit names their exact number, once", () => {
    const before = held(["shop/a", "shop/b"])
    const yes = answer(before, [trailer("x", 2)], "default", 7)
    assert.isTrue(yes.isConfirmed)
    assert.deepStrictEqual(marks(yes.record), ["confirmed", "confirmed"])
    assert.isUndefined(yes.record.head.latch)
    const again = held(["shop/a", "shop/b"], { judged: yes.record.head.judged ?? [] })
    assert.isFalse(answer(again, [trailer("x", 2)], "default", 8).isConfirmed)
    assert.isTrue(answer(again, [trailer("x", 2), trailer("y", 2)], "default", 8).isConfirmed)
  })

  it("stay when the number is another, which is said, and a later set is not confirmed by it", () => {
    const no = answer(held(["shop/a", "shop/b"]), [trailer("0123456789", 3)], "default", 7)
    assert.isFalse(no.isConfirmed)
    assert.include(no.objection, "commit 01234567 confirms 3 deletions, but 2 wait")
    const grown = held(["shop/a", "shop/b", "shop/c"], { judged: no.record.head.judged ?? [] })
    assert.isFalse(answer(grown, [trailer("0123456789", 3)], "default", 8).isConfirmed)
  })

  it("stay when another controller is meant", () => {
    const before = held(["shop/a"])
    assert.deepStrictEqual(answer(before, [trailer("x", 1, "other")], "default", 7), {
      record: before,
      isConfirmed: false,
      objection: undefined
    })
  })

  it("may go by the command, which counts once too", () => {
    const yes = answer(held(["shop/a"], { confirms: 1 }), [], "default", 7)
    assert.isTrue(yes.isConfirmed)
    assert.isUndefined(yes.record.head.confirms)
    const grown = answer(held(["shop/a", "shop/b"], { confirms: 1 }), [], "default", 7)
    assert.isFalse(grown.isConfirmed)
    assert.isUndefined(grown.record.head.confirms)
    assert.include(grown.objection, "but 2 wait by now")
  })

  it("remember what a person accepted, so that the same does not hold again", () => {
    const latch = { cause: "rewritten from x", reason: "it was" }
    assert.strictEqual(answer(held([], { latch, confirms: 0 }), [], "default", 7).record.head.accepted, latch.cause)
  })

  it("wait no longer when their objects are live again", () => {
    const one = withdraw(held(["shop/a", "shop/b"]), "git", new Map([["ConfigMap", new Set(["shop/a"])]]))
    assert.strictEqual(heldOn(one, "git")?.objects.length, 1)
    const none = withdraw(one, "git", new Map([["ConfigMap", new Set(["shop/b"])]]))
    assert.isUndefined(heldOn(none, "git"), "nothing is left of a set that was too large")
    const rewritten = held(["shop/a"], { latch: { cause: "rewritten from x", reason: "it was" } })
    assert.isDefined(heldOn(withdraw(rewritten, "git", new Map([["ConfigMap", new Set(["shop/a"])]])), "git"))
    const untouched = held(["shop/a"])
    assert.strictEqual(withdraw(untouched, "git", new Map([["ConfigMap", new Set(["shop/z"])]])), untouched)
  })
})
