import { assert, describe, it } from "@effect/vitest"
import { type FilteredKind, filteredKinds, ruleFindings } from "../../src/kind/RuleFindings.ts"
import type { Served, ServedKind } from "../../src/kubernetes/Discovery.ts"
import { atomicList, type FieldType, scalar, unknown } from "../../src/manifest/FieldType.ts"
import { kindId } from "../../src/manifest/ObjectKey.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { filters, rule } from "./samples.ts"

const kind = (name: string, group: string, verbs = ["get", "list", "watch", "patch", "create"]): ServedKind => ({
  group,
  kind: name,
  plural: `${name.toLowerCase()}s`,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced: true,
  versions: [{ version: "v2", verbs: new Set(verbs) }, { version: "v1", verbs: new Set(verbs) }]
})

const deployment = kind("Deployment", "apps")
const service = kind("Service", "")
const review = kind("NodeMetrics", "metrics.k8s.io", ["get", "list"])
const all = [deployment, service, review]

const serving = (kinds: ReadonlyArray<ServedKind>, ...unknownGroups: ReadonlyArray<string>): Served => ({
  kinds: new Map(kinds.map((one) => [kindId(one), one])),
  unknownGroups: new Set(unknownGroups)
})

const struct = (fields: Readonly<Record<string, FieldType>>): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest: undefined
})

const object = struct({ spec: struct({ replicas: scalar, args: atomicList }) })

/** One line of the file for each rule, with its groups, resources and filters from the columns 10, 20 and 30 on. */
const rules = (...changes: ReadonlyArray<Partial<Rule>>): ReadonlyArray<Rule> =>
  changes.map((change, index) => {
    const line = index + 1
    const placesOf = (items: ReadonlyArray<unknown> = [], column: number) =>
      items.map((_, item) => ({ line, column: column + item }))
    const places = {
      apiGroups: placesOf(change.apiGroups, 10),
      resources: placesOf(change.resources, 20),
      filters: placesOf(change.filters, 30)
    }
    return rule({ index, place: { line, column: 1 }, ...change, places })
  })

const told = (written: ReadonlyArray<Rule>, served: Served, filtered: ReadonlyArray<FilteredKind> = []) =>
  ruleFindings(written, served, filtered).map(({ isWaiting, message, place: { column, line }, rule }) =>
    `${isWaiting ? "waits" : "wrong"} ${rule} ${line}:${column} ${message}`
  )

describe("what is to be known of rules", () => {
  it("is nothing where the cluster serves what they name and filters fit", () => {
    const fitting = rules({ resources: ["deployments"], filters: filters("/spec/replicas"), syncTo: "ignore" }, {})
    assert.deepStrictEqual(told(fitting, serving(all), [{ kind: deployment, type: object }]), [])
  })

  it("are names that wait, with what may have been meant, and groups that don't answer, in the order of the file", () => {
    const waiting = rules(
      { resources: ["service"] },
      { resources: ["deploymnts", "widgets.example.com"] },
      { apiGroups: ["flaky.example.com"] },
      { apiGroups: ["flaky.example.com"], resources: ["gadgets"] }
    )
    assert.deepStrictEqual(told(waiting, serving(all, "flaky.example.com")), [
      `waits 1 2:20 the cluster serves no "deploymnts"; did you mean "deployments"? The rule waits until it does`,
      `waits 1 2:21 the cluster serves no "widgets.example.com"; the rule waits until it does`,
      `waits 2 3:10 the API group "flaky.example.com" does not answer, so its kinds are as they were last known, if they were; it is looked at again`,
      `waits 3 4:20 the API group "flaky.example.com" does not say whether it serves "gadgets"; the rule waits until it does`
    ])
  })

  it("are filters that don't fit a kind, or are in none of them", () => {
    const unfit = rules({ resources: ["deployments"], filters: filters("/spec/args/*", "/spec/replica") })
    assert.deepStrictEqual(told(unfit, serving(all), [{ kind: deployment, type: object }]), [
      `wrong 0 1:30 "/spec/args/*" does not fit Deployment.apps: the list "/spec/args" has one owner as a whole: write "/spec/args"`,
      `wrong 0 1:31 "/spec/replica" does not fit Deployment.apps: "/spec" has no field "replica"; did you mean "/spec/replicas"?`
    ])
  })

  it("are rules and filters that come too late, each told of the rule that it is in", () => {
    const late = rules(
      { resources: ["deployments"], filters: filters("/spec"), syncTo: "ignore" },
      { resources: ["deployments"], filters: filters("/spec/replicas") },
      { resources: ["deployments"] },
      { resources: ["deployments"], names: ["web"], syncTo: "ignore" }
    )
    assert.deepStrictEqual(told(late, serving(all), [{ kind: deployment, type: object }]), [
      `wrong 1 2:30 "/spec/replicas" never applies: rule 1 above takes "/spec" for "syncTo: ignore"; remove it, or move this rule up`,
      "wrong 3 4:1 this rule never applies: rule 3 above takes everything that it would; remove it or move it up"
    ])
  })

  it("is, where the server has no schemas, that filters are not carried out, and no guess about them", () => {
    const blind = rules({ filters: filters("/spec/args/[name=x]/y"), syncTo: "ignore" }, {})
    const [message, ...more] = told(blind, serving(all), [
      { kind: deployment, type: unknown },
      { kind: service, type: object }
    ])
    assert.deepStrictEqual(more, [])
    assert.match(message ?? "", /^wrong 0 1:30 the API server publishes no OpenAPI v3 schema of Deployment\.apps, so /)
    const many = Array.from({ length: 7 }, (_, index) => kind(`Kind${index}`, "x.example.com"))
    const [long] = told(blind, serving(many), many.map((kind) => ({ kind, type: unknown })))
    assert.include(long, "of Kind0.x.example.com, Kind1.x.example.com, ")
    assert.include(long, "Kind4.x.example.com and 2 more, so ")
  })

  it("is nothing of the filters while a schema that they concern could not be asked for", () => {
    const unfit = rules(
      { filters: filters("/spec/args/*") },
      { resources: ["services"], filters: filters("/spec/replica") }
    )
    const types = [{ kind: deployment, type: undefined }, { kind: service, type: object }]
    assert.deepStrictEqual(told(unfit, serving(all), types), [
      `wrong 1 2:30 "/spec/replica" does not fit Service: "/spec" has no field "replica"; did you mean "/spec/replicas"?`
    ])
  })

  it("never is more than a person reads", () => {
    const names = Array.from({ length: 500 }, (_, index) => `missing${index}`)
    assert.strictEqual(told(rules({ resources: names }), serving(all)).length, 200)
  })
})

describe("the schemas that have to be known", () => {
  const named = (written: ReadonlyArray<Rule>) =>
    filteredKinds(written, serving(all)).map(({ kind, version }) => `${kindId(kind)} ${version}`)

  it("are those of kinds that can be synced and that some filter concerns", () => {
    assert.deepStrictEqual(named(rules({})), [])
    assert.deepStrictEqual(named(rules({ resources: ["services"], filters: filters("/spec") }, {})), ["Service v2"])
    assert.deepStrictEqual(named(rules({ filters: filters("/spec") })), ["Deployment.apps v2", "Service v2"])
  })
})
