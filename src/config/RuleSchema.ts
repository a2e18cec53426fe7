/** One rule as people write it: what it takes, and who is right about it. */
import { Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { list, oneOf, selector } from "./Fields.ts"
import { apiGroupProblem, nameGlobProblem, namespaceGlobProblem, resourceProblem } from "./KubernetesName.ts"

const filterProblem = (pointer: string) =>
  pointer.startsWith("/") && pointer.length > 1 ? undefined : `it must be a JSON pointer such as "/spec/replicas"`

export const RuleSchema = Schema.Struct({
  apiGroups: Schema.optionalKey(
    list(
      { description: `API groups without their versions. Empty: any. "" is the core group.` },
      apiGroupProblem,
      `[apps, ""]`
    )
  ),
  resources: Schema.optionalKey(
    list(
      { description: "Plural, singular, kind or short name, in any case. Empty: any." },
      resourceProblem,
      "[deployments, services]",
      (resource) => resource.toLowerCase()
    )
  ),
  labels: Schema.optionalKey(
    selector({
      description: "A Kubernetes label selector. Empty: any.",
      examples: ["app=web", "tier in (web, api), !canary"]
    })
  ),
  namespaces: Schema.optionalKey(
    list({ description: "Namespaces; * and ? are wildcards. Empty: any." }, namespaceGlobProblem, "[shop, team-*]")
  ),
  names: Schema.optionalKey(
    list({ description: "Names of objects; * and ? are wildcards. Empty: any." }, nameGlobProblem, "[web, web-*]")
  ),
  filters: Schema.optionalKey(
    list(
      {
        description:
          "JSON pointers of the fields this rule takes; * is any key or item, [name=x] an item. Empty: the whole object."
      },
      filterProblem,
      `[/spec/replicas]`
    )
  ),
  syncTo: oneOf(["git", "kubernetes", "ignore", "both"], {
    description:
      "Where changes go: git (the cluster is right), kubernetes (Git is right), ignore (nobody is), both (three-way merge)."
  }),
  prune: Schema.optionalKey(
    oneOf(["owned", "always", "never"], {
      description:
        "Whether what is gone from the source goes from the target: owned (what is proved to be ours), always, never.",
      default: defaults.prune
    })
  ),
  conflict: Schema.optionalKey(
    oneOf(["git", "kubernetes", "hold"], {
      description: `Who wins a conflict under "syncTo: both".`,
      default: defaults.conflict
    })
  ),
  suspend: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "true: the rule keeps what it takes and touches nothing.",
      default: defaults.suspend
    })
  )
}).annotate({ expected: `a map such as { resources: [deployments], syncTo: kubernetes }` })

export type RuleInFile = typeof RuleSchema.Type

const same = (left: ReadonlyArray<string> = [], right: ReadonlyArray<string> = []) =>
  left.length === right.length && left.every((item) => right.includes(item))

const takesAll = (list: ReadonlyArray<string> | undefined) => list === undefined || list.length === 0

/** Labels are read on the side of the source, so equal selectors are equal only for one source. */
const coversLabels = (above: RuleInFile, below: RuleInFile) =>
  above.labels === undefined || above.labels.requirements.length === 0 ||
  (above.labels.text === below.labels?.text && above.syncTo === below.syncTo)

/** Naming no resource does not cover naming one: some are only synced when a rule names them. */
const covers = (above: RuleInFile, below: RuleInFile): boolean =>
  takesAll(above.filters) &&
  same(above.resources, below.resources) &&
  (["apiGroups", "namespaces", "names"] as const).every((key) =>
    takesAll(above[key]) || same(above[key], below[key])
  ) &&
  coversLabels(above, below)

const unreachable = (rules: ReadonlyArray<RuleInFile>) =>
  rules.flatMap((rule, index) => {
    const above = rules.slice(0, index).findIndex((other) => covers(other, rule))
    return above === -1
      ? []
      : [{
        path: [index],
        issue: `this rule never applies: rule ${
          above + 1
        } above takes everything that it would; remove it or move it up`
      }]
  })

export const RulesSchema = Schema.Array(RuleSchema)
  .annotate({
    description: "Who is right about what. Read from the top: the first rule that matches an object wins.",
    expected: `a list of rules such as "- syncTo: kubernetes"`
  })
  .check(Schema.makeFilter((rules: ReadonlyArray<RuleInFile>) =>
    rules.length === 0
      ? `there are no rules, so nothing would ever be synced; the simplest is "- syncTo: kubernetes"`
      : unreachable(rules), { toJsonSchema: () => [{ minItems: 1 }, true] }))
