import { assert, describe, it } from "@effect/vitest"
import { basisText } from "../../../src/kind/mirroring/MirrorMemory.ts"
import { declared, filters, live, rule, tracked } from "../samples.ts"
import { trouble } from "../verdicts.ts"
import { agreed, basis, memory, tagOf, toGit, verdictOf } from "./mirrored.ts"

const there = live({ portable: "l1", member: false, owned: undefined, held: undefined })
const both = tracked({ live: there, claim: declared("web", "d1") })
const gone = tracked({ claim: declared("web", "d1") })
const images = rule({ syncTo: "git", filters: filters("/spec/image") })
const recorded = { document: "d1", live: "l1" }

describe("an object whose life goes to Git", () => {
  it("is to be compared when it has no manifest, or nothing is known of the two", () => {
    assert.strictEqual(tagOf(tracked({ live: there })), "Due")
    assert.strictEqual(tagOf(both), "Due")
  })

  it("is mirrored as long as both sides are as they were when they agreed", () => {
    const now = { ...both, ...memory({ agreed: agreed("d1", "l1") }) }
    assert.strictEqual(tagOf(now), "Mirrored")
    assert.strictEqual(tagOf({ ...now, live: { ...there, portable: "l2" } }), "Due")
    assert.strictEqual(tagOf({ ...now, claim: declared("web", "d2") }), "Due")
    assert.strictEqual(tagOf(now, { rules: [rule({ syncTo: "git", filters: filters("/data/a") }), toGit] }), "Due")
  })

  it("is left to what is under way, and to what the next tip will show", () => {
    const at = basis("d1", "l1")
    assert.strictEqual(tagOf({ ...both, ...memory({ underWay: { basis: at, step: "submitted" } }) }), "UnderWay")
    const answered = { ...both, ...memory({ answered: { basis: at, until: 100 } }) }
    assert.strictEqual(tagOf(answered, { now: 99 }), "UnderWay")
    assert.strictEqual(tagOf(answered, { now: 100 }), "Due")
  })

  it("waits after a trouble, until it is time or something else is true", () => {
    const met = { ...both, ...memory({ trouble: trouble({ digest: basisText(basis("d1", "l1")), retryAt: 10 }) }) }
    assert.strictEqual(tagOf(met), "Troubled")
    assert.strictEqual(tagOf(met, { now: 10 }), "Due")
    assert.strictEqual(tagOf({ ...met, live: { ...there, portable: "l2" } }), "Due")
  })

  it("is not written while nothing may be, and says why", () => {
    const verdict = verdictOf(both, { mirroring: { _tag: "Closed", reason: "another cluster writes there" } })
    assert.strictEqual(verdict._tag === "Due" && verdict.closed, "another cluster writes there")
  })

  it("is left alone when paused, contested, going, or made by a controller", () => {
    assert.strictEqual(tagOf({ ...both, live: { ...there, isPaused: true } }), "Paused")
    assert.strictEqual(tagOf(tracked({ live: there, claim: { _tag: "Contested", refs: [] } })), "Contested")
    assert.strictEqual(tagOf({ ...both, live: { ...there, terminating: true } }), "Unconcerned")
    assert.strictEqual(tagOf({ ...both, live: { ...there, controller: "ReplicaSet web" } }), "Unconcerned")
    const named = rule({ syncTo: "git", resources: ["configmaps"] })
    assert.strictEqual(tagOf({ ...both, live: { ...there, controller: "ReplicaSet web" } }, { rules: [named] }), "Due")
  })

  it("says why it is never written, unless that is no news to anybody", () => {
    const secret = { ...there, unmirrored: { reason: "needs encryption", isNatural: false } }
    assert.strictEqual(tagOf(tracked({ live: secret })), "Unwritable")
    const cluster = { ...there, unmirrored: { reason: "the cluster's own", isNatural: true } }
    assert.strictEqual(tagOf(tracked({ live: cluster })), "Unconcerned")
    assert.strictEqual(tagOf({ ...both, live: cluster }), "Unwritable")
  })

  it("is nobody's while its rule is suspended", () => {
    assert.strictEqual(tagOf(both, { rules: [rule({ syncTo: "git", suspend: true })] }), "Unconcerned")
  })
})

describe("an object of which only some fields go to Git", () => {
  const rules = [images, rule({ index: 1 })]

  it("needs a manifest, and none is made for it", () => {
    assert.strictEqual(tagOf(tracked({ live: there }), { rules }), "NoManifest")
    assert.strictEqual(tagOf(tracked({ live: there }), { rules, isTipComplete: false }), "Unconcerned")
    assert.strictEqual(tagOf(both, { rules }), "Due")
  })

  it("may be absent: its life is not the cluster's", () => {
    assert.strictEqual(tagOf(gone, { rules, recorded }), "Unconcerned")
  })
})

describe("an object that is gone from the cluster", () => {
  it("takes its manifest along when this cluster has shown it and the manifest is as it was", () => {
    assert.strictEqual(tagOf(gone, { recorded }), "Gone")
    assert.strictEqual(tagOf({ ...gone, ...memory({ saved: recorded }) }), "Gone")
  })

  it("is not known to be gone while the list isn't complete or the watch is interrupted", () => {
    assert.strictEqual(tagOf(gone, { recorded, isListed: false }), "Unconcerned")
  })

  it("is only in Git when this cluster has never shown it", () => {
    assert.strictEqual(tagOf(gone, { recorded, isSeen: false }), "OnlyInGit")
    const always = rule({ syncTo: "git", prune: "always", resources: ["configmaps"] })
    assert.strictEqual(tagOf(gone, { isSeen: false, rules: [always] }), "Gone")
    assert.strictEqual(tagOf(gone, { isSeen: false, rules: [{ ...always, resources: [] }] }), "OnlyInGit")
  })

  it("is only in Git when both sides may make it and Git had it before it met this cluster", () => {
    const rules = [rule({ syncTo: "both" })]
    assert.strictEqual(tagOf(gone, { isSeen: false, rules }), "Unconcerned")
    assert.strictEqual(tagOf(gone, { isSeen: false, isFirstContact: true, rules }), "OnlyInGit")
    assert.strictEqual(tagOf(gone, { rules }), "OnlyInGit")
    assert.strictEqual(tagOf(gone, { rules, recorded }), "Gone")
  })

  it("leaves a manifest that was changed in Git meanwhile, or that never was the same", () => {
    const changed = verdictOf(gone, { recorded: { document: "d0", live: "l1" } })
    assert.include(changed._tag === "Held" ? changed.message : "", "DeleteConflict")
    assert.strictEqual(tagOf(gone), "Held")
  })

  it("leaves it while nothing may be written, and when its rule never prunes", () => {
    assert.strictEqual(tagOf(gone, { recorded, mirroring: { _tag: "Closed", reason: "x" } }), "Held")
    assert.strictEqual(tagOf(gone, { recorded, rules: [rule({ syncTo: "git", prune: "never" })] }), "Held")
  })

  it("stays held until it is asked for again", () => {
    const held = {
      ...gone,
      ...memory({ saved: recorded, held: { basis: basis("d1", undefined), message: "too many" } })
    }
    const verdict = verdictOf(held)
    assert.strictEqual(verdict._tag === "Held" && verdict.message, "too many")
    assert.strictEqual(tagOf({ ...held, claim: declared("web", "d1") }), "Held")
  })
})

describe("an object that both sides may change", () => {
  const rules = [rule({ syncTo: "both" })]

  it("is made by Git when it was never in this cluster, so it isn't only in Git", () => {
    assert.strictEqual(tagOf(gone, { rules, isSeen: false }), "Unconcerned")
  })

  it("is held when its manifest went, unless it is unchanged and ours: then it is to be deleted", () => {
    const verdict = verdictOf(tracked({ live: there }), { rules, recorded })
    assert.include(verdict._tag === "Held" ? verdict.message : "", "nothing shows that it was ever applied")
    assert.strictEqual(tagOf(tracked({ live: { ...there, member: true } }), { rules, recorded }), "Unconcerned")
    const changed = verdictOf(tracked({ live: { ...there, portable: "l2" } }), { rules, recorded })
    assert.include(changed._tag === "Held" ? changed.message : "", "was changed in the cluster")
    assert.strictEqual(tagOf(tracked({ live: there }), { rules }), "Due")
  })

  it("is compared only once each side shows what we have changed there", () => {
    assert.strictEqual(tagOf(both, { rules }), "Due")
    assert.strictEqual(tagOf({ ...both, inFlight: [] }, { rules }), "UnderWay")
    const settled = { payload: "d1", version: "2", owned: undefined, seen: false }
    assert.strictEqual(tagOf({ ...both, settled }, { rules }), "UnderWay")
    assert.strictEqual(tagOf({ ...both, settled: { ...settled, seen: true } }, { rules }), "Due")
    const committed = { ...both, ...memory({ committed: 3 }) }
    assert.strictEqual(tagOf(committed, { rules, tip: 2 }), "UnderWay")
    assert.strictEqual(tagOf(committed, { rules, tip: 3 }), "Due")
    assert.strictEqual(
      tagOf({ ...both, ...memory({ submitted: { count: 1, document: "d0" } }) }, { rules }),
      "UnderWay"
    )
    assert.strictEqual(tagOf({ ...both, ...memory({ submitted: { count: 1, document: "d1" } }) }, { rules }), "Due")
  })
})
