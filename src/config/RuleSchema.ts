/** One rule as people write it: what it takes, and who is right about it. */
import { Result, Schema } from "effect"
import { covers as coversFields, type Filter } from "../rules/Filter.ts"
import { parse as parseFilter } from "../rules/FilterSyntax.ts"
import { defaults } from "./Defaults.ts"
import { list, oneOf, selector } from "./Fields.ts"
import { apiGroupProblem, nameGlobProblem, namespaceGlobProblem, resourceProblem } from "./KubernetesName.ts"
import { directionProblems } from "./RuleDirection.ts"

const filterProblem = (pointer: string) =>
  Result.match(parseFilter(pointer), { onFailure: (reason) => reason, onSuccess: () => undefined })

export const RuleSchema = Schema.Struct({
  apiGroups: Schema.optionalKey(
    list(
      {
        description: `API groups without their versions. "" is the core group. Empty or absent: any.`,
        examples: [["apps", ""]]
      },
      apiGroupProblem
    )
  ),
  resources: Schema.optionalKey(
    list(
      {
        description: "Plural, singular, kind or short name, in any case, also as resource.group. Empty or absent: any.",
        examples: [["deployments", "services"], ["sts", "ingresses.networking.k8s.io"]]
      },
      resourceProblem,
      (resource) => resource.toLowerCase()
    )
  ),
  labels: Schema.optionalKey(
    selector({
      description: "A Kubernetes label selector. Empty or absent: any.",
      examples: ["app=web", "tier in (web, api), !canary"]
    })
  ),
  namespaces: Schema.optionalKey(
    list(
      {
        description: "Namespaces; * and ? are wildcards. Empty or absent: any, and objects that have none.",
        examples: [["shop", "team-*"]]
      },
      namespaceGlobProblem
    )
  ),
  names: Schema.optionalKey(
    list(
      {
        description: "Names of objects; * and ? are wildcards. Empty or absent: any.",
        examples: [["web", "web-*"]]
      },
      nameGlobProblem
    )
  ),
  filters: Schema.optionalKey(
    list(
      {
        description:
          "JSON pointers of the fields this rule takes, each with all below it. * is any key or item, [name=x] the item with that key. Empty or absent: the whole object.",
        examples: [["/spec/replicas"], ["/spec/template/spec/containers/[name=app]/image"]]
      },
      filterProblem
    )
  ),
  syncTo: oneOf(["git", "kubernetes", "ignore", "both"], {
    description:
      "Where changes go: git (the cluster is right), kubernetes (Git is right), ignore (nobody is), both (three-way merge)."
  }),
  prune: Schema.optionalKey(
    oneOf(["owned", "always", "never"], {
      description:
        "Whether what is gone from the source goes from the target: owned (what is proved to be ours), always (the rule must name its resources), never.",
      default: defaults.prune
    })
  ),
  conflict: Schema.optionalKey(
    oneOf(["git", "kubernetes", "hold"], {
      description:
        `Under "syncTo: both", which side wins a field that both have changed; hold: neither, until a person decides.`,
      default: defaults.conflict
    })
  ),
  suspend: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "true: the rule keeps what it takes and touches nothing. For one object, annotate it gitops-controller/sync: paused.",
      default: defaults.suspend
    })
  )
}).annotate({ expected: `a map such as { resources: [deployments], syncTo: kubernetes }` })
  .check(Schema.makeFilter(directionProblems))

export type RuleInFile = typeof RuleSchema.Type

const same = (left: ReadonlyArray<string> = [], right: ReadonlyArray<string> = []) =>
  left.length === right.length && left.every((item) => right.includes(item))

const takesAll = (list: ReadonlyArray<string> | undefined) => list === undefined || list.length === 0

/** Labels are read on the side of the source, so equal selectors are equal only for one source. */
const coversLabels = (above: RuleInFile, below: RuleInFile) =>
  above.labels === undefined || above.labels.requirements.length === 0 ||
  (above.labels.text === below.labels?.text && above.syncTo === below.syncTo)

/** Naming no resource does not cover naming one: some are only synced when a rule names them. */
const coversObjects = (above: RuleInFile, below: RuleInFile): boolean =>
  same(above.resources, below.resources) &&
  (["apiGroups", "namespaces", "names"] as const).every((key) =>
    takesAll(above[key]) || same(above[key], below[key])
  ) &&
  coversLabels(above, below)

const unreachable = (rules: ReadonlyArray<RuleInFile>, rule: RuleInFile, index: number) => {
  const above = rules.slice(0, index).findIndex((other) => takesAll(other.filters) && coversObjects(other, rule))
  return above === -1
    ? []
    : [{
      path: [index],
      issue: `this rule never applies: rule ${above + 1} above takes everything that it would; remove it or move it up`
    }]
}

const filtersOf = ({ filters = [] }: RuleInFile): ReadonlyArray<Filter> =>
  filters.flatMap((pointer) => Result.match(parseFilter(pointer), { onFailure: () => [], onSuccess: (it) => [it] }))

/** Filters that an earlier rule takes for another direction. In the same direction they merge. */
const shadowed = (rules: ReadonlyArray<RuleInFile>, rule: RuleInFile, index: number) =>
  filtersOf(rule).flatMap((filter, item) => {
    const winners = rules.slice(0, index).flatMap((other, position) =>
      other.syncTo !== rule.syncTo && coversObjects(other, rule)
        ? filtersOf(other).filter((taken) => coversFields(taken, filter)).map(({ text }) => ({ position, text }))
        : []
    )
    const [first] = winners
    return first === undefined
      ? []
      : [{
        path: [index, "filters", item],
        issue: `it never applies: rule ${first.position + 1} above takes "${first.text}" for "syncTo: ${
          rules[first.position]?.syncTo
        }"; remove it, or move this rule up`
      }]
  })

/** Whole rules, else single filters that others leave nothing to. */
const neverApplying = (rules: ReadonlyArray<RuleInFile>) =>
  rules.flatMap((rule, index) => {
    const whole = unreachable(rules, rule, index)
    return whole.length > 0 ? whole : shadowed(rules, rule, index)
  })

export const RulesSchema = Schema.Array(RuleSchema)
  .annotate({
    description: "Who is right about what. Read from the top: the first rule that matches an object wins.",
    examples: [[{ syncTo: "kubernetes" }]],
    expected: `a list of rules such as "- syncTo: kubernetes"`
  })
  .check(Schema.makeFilter((rules: ReadonlyArray<RuleInFile>) =>
    rules.length === 0
      ? `there are no rules, so nothing would ever be synced; the simplest is "- syncTo: kubernetes"`
      : neverApplying(rules), { toJsonSchema: () => [{ minItems: 1 }, true] }))
