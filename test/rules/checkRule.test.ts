import { assert, describe, it } from "@effect/vitest"
import { type FieldType, scalar } from "../../src/manifest/FieldType.ts"
import { checkFilters, checkResources } from "../../src/rules/checkRule.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import type { KindNames } from "../../src/rules/Ruleset.ts"
import { deployment, filters, rule } from "./samples.ts"

const kind = (group: string, name: string, plural: string, ...shortNames: ReadonlyArray<string>): KindNames => ({
  group,
  kind: name,
  plural,
  singular: name.toLowerCase(),
  shortNames
})

const statefulSet = kind("apps", "StatefulSet", "statefulsets", "sts")

const served = {
  kinds: [
    deployment,
    statefulSet,
    kind("", "Service", "services", "svc"),
    kind("", "Pod", "pods", "po"),
    kind("networking.k8s.io", "Ingress", "ingresses", "ing"),
    kind("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews")
  ],
  unknownGroups: new Set(["metrics.k8s.io"])
}

const place = (column: number) => ({ line: 3, column })

const placed = (change: Partial<Rule>): Rule =>
  rule(0, {
    ...change,
    places: {
      apiGroups: (change.apiGroups ?? []).map((_, index) => place(10 + index)),
      resources: (change.resources ?? []).map((_, index) => place(20 + index)),
      filters: (change.filters ?? []).map((_, index) => place(30 + index))
    }
  })

const told = (change: Partial<Rule>) =>
  checkResources(placed(change), served).map(({ isWaiting, message, place: { column } }) =>
    `${column}${isWaiting ? " waits" : ""}: ${message}`
  )

describe("what a rule names", () => {
  it("is fine when it is served", () => {
    assert.deepStrictEqual(told({ resources: ["Deployments", "svc", "ingress.networking.k8s.io", "Pods"] }), [])
    assert.deepStrictEqual(told({ apiGroups: ["apps", ""], resources: ["deploy", "services"] }), [])
    assert.deepStrictEqual(told({}), [])
  })

  it("is waited for when it isn't served, with the nearest name", () => {
    assert.deepStrictEqual(told({ resources: ["deploymnts", "Ingres", "widgets"] }), [
      `20 waits: the cluster serves no "deploymnts"; did you mean "deployments"? The rule waits until it does`,
      `21 waits: the cluster serves no "Ingres"; did you mean "ingress"? The rule waits until it does`,
      `22 waits: the API group "metrics.k8s.io" does not say whether it serves "widgets"; the rule waits until it does`
    ])
    assert.deepStrictEqual(told({ resources: ["widgets.example.com"] }), [
      `20 waits: the cluster serves no "widgets.example.com"; the rule waits until it does`
    ])
  })

  it("may be in another group", () => {
    assert.deepStrictEqual(told({ resources: ["ingresses.extensions", "svc.core", "deploymnts.apps"] }), [
      `20 waits: the cluster serves no "ingresses.extensions"; did you mean "ingresses.networking.k8s.io"? The rule waits until it does`,
      `21 waits: the cluster serves no "svc.core"; did you mean "svc"? The rule waits until it does`,
      `22 waits: the cluster serves no "deploymnts.apps"; did you mean "deployments.apps"? The rule waits until it does`
    ])
    assert.deepStrictEqual(told({ apiGroups: ["apps"], resources: ["ingresses", "svc"] }), [
      `20: "ingresses" is not in the API groups of this rule: the cluster serves it in "networking.k8s.io"; add the group to "apiGroups", or leave "apiGroups" out`,
      `21: "svc" is not in the API groups of this rule: the cluster serves it in the core group ""; add the group to "apiGroups", or leave "apiGroups" out`
    ])
  })

  it("may be in a group that isn't served, which is said once", () => {
    assert.deepStrictEqual(told({ apiGroups: ["app"], resources: ["deployments"] }), [
      `10 waits: the cluster serves no API group "app"; did you mean "apps"? The rule waits until it does`
    ])
  })

  it("may be in a group that doesn't answer", () => {
    assert.deepStrictEqual(told({ apiGroups: ["metrics.k8s.io"], resources: ["nodemetrics"] }), [
      `20 waits: the API group "metrics.k8s.io" does not say whether it serves "nodemetrics"; the rule waits until it does`
    ])
    assert.deepStrictEqual(told({ apiGroups: ["apps"], resources: ["nodemetrics"] }), [
      `20 waits: the cluster serves no "nodemetrics"; the rule waits until it does`
    ])
  })

  it("may be nothing that is stored", () =>
    assert.deepStrictEqual(told({ resources: ["subjectaccessreviews"] }), [
      `20: "subjectaccessreviews" is never synced, as nothing of it is stored: take it out`
    ]))
})

const struct = (fields: Readonly<Record<string, FieldType>>): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest: undefined
})

describe("the filters of a rule", () => {
  const kinds = [
    { kind: deployment, type: struct({ spec: struct({ replicas: scalar, strategy: struct({ type: scalar }) }) }) },
    { kind: statefulSet, type: struct({ spec: struct({ replicas: scalar, serviceName: scalar, strategy: scalar }) }) }
  ]
  const found = (change: Partial<Rule>) =>
    checkFilters(placed(change), kinds).map(({ message, place: { column } }) => `${column}: ${message}`)

  it("are fine when every kind has the field", () =>
    assert.deepStrictEqual(found({ filters: filters("/spec/replicas") }), []))

  it("are fine when one of the kinds has the field", () =>
    assert.deepStrictEqual(found({ filters: filters("/spec/serviceName") }), []))

  it("are told when no kind has the field", () =>
    assert.deepStrictEqual(found({ filters: filters("/spec/replicas", "/spec/replica") }), [
      `31: "/spec/replica" does not fit Deployment.apps: "/spec" has no field "replica"; did you mean "/spec/replicas"?`
    ]))

  it("are told when one of the kinds can't be cut there", () =>
    assert.deepStrictEqual(found({ filters: filters("/spec/strategy/type") }), [
      `30: "/spec/strategy/type" does not fit StatefulSet.apps: "/spec/strategy" is a single value with nothing below it: write "/spec/strategy"`
    ]))

  it("are measured against the kinds that the rule concerns", () => {
    assert.deepStrictEqual(found({ filters: filters("/spec/serviceName"), resources: ["deployments"] }), [
      `30: "/spec/serviceName" does not fit Deployment.apps: "/spec" has no field "serviceName"; it has replicas, strategy`
    ])
    assert.deepStrictEqual(found({ filters: filters("/spec/anything"), resources: ["widgets"] }), [])
  })
})
