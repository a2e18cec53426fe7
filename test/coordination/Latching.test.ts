import { assert, describe, it } from "@effect/vitest"
import { latchedBy } from "../../src/coordination/Latching.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { expecting, lastOf, noMemory } from "../../src/kind/mirroring/MirrorMemory.ts"
import { ref, round } from "../kind/samples.ts"
import { record } from "./samples.ts"

const tip = (change: Partial<Tip> = {}): Tip => ({ ...round(1, [ref("a", "d")]).tip, commit: "c2", ...change })
const mirrored = new Map([["ConfigMap", new Map([["shop/a", { document: "d", live: "l" }]])]])
const synced = record({ seen: mirrored }, { lastSynced: "0123456789" })

describe("another world", () => {
  it("is none when the branch has grown from what was synced", () => {
    assert.strictEqual(latchedBy(synced, "git", tip(), "Proved"), synced)
    assert.strictEqual(latchedBy(synced, "git", tip(), "Unknown"), synced)
  })

  it("is a rewritten history, until a person accepts that one", () => {
    const rewritten = tip({ rewrittenFrom: "fedcba9876" })
    const held = latchedBy(synced, "git", rewritten, "Proved")
    assert.include(held.head.latch?.reason, "fedcba98")
    assert.strictEqual(held.head.latch?.commit, "c2")
    const accepted = record({ seen: mirrored }, { accepted: held.head.latch?.cause ?? "" })
    assert.strictEqual(latchedBy(accepted, "git", rewritten, "Proved"), accepted)
    assert.isDefined(latchedBy(accepted, "git", tip({ rewrittenFrom: "another" }), "Proved").head.latch)
  })

  it("is a branch that what was synced last is no part of", () => {
    assert.include(latchedBy(synced, "git", tip(), "Broken").head.latch?.reason, "01234567")
  })

  it("is an emptied repository, and not one that never held anything", () => {
    const emptied = round(1, []).tip
    assert.include(latchedBy(synced, "git", emptied, "Proved").head.latch?.reason, "emptied")
    const first = record({ seen: new Map([["ConfigMap", new Map([["shop/a", undefined]])]]) })
    assert.strictEqual(latchedBy(first, "git", emptied, "Proved"), first)
    const begun = new Map([["shop/a", lastOf(expecting(noMemory, "G", true))]])
    const unwritten = record({ seen: new Map([["ConfigMap", begun]]) })
    assert.strictEqual(latchedBy(unwritten, "git", emptied, "Proved"), unwritten)
  })

  it("keeps the first reason for which removals wait", () => {
    const held = latchedBy(synced, "git", tip({ rewrittenFrom: "x" }), "Proved")
    assert.strictEqual(latchedBy(held, "git", round(1, []).tip, "Broken"), held)
  })
})
