import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { checkShadow } from "../../src/rules/checkShadow.ts"
import { patternsOf } from "../../src/rules/Filter.ts"
import * as Ruleset from "../../src/rules/Ruleset.ts"
import type { KindNames, Rule } from "../../src/rules/Ruleset.ts"
import { parse as parseSelector } from "../../src/rules/SelectorSyntax.ts"
import { deployment, filters, rule } from "./samples.ts"

const pod: KindNames = { group: "", kind: "Pod", plural: "pods", singular: "pod", shortNames: ["po"] }

const placed = (changes: ReadonlyArray<Partial<Rule>>) =>
  changes.map((change, index) =>
    rule(index, {
      place: { line: index + 1, column: 1 },
      ...change,
      places: {
        apiGroups: [],
        resources: [],
        filters: (change.filters ?? []).map((_, item) => ({ line: index + 1, column: 10 + item }))
      }
    })
  )

const told = (changes: ReadonlyArray<Partial<Rule>>, kinds?: ReadonlyArray<KindNames>) =>
  checkShadow(placed(changes), kinds).map(({ message, place: { column, line } }) => `${line}:${column}: ${message}`)

const whole = (line: number, above: number) =>
  `${line}:1: this rule never applies: rule ${above} above takes everything that it would; remove it or move it up`

const labels = (text: string) => Result.getOrThrow(parseSelector(text))

const shadowed: ReadonlyArray<readonly [name: string, above: Partial<Rule>, below: Partial<Rule>]> = [
  ["everything before everything", {}, {}],
  ["one of several resources, in another case", { resources: ["deployments", "services"] }, {
    resources: ["Deployments"]
  }],
  ["a resource before itself with a group", { resources: ["deployments"] }, { resources: ["deployments.apps"] }],
  ["a group among several", { apiGroups: ["apps", "batch"] }, { apiGroups: ["batch"] }],
  ["any group before one", {}, { apiGroups: ["batch"] }],
  ["a namespace that a pattern takes", { namespaces: ["team-*"] }, { namespaces: ["team-a", "team-b*"] }],
  ["a name that a pattern takes", { names: ["web-?"] }, { names: ["web-1"] }],
  ["labels after none", {}, { labels: labels("app=web") }],
  ["the same labels for the same direction", { labels: labels("app=web") }, { labels: labels("app=web") }]
]

const apart: ReadonlyArray<readonly [name: string, above: Partial<Rule>, below: Partial<Rule>]> = [
  ["a resource among all: some are synced only when they are named", {}, { resources: ["pods"] }],
  ["a resource that others begin like", { resources: ["deploy"] }, { resources: ["deployments"] }],
  ["a wider namespace", { namespaces: ["team-a"] }, { namespaces: ["team-*"] }],
  ["any namespace after one", { namespaces: ["team-a"] }, {}],
  ["a pattern of one character before one of any", { names: ["web-?"] }, { names: ["web-*"] }],
  ["other labels", { labels: labels("app=web") }, { labels: labels("app=api") }],
  ["the same labels, read on the other side", { labels: labels("app=web") }, {
    labels: labels("app=web"),
    syncTo: "ignore"
  }]
]

describe("A rule that comes too late", () => {
  for (const [name, above, below] of shadowed)
    it(`is told: ${name}`, () => assert.deepStrictEqual(told([above, below]), [whole(2, 1)]))

  for (const [name, above, below] of apart)
    it(`is not one: ${name}`, () => assert.deepStrictEqual(told([above, below]), []))

  it("is told of names that mean the same in a cluster, and only there", () => {
    const rules = [{ resources: ["deployments"] }, { resources: ["deploy"] }]
    assert.deepStrictEqual(told(rules), [])
    assert.deepStrictEqual(told(rules, [deployment]), [whole(2, 1)])
    assert.deepStrictEqual(told([{}, { resources: ["deploy"] }], [deployment]), [whole(2, 1)])
    assert.deepStrictEqual(told([{}, { resources: ["deploy", "po"] }], [deployment, pod]), [])
    assert.deepStrictEqual(
      told([{}, { resources: ["deploy", "widgets"] }], [deployment]),
      [],
      "widgets may be anything"
    )
  })

  it("is told whole, whatever its filters", () =>
    assert.deepStrictEqual(told([{ syncTo: "ignore" }, { filters: filters("/spec/replicas") }]), [whole(2, 1)]))
})

describe("A filter that comes too late", () => {
  it("is told when an earlier rule for the other direction takes all that it would", () =>
    assert.deepStrictEqual(
      told([
        { resources: ["deployments"], filters: filters("/spec/template", "/metadata"), syncTo: "ignore" },
        {
          resources: ["deployments"],
          namespaces: ["shop"],
          filters: filters("/spec/replicas", "/spec/template/spec/containers/*/image", "/metadata/labels/app")
        }
      ]),
      [
        `2:11: "/spec/template/spec/containers/*/image" never applies: rule 1 above takes "/spec/template" for "syncTo: ignore"; remove it, or move this rule up`,
        `2:12: "/metadata/labels/app" never applies: rule 1 above takes "/metadata" for "syncTo: ignore"; remove it, or move this rule up`
      ]
    ))

  it("is none in the same direction, for fewer objects above, or for a wider field", () => {
    const below = { filters: filters("/spec/template") }
    assert.deepStrictEqual(told([{ filters: filters("/spec") }, below]), [])
    assert.deepStrictEqual(told([{ filters: filters("/spec"), syncTo: "ignore", namespaces: ["a"] }, below]), [])
    assert.deepStrictEqual(told([{ filters: filters("/spec/template/spec"), syncTo: "ignore" }, below]), [])
  })
})

describe("What is told", () => {
  const few = fc.subarray(["a", "a*", "b", "?"], { maxLength: 2 })
  const rules = fc.array(
    fc.record({
      resources: fc.subarray(["deployments", "deploy", "pods", "deployments.apps"], { maxLength: 2 }),
      apiGroups: fc.subarray(["", "apps"], { maxLength: 1 }),
      namespaces: few,
      names: few,
      filters: fc.subarray(["/spec", "/spec/replicas", "/metadata"], { maxLength: 2 }).map((all) => filters(...all)),
      syncTo: fc.constantFrom("kubernetes", "ignore")
    }),
    { maxLength: 4 }
  ).map(placed)
  const texts = fc.constantFrom("a", "ab", "b", "c")

  it("is true: no object whatever has such a rule as its owner, nor a filter of it", () => {
    fc.assert(
      fc.property(
        rules,
        fc.constantFrom(deployment, pod),
        texts,
        texts,
        fc.boolean(),
        (rules, kind, namespace, name, asked) => {
          const late = checkShadow(rules, asked ? [deployment, pod] : [])
          const kindRules = Ruleset.forKind({ number: 1, rules }, kind)
          const owned = Ruleset.ownership(kindRules, { namespace, name, git: undefined, live: undefined })
          return late.every(({ place }) => {
            const rule = rules[place.line - 1]
            if (place.column === 1) return owned.lifecycle !== rule && !owned.filtered.some((other) => other === rule)
            const filter = rule?.filters[place.column - 10]
            return filter !== undefined && patternsOf(filter).every((pattern) => {
              let node = owned.root
              for (const segment of pattern)
                node = node.at({ _tag: "Field", name: segment._tag === "Field" ? segment.name : "any" })
              return node.owner !== rule
            })
          })
        }
      ),
      { numRuns: 3000 }
    )
  })
})
