// What users of field rules rely on, as a table: rules, an object, and who decides about its life and its fields.
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { field } from "../../src/manifest/FieldPath.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { forKind, type KindNames, ownership, type Subject } from "../../src/rules/Ruleset.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"
import { deployment, filters, rule, subject } from "./samples.ts"

type Written = Partial<Omit<Rule, "labels" | "filters">> & {
  readonly labels?: string
  readonly filters?: ReadonlyArray<string>
}

interface Case {
  readonly name: string
  readonly rules: ReadonlyArray<Written>
  readonly kind?: KindNames
  readonly subject?: Partial<Subject>
  /** Which rule owns the object's life, counted from 0. */
  readonly life: number | undefined
  /** Which rule owns a field, by its names. */
  readonly fields: Readonly<Record<string, number | undefined>>
}

const decoded = ({ filters: written = [], labels, ...rest }: Written, index: number): Rule =>
  rule(index, {
    ...rest,
    filters: filters(...written),
    labels: labels === undefined ? undefined : Result.getOrThrow(parse(labels))
  })

const replicas = "spec.replicas"
const image = "spec.template.image"

const service: KindNames = { group: "", kind: "Service", plural: "services", singular: "service", shortNames: ["svc"] }
const pod: KindNames = { group: "", kind: "Pod", plural: "pods", singular: "pod", shortNames: ["po"] }

const cases: ReadonlyArray<Case> = [
  { name: "no rule: no touch", rules: [], life: undefined, fields: { [replicas]: undefined } },
  { name: "a rule for everything owns everything", rules: [{}], life: 0, fields: { [replicas]: 0, [image]: 0 } },
  { name: "the API group matches", rules: [{ apiGroups: ["apps"] }], life: 0, fields: { [replicas]: 0 } },
  {
    name: "the API group is another",
    rules: [{ apiGroups: ["batch", ""] }],
    life: undefined,
    fields: { [replicas]: undefined }
  },
  { name: "the core group is the empty one", rules: [{ apiGroups: [""] }], kind: service, life: 0, fields: {} },
  { name: "the resource matches", rules: [{ resources: ["services", "deployments"] }], life: 0, fields: {} },
  { name: "the resource matches by its short name", rules: [{ resources: ["deploy"] }], life: 0, fields: {} },
  {
    name: "the resource matches by its kind, in any case",
    rules: [{ resources: ["DEPLOYMENT"] }],
    life: 0,
    fields: {}
  },
  { name: "the resource matches with its group", rules: [{ resources: ["deployments.apps"] }], life: 0, fields: {} },
  {
    name: "the resource is of another group",
    rules: [{ resources: ["deployments.batch"] }],
    life: undefined,
    fields: {}
  },
  {
    name: "the resource is another",
    rules: [{ resources: ["services"] }],
    life: undefined,
    fields: { [replicas]: undefined }
  },
  {
    name: "group and resource have to match both",
    rules: [{ apiGroups: ["batch"], resources: ["deployments"] }, { apiGroups: ["apps"], resources: ["jobs"] }],
    life: undefined,
    fields: {}
  },
  { name: "what the cluster makes itself is not synced", rules: [{}], kind: pod, life: undefined, fields: {} },
  { name: "unless a rule names it", rules: [{ resources: ["pods"] }], kind: pod, life: 0, fields: {} },
  {
    name: "the labels match",
    rules: [{ labels: "app=web" }],
    subject: { git: { app: "web" } },
    life: 0,
    fields: { [replicas]: 0 }
  },
  {
    name: "the labels are others",
    rules: [{ labels: "app=web" }],
    subject: { git: { app: "api" } },
    life: undefined,
    fields: { [replicas]: undefined }
  },
  { name: "there are no labels", rules: [{ labels: "app=web" }], life: undefined, fields: {} },
  {
    name: "labels are read in Git for a rule that goes to the cluster",
    rules: [{ labels: "app=web" }],
    subject: { git: { app: "web" }, live: { app: "api" } },
    life: 0,
    fields: {}
  },
  {
    name: "labels in the cluster don't count for a rule that goes to the cluster",
    rules: [{ labels: "app=web" }],
    subject: { git: { app: "api" }, live: { app: "web" } },
    life: undefined,
    fields: {}
  },
  {
    name: "labels are read in the cluster if Git doesn't have the object",
    rules: [{ labels: "app=web" }],
    subject: { live: { app: "web" } },
    life: 0,
    fields: {}
  },
  {
    name: "labels are read in the cluster for a rule that ignores",
    rules: [{ labels: "app=web", syncTo: "ignore" }],
    subject: { git: { app: "api" }, live: { app: "web" } },
    life: 0,
    fields: {}
  },
  { name: "the namespace matches a pattern", rules: [{ namespaces: ["sh*"] }], life: 0, fields: {} },
  { name: "the namespace is another", rules: [{ namespaces: ["shop-*"] }], life: undefined, fields: {} },
  { name: "the name matches a pattern", rules: [{ names: ["w?b"] }], life: 0, fields: {} },
  { name: "the name is another", rules: [{ names: ["web-*"] }], life: undefined, fields: {} },
  { name: "the first rule wins", rules: [{ syncTo: "ignore" }, {}], life: 0, fields: { [replicas]: 0 } },
  {
    name: "the first rule that matches wins",
    rules: [{ namespaces: ["elsewhere"], syncTo: "ignore" }, { names: ["web"] }, {}],
    life: 1,
    fields: { [replicas]: 1 }
  },
  {
    name: "a filter matches at its path and under it",
    rules: [{ filters: ["/spec/template"], syncTo: "ignore" }, {}],
    life: 1,
    fields: { "spec.template": 0, [image]: 0, "spec.template.a.b.c": 0 }
  },
  {
    name: "a filter matches neither beside its path nor at its parent",
    rules: [{ filters: ["/spec/template"], syncTo: "ignore" }, {}],
    life: 1,
    fields: { "spec": 1, "spec.templates": 1, "spec.templat": 1, "template": 1, [replicas]: 1 }
  },
  {
    name: "a filtered rule moves only its fields, and owns no life",
    rules: [{ filters: ["/spec/replicas"] }],
    life: undefined,
    fields: { [replicas]: 0, [image]: undefined, "metadata.labels.app": undefined }
  },
  {
    name: "a filtered rule leaves the rest to the rule below it",
    rules: [{ filters: ["/spec/replicas"] }, { syncTo: "ignore" }],
    life: 1,
    fields: { [replicas]: 0, [image]: 1 }
  },
  {
    name: "filters of several rules in one direction merge",
    rules: [{ filters: ["/spec/replicas"] }, { filters: ["/spec/template/image"] }, { syncTo: "ignore" }],
    life: 2,
    fields: { [replicas]: 0, [image]: 1, "spec.selector": 2 }
  },
  {
    name: "of filters in opposite directions the earlier wins",
    rules: [{ filters: ["/spec/template"], syncTo: "ignore" }, { filters: ["/spec"] }],
    life: undefined,
    fields: { [image]: 0, [replicas]: 1, "spec.template": 0 }
  },
  {
    name: "an earlier filter wins though a later one says more",
    rules: [{ filters: ["/spec"], syncTo: "ignore" }, { filters: ["/spec/replicas"] }, {}],
    life: 2,
    fields: { [replicas]: 0 }
  },
  {
    name: "a rule after the one for whole objects doesn't count",
    rules: [{}, { filters: ["/spec/replicas"], syncTo: "ignore" }, { syncTo: "ignore" }],
    life: 0,
    fields: { [replicas]: 0 }
  },
  {
    name: "a filtered rule for other objects doesn't count",
    rules: [{ filters: ["/spec/replicas"], names: ["api"], syncTo: "ignore" }, {}],
    life: 1,
    fields: { [replicas]: 1 }
  },
  {
    name: "a suspended rule keeps what it takes",
    rules: [{ filters: ["/spec/replicas"], suspend: true }, { syncTo: "ignore" }],
    life: 1,
    fields: { [replicas]: 0 }
  },
  {
    name: "an object that is nowhere any more is decided all the same",
    rules: [{ filters: ["/spec/replicas"], labels: "!app" }, { labels: "app" }],
    life: undefined,
    fields: { [replicas]: 0 }
  }
]

describe("the known cases", () => {
  for (const { fields, kind = deployment, life, name, rules, subject: of = {} } of cases) {
    it(name, () => {
      const found = ownership(forKind({ number: 1, rules: rules.map(decoded) }, kind), subject(of))
      assert.strictEqual(found.lifecycle?.index, life)
      const owners = Object.keys(fields).map((names) => [
        names,
        names.split(".").reduce((node, step) => node.at(field(step)), found.root).owner?.index
      ])
      assert.deepStrictEqual(Object.fromEntries(owners), fields)
    })
  }
})
