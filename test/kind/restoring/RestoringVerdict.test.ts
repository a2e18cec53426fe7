import { assert, describe, it } from "@effect/vitest"
import { mayGoToGit } from "../../../src/kind/restoring/mayGoToGit.ts"
import { judgeRestoring, sourceChecked } from "../../../src/kind/restoring/RestoringVerdict.ts"
import type { Phase } from "../../../src/kind/Round.ts"
import type { Tracked } from "../../../src/kind/Tracked.ts"
import { wantedDigest } from "../../../src/kind/WantedDigest.ts"
import type { Rule } from "../../../src/rules/Rule.ts"
import * as Ruleset from "../../../src/rules/Ruleset.ts"
import { live, ref, rule, spec, tracked } from "../samples.ts"

const restoring: Phase = { _tag: "Restoring", from: "them", since: 0 }

const declared = { claim: { _tag: "Declared", ref: ref("a", "d1") } } as const

const ownershipBy = (rules: Partial<Rule>) =>
  Ruleset.ownership(Ruleset.forKind({ number: 1, rules: [rule(rules)] }, spec.kind), {
    namespace: "shop",
    name: "a",
    git: {},
    live: undefined
  })

const verdict = (
  change: Partial<Tracked>,
  rules: Partial<Rule> = { syncTo: "git" },
  phase: Phase = restoring,
  now = 0
) => {
  return judgeRestoring(tracked(change), ownershipBy(rules), phase, now)?._tag
}

const trouble = (digest: string, uid?: string) => ({
  cure: "retry" as const,
  message: "no",
  place: undefined,
  digest,
  uid,
  attempts: 1,
  retryAt: 100
})

describe("while a cluster is restored, an object", () => {
  it("is brought back that only Git has, under rules that write to Git, and under no other", () => {
    assert.strictEqual(verdict(declared), "Restoring")
    assert.strictEqual(verdict(declared, { syncTo: "both" }), "Restoring")
    for (const syncTo of ["kubernetes", "ignore"] as const) assert.isUndefined(verdict(declared, { syncTo }))
    assert.isUndefined(verdict(declared, { syncTo: "git", suspend: true }))
    assert.isUndefined(verdict({}), "not in Git")
  })

  it("is brought back in this phase alone", () => {
    assert.isUndefined(verdict(declared, {}, { _tag: "Syncing" }))
    assert.isUndefined(verdict(declared, {}, { _tag: "Held", reason: "refused" }))
  })

  it("is left as it is where it is there, or was just created", () => {
    assert.isUndefined(verdict({ ...declared, live: live({}) }))
    const settled = { payload: "d1", version: "1", seen: false, owned: undefined }
    assert.strictEqual(verdict({ ...declared, settled }), "InStep")
  })

  it("is tried again when its time has come, and at once with another manifest", () => {
    const wanted = (digest: string) => wantedDigest(digest, ownershipBy({ syncTo: "git" }), [])
    assert.strictEqual(verdict({ ...declared, trouble: trouble(wanted("d1")) }), "Unrestored")
    assert.strictEqual(verdict({ ...declared, trouble: trouble(wanted("d1")) }, undefined, restoring, 100), "Restoring")
    assert.strictEqual(verdict({ ...declared, trouble: trouble(wanted("d0")) }), "Restoring")
  })

  it("is looked at if it is a claim without a source, whether Git knows it or not", () => {
    const bare = live({ hasSource: false })
    assert.strictEqual(verdict({ live: bare }), "Sourceless")
    assert.strictEqual(verdict({ ...declared, live: bare }), "Sourceless")
    assert.isUndefined(verdict({ live: live({ hasSource: true }) }))
    assert.strictEqual(verdict({ live: bare, trouble: trouble(sourceChecked, bare.uid) }), "Unrestored")
    const settled = { payload: sourceChecked, version: "1", seen: true, owned: undefined }
    assert.strictEqual(verdict({ live: bare, settled }), "InStep")
  })
})

describe("a kind that the cluster does not serve", () => {
  it("may go to Git by a rule that names it in any way, or names nothing", () => {
    const may = (change: Partial<Rule>) =>
      mayGoToGit({ number: 1, rules: [rule({ syncTo: "git", ...change })] }, "Policy.example.com")
    assert.isTrue(may({}))
    for (const name of ["policies", "policy", "Policy", "policies.example.com"])
      assert.isTrue(may({ resources: [name] }), name)
    assert.isFalse(may({ resources: ["configmaps"] }))
    assert.isFalse(may({ apiGroups: ["apps"] }))
    assert.isFalse(may({ syncTo: "kubernetes" }))
    assert.isFalse(may({ suspend: true }))
  })
})
