/**
 * The rights that rules need, no more: what reading, following and applying their kinds asks of the API server, and what the
 * controller asks for itself. Pure.
 */
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import { inOrder, type Right } from "../../kubernetes/rights/Right.ts"
import type { Rule } from "../../rules/Rule.ts"
import { matchesKind } from "../../rules/Ruleset.ts"

const watching = ["get", "list", "watch"]

/** A rule with filters never creates; a suspended one lets go of what it doesn't take. */
const createsBy = (rule: Rule) => rule.filters.length === 0 && !rule.suspend

/** Everything that a rule may ask for, whatever the kind. */
export const verbsOf = (rule: Rule): ReadonlyArray<string> => [
  ...watching,
  ...createsBy(rule) ? ["create"] : [],
  "patch"
]

/** Whether the rule lets Git decide, and so needs rights at all. */
export const needsRights = (rule: Rule): boolean => rule.syncTo === "kubernetes"

/** What some rules need of one kind; `undefined`: nothing. */
export const rightOf = (kind: ServedKind, rules: ReadonlyArray<Rule>): Right | undefined => {
  const concerned = rules.filter((rule) => needsRights(rule) && matchesKind(rule, kind))
  return concerned.length === 0
    ? undefined
    : { namespace: "", group: kind.group, resource: kind.plural, verbs: inOrder(concerned.flatMap(verbsOf)) }
}

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
    { ...inState, group: "coordination.k8s.io", resource: "leases" }
  ]
}
