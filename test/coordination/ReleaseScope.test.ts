import { assert, describe, it } from "@effect/vitest"
import type { Belonging, Belongings } from "../../src/coordination/Belongings.ts"
import { idOf } from "../../src/coordination/Belongings.ts"
import type { Inventory } from "../../src/coordination/Record.ts"
import { absent, countsByKind, isLeftAlone, meant, type ReleaseScope } from "../../src/coordination/ReleaseScope.ts"
import type { ServedKind } from "../../src/kubernetes/Discovery.ts"
import type { Ruleset } from "../../src/rules/Ruleset.ts"
import { filters, rule } from "../rules/samples.ts"

const kindOf = (kind: string, group = ""): ServedKind => ({
  group,
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  namespaced: true,
  versions: [{ version: "v1", verbs: new Set(["get", "list", "watch", "patch"]) }]
})

const configMap = kindOf("ConfigMap")
const deployment = kindOf("Deployment", "apps")

const belonging = (kind: ServedKind, name: string, labels: Record<string, string> = {}): Belonging => ({
  kind,
  version: "v1",
  namespace: "shop",
  name,
  labels
})

const found = [belonging(configMap, "a", { tier: "web" }), belonging(configMap, "b"), belonging(deployment, "a")]
const all: Belongings = { found, unknown: [{ kind: "Widget.example", message: "it does not answer" }] }

const inventory: Inventory = new Map([
  ["ConfigMap", new Map([["shop/a", undefined], ["shop/gone", undefined]])],
  ["Widget.example", new Map([["shop/w", undefined]])]
])

const one: ReleaseScope = { _tag: "Object", kind: "ConfigMap", object: "shop/a" }
const everything: ReleaseScope = { _tag: "All" }

describe("what shall be let go of", () => {
  const rules = [
    rule(0, { resources: ["configmaps"], filters: filters("/data/x") }),
    rule(1, {
      resources: ["configmaps"],
      labels: { text: "tier=web", requirements: [{ key: "tier", operator: "in", values: ["web"] }] }
    }),
    rule(2)
  ]
  const ruleset: Ruleset = { number: 1, rules }
  const names = (scope: ReleaseScope) => meant(ruleset, scope, all).found.map((it) => Object.values(idOf(it)).join(" "))

  it("is what a rule decides about whole, by the labels that objects have now", () => {
    const byRule = rules.map((rule) => names({ _tag: "Rule", rule }))
    assert.deepStrictEqual(byRule, [[], ["ConfigMap shop/a"], ["ConfigMap shop/b", "Deployment.apps shop/a"]])
  })

  it("is one object of one kind, or everything", () => {
    assert.deepStrictEqual(names(one), ["ConfigMap shop/a"])
    assert.lengthOf(names(everything), 3)
    assert.deepStrictEqual(countsByKind(meant(ruleset, everything, all)), [["ConfigMap", 2], ["Deployment.apps", 1]])
  })

  it("may be among what could not be looked through, unless another kind is meant", () => {
    assert.lengthOf(meant(ruleset, everything, all).unknown, 1)
    assert.lengthOf(meant(ruleset, { _tag: "Rule", rule: rule(2) }, all).unknown, 1)
    assert.lengthOf(meant(ruleset, one, all).unknown, 0)
  })

  it("leaves the record with what is gone from the cluster, never with what could not be looked through", () => {
    assert.deepStrictEqual(absent(inventory, everything, all), [{ kind: "ConfigMap", object: "shop/gone" }])
    assert.deepStrictEqual(absent(inventory, { ...one, object: "shop/gone" }, all), [
      { kind: "ConfigMap", object: "shop/gone" }
    ])
    assert.deepStrictEqual(absent(inventory, one, all), [])
    assert.deepStrictEqual(absent(inventory, { _tag: "Rule", rule: rule(2) }, all), [])
  })

  it("stays let go of beside a leader only by a rule that touches nothing", () => {
    const of = (change: Parameters<typeof rule>[1]) => isLeftAlone({ _tag: "Rule", rule: rule(0, change) })
    assert.deepStrictEqual([of({}), of({ suspend: true }), of({ syncTo: "ignore" })], [false, true, true])
    assert.isFalse(isLeftAlone(everything))
    assert.isFalse(isLeftAlone(one))
  })
})
