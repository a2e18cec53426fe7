import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { whyNot } from "../../src/inspect/whyNot.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { forKind, ownership } from "../../src/rules/Ruleset.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"
import { deployment, rule, subject } from "../rules/samples.ts"

const selector = (text: string) => Result.getOrThrow(parse(text))

const pod = { group: "", kind: "Pod", plural: "pods", singular: "pod", shortNames: ["po"] }
const review = { ...pod, group: "authorization.k8s.io", kind: "SubjectAccessReview" }

const anyRule: fc.Arbitrary<Rule> = fc.record({
  apiGroups: fc.subarray(["", "apps"]),
  resources: fc.subarray(["deployments", "po"]),
  namespaces: fc.subarray(["shop", "team-*"]),
  names: fc.subarray(["web", "db"]),
  labels: fc.constantFrom(undefined, selector("tier=front"), selector("!tier")),
  syncTo: fc.constantFrom("kubernetes" as const, "git" as const, "both" as const, "ignore" as const)
}).map((change) => rule(0, change))

const labels = fc.constantFrom(undefined, {}, { tier: "front" })
const anySubject = fc.record({
  namespace: fc.constantFrom("shop", "team-a", "other"),
  name: fc.constantFrom("web", "api"),
  git: labels,
  live: labels
})

describe("why a rule has nothing to say of an object", () => {
  it("is told exactly when the rule doesn't match", () =>
    fc.assert(
      fc.property(anyRule, fc.constantFrom(deployment, pod, review), anySubject, (rule, kind, subject) => {
        const { lifecycle } = ownership(forKind({ number: 1, rules: [rule] }, kind), subject)
        assert.strictEqual(whyNot(rule, kind, subject) === undefined, lifecycle === rule)
      }),
      { numRuns: 1000 }
    ))

  it("is told in words", () => {
    const why = (change: Partial<Rule>, kind = deployment) =>
      whyNot(rule(0, change), kind, subject({ live: { a: "b" } }))
    assert.strictEqual(why({ apiGroups: ["batch"] }), `"apiGroups" is "batch", and the object's group is "apps"`)
    assert.strictEqual(why({ resources: ["services", "cm"] }), `"resources" is "services", "cm"`)
    assert.strictEqual(why({ namespaces: ["team-*"] }), `"namespaces" is "team-*"`)
    assert.strictEqual(why({ names: ["api"] }), `"names" is "api"`)
    assert.strictEqual(why({ labels: selector("tier=front") }), `"labels" is "tier=front", and there is a=b`)
    assert.strictEqual(why({}, pod), `Pod is left alone unless "resources" names it`)
    assert.strictEqual(
      why({}, review),
      "SubjectAccessReview.authorization.k8s.io is never synced, as nothing of it is stored"
    )
  })
})
