import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { accountOf, sides } from "../../src/coordination/Account.ts"
import { confirm, heldIn } from "../../src/coordination/HeldDeletions.ts"
import { judge } from "../../src/coordination/Judging.ts"
import { type Ancestry, latch, latchedBy } from "../../src/coordination/Latching.ts"
import type { Record } from "../../src/coordination/Record.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { expecting, lastOf, noMemory } from "../../src/kind/mirroring/MirrorMemory.ts"
import { ref, round } from "../kind/samples.ts"
import { objects } from "./objects.ts"
import { record, wish } from "./samples.ts"

const tip = (change: Partial<Tip> = {}): Tip => ({ ...round(1, [ref("a", "d")]).tip, commit: "c2", ...change })
const mirrored = new Map([["ConfigMap", new Map([["shop/a", { document: "d", live: "l" }]])]])
const synced = record({ seen: mirrored }, { lastSynced: "0123456789" })
const of = (answer: Ancestry) => ({ of: "0123456789", answer })
const onGit = (before: Record, of_: Tip, answer: Ancestry) => latchedBy(before, ["git"], of_, of(answer))
const emptied = round(1, []).tip

describe("another world", () => {
  it("is none when the branch has grown from what was synced", () => {
    assert.strictEqual(onGit(synced, tip(), "Proved"), synced)
    assert.strictEqual(onGit(synced, tip(), "Unknown"), synced)
  })

  it("is a rewritten history, until a person accepts that one", () => {
    const rewritten = tip({ rewrittenFrom: "fedcba9876" })
    const held = onGit(synced, rewritten, "Proved")
    assert.include(held.head.latch?.reason, "fedcba98")
    assert.strictEqual(held.head.latch?.commit, "c2")
    const accepted = confirm(held, 1)
    assert.strictEqual(onGit(accepted, rewritten, "Proved"), accepted)
    assert.isDefined(onGit(accepted, tip({ rewrittenFrom: "another" }), "Proved").head.latch)
  })

  it("is the same history rewritten again, once it had come back", () => {
    const rewritten = tip({ rewrittenFrom: "fedcba9876" })
    const accepted = confirm(onGit(synced, rewritten, "Proved"), 1)
    const back = onGit(accepted, tip({ commit: "fedcba9876" }), "Proved")
    assert.isUndefined(back.head.latch)
    assert.isDefined(onGit(back, rewritten, "Proved").head.latch)
  })

  it("is a branch that what was synced last is no part of, until a person accepts that, over restarts", () => {
    const held = onGit(synced, tip(), "Broken")
    assert.include(held.head.latch?.reason, "01234567")
    const accepted = confirm(held, 1)
    assert.strictEqual(onGit(accepted, tip(), "Proved"), accepted)
    assert.strictEqual(onGit(accepted, tip(), "Unknown"), accepted)
    assert.strictEqual(onGit(accepted, tip(), "Broken"), accepted)
  })

  it("is an emptied repository, and not one that never held anything", () => {
    assert.include(onGit(synced, emptied, "Proved").head.latch?.reason, "emptied")
    const first = record({ seen: new Map([["ConfigMap", new Map([["shop/a", undefined]])]]) })
    assert.strictEqual(onGit(first, emptied, "Proved"), first)
    const begun = new Map([["shop/a", lastOf(expecting(noMemory, "G", true))]])
    const unwritten = record({ seen: new Map([["ConfigMap", begun]]) })
    assert.strictEqual(onGit(unwritten, emptied, "Proved"), unwritten)
  })

  it("waits for a commit after the one that emptied the repository, though that too finds it empty", () => {
    const held = onGit(synced, { ...emptied, commit: "c3" }, "Proved")
    assert.strictEqual(onGit(held, { ...emptied, commit: "c4" }, "Proved"), held)
  })

  it("is told by what was found last, and by nothing but the same found in another way", () => {
    const large = latch(synced, "git", { cause: "budget", reason: "that is much" }, "c1")
    const rewritten = onGit(large, tip({ rewrittenFrom: "0123456789" }), "Proved")
    assert.include(rewritten.head.latch?.reason, "rewritten")
    assert.strictEqual(onGit(rewritten, tip({ commit: "c3" }), "Broken"), rewritten)
    const again = onGit(rewritten, tip({ commit: "c4", rewrittenFrom: "c3" }), "Broken")
    assert.strictEqual(again.head.latch?.commit, "c4")
  })

  it("voids what was granted and confirmed before, on the side it is found on, and counts what was granted", () => {
    const limits = { max: 1000, percent: 100 }
    fc.assert(fc.property(objects, fc.constantFrom(...sides), fc.nat(1000), (known, side, now) => {
      const before = record(known, { lastSynced: "0123456789" })
      const after = latchedBy(before, [side], tip({ rewrittenFrom: "x" }), of("Proved"))
      const [other] = sides.filter((one) => one !== side)
      assert.deepStrictEqual(accountOf(after, other ?? "git"), accountOf(before, other ?? "git"))
      const wishes = [...accountOf(before, side).grants].flatMap(([kind, entries]) =>
        [...entries].map(([id, { basis }]) => wish(id, { kind, basis, always: true }))
      )
      const circumstances = { limits, commit: "c2", now }
      const { record: judged, verdicts } = judge(after, side, wishes, circumstances)
      assert.isTrue(verdicts.every((verdict) => verdict === "Held"))
      assert.strictEqual(heldIn(judged).flatMap(({ objects }) => objects).length, wishes.length)
      const marks = (of_: Record, mark: string) =>
        [...accountOf(of_, side).grants.values()].flatMap((entries) => [...entries.values()])
          .filter((entry) => entry.mark === mark).length
      assert.strictEqual(marks(after, "confirmed"), 0)
      assert.strictEqual(marks(after, "granted"), marks(before, "granted"))
      const yes = judge(confirm(judged, now), side, wishes, circumstances)
      assert.isTrue(yes.verdicts.every((verdict) => verdict === "Granted"))
    }))
  })
})
