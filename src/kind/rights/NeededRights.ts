/**
 * The rights that rules need, no more: what reading, following, applying and writing down their kinds asks of the API server, and what
 * the controller asks for itself. Pure.
 */
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import { inOrder, type Right } from "../../kubernetes/rights/Right.ts"
import type { Rule } from "../../rules/Rule.ts"
import { matchesKind } from "../../rules/Ruleset.ts"
import { toCluster } from "../GitScope.ts"
import { toGit } from "../mirroring/MirrorScope.ts"

const watching = ["get", "list", "watch"]

/** Whether what the cluster says goes to Git by this rule. */
const mirrorsBy = (rule: Rule) => toGit(rule) && !rule.suspend

/** A rule with filters never creates; a suspended one lets go of what it doesn't take. */
const createsBy = (rule: Rule) => toCluster(rule) && rule.filters.length === 0 && !rule.suspend

/** Whether what Git holds no longer goes by this rule. */
export const deletesBy = (rule: Rule) => createsBy(rule) && rule.prune !== "never"

/** Whether the rule takes "create" only to tell what somebody set from what is a default, by dry runs. */
export const createsOnlyInDryRuns = (rule: Rule): boolean => mirrorsBy(rule) && !createsBy(rule)

/** Everything that a rule may ask for, whatever the kind. */
export const verbsOf = (rule: Rule): ReadonlyArray<string> => [
  ...watching,
  ...createsBy(rule) || mirrorsBy(rule) ? ["create"] : [],
  ...toCluster(rule) ? ["patch"] : [],
  ...deletesBy(rule) ? ["delete"] : []
]

/** Whether the rule lets any side decide, and so needs rights at all. */
export const needsRights = (rule: Rule): boolean => rule.syncTo !== "ignore"

/** Whether these rules take "create" of the kind for nothing but dry runs. */
export const isOnlyTried = (kind: ServedKind, rules: ReadonlyArray<Rule>): boolean => {
  const concerned = rules.filter((rule) => matchesKind(rule, kind))
  return concerned.some(createsOnlyInDryRuns) && !concerned.some(createsBy)
}

/** What it takes besides to bring back, in a new cluster, what such a rule wrote to Git. */
export const restoringVerbs = (rule: Rule): ReadonlyArray<string> => mirrorsBy(rule) ? ["patch"] : []

/** What proves that an object is gone for good: neither its definition, its API nor its namespace went with it. */
const proofs: ReadonlyArray<Right> = [
  { namespace: "", group: "", resource: "namespaces", verbs: ["get"] },
  { namespace: "", group: "apiextensions.k8s.io", resource: "customresourcedefinitions", verbs: ["get"] },
  { namespace: "", group: "apiregistration.k8s.io", resource: "apiservices", verbs: ["get"] }
]

/** What rules that write to Git need besides, whatever their kinds. */
export const mirroringRights = (rules: ReadonlyArray<Rule>): ReadonlyArray<Right> => rules.some(mirrorsBy) ? proofs : []

/** What some rules need of one kind; `undefined`: nothing. */
export const rightOf = (kind: ServedKind, rules: ReadonlyArray<Rule>): Right | undefined => {
  const concerned = rules.filter((rule) => needsRights(rule) && matchesKind(rule, kind))
  return concerned.length === 0
    ? undefined
    : { namespace: "", group: kind.group, resource: kind.plural, verbs: inOrder(concerned.flatMap(verbsOf)) }
}

/** What it takes to lead. */
export const leaseRight = (stateNamespace: string): Right => ({
  namespace: stateNamespace,
  group: "coordination.k8s.io",
  resource: "leases",
  verbs: ["get", "create", "update"]
})

/** What the controller needs for itself, whatever the rules say: its own state, the order of things, and which cluster it is in. */
export const ownRights = (stateNamespace: string): ReadonlyArray<Right> => {
  const inState = { namespace: stateNamespace, verbs: ["get", "create", "update"] }
  return [
    { namespace: "", group: "", resource: "namespaces", verbs: ["list", "watch"] },
    { namespace: "", group: "", resource: "namespaces", name: "kube-system", verbs: ["get"] },
    {
      namespace: "",
      group: "apiextensions.k8s.io",
      resource: "customresourcedefinitions",
      verbs: ["list", "watch"]
    },
    // About objects of any namespace; about those of none in the namespace "default"
    { namespace: "", group: "", resource: "events", verbs: ["create", "patch"] },
    { ...inState, group: "", resource: "configmaps" },
    leaseRight(stateNamespace)
  ]
}
