/**
 * What deleting objects of some kinds asks of the API server besides "delete": to see what would go along with a namespace, and whether a role gives
 * the controller its own rights. Pure.
 */
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import type { Right } from "../../kubernetes/rights/Right.ts"
import { type KindId, kindId } from "../../manifest/ObjectKey.ts"
import type { Rule } from "../../rules/Rule.ts"
import { type KindNames, matchesKind } from "../../rules/Ruleset.ts"
import { foundInNamespaces } from "../pruning/Contents.ts"
import { deletesBy } from "./NeededRights.ts"

const rbac = "rbac.authorization.k8s.io"

const namespace: KindNames = {
  group: "",
  kind: "Namespace",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"]
}
const role: KindNames = { group: rbac, kind: "Role", plural: "roles", singular: "role", shortNames: [] }
const clusterRole: KindNames = {
  group: rbac,
  kind: "ClusterRole",
  plural: "clusterroles",
  singular: "clusterrole",
  shortNames: []
}

const list = (group: string, resource: string): Right => ({ namespace: "", group, resource, verbs: ["list"] })

/** A protected kind goes only by a rule that says so in so many words. */
export const deletesNamespaces = (rule: Rule): boolean =>
  deletesBy(rule) && rule.resources.length > 0 && rule.isPruneWritten && matchesKind(rule, namespace)

/**
 * @param served what the cluster serves; `undefined`: not known, so that it may be anything
 * @param isConcerned whether there is anything of a kind to be deleted; by default there may be
 */
export const deletingRights = (
  rules: ReadonlyArray<Rule>,
  served: Iterable<ServedKind> | undefined,
  isConcerned: (kind: KindId) => boolean = () => true
): ReadonlyArray<Right> => {
  const deletes = (kind: KindNames) =>
    isConcerned(kindId(kind)) && rules.some((rule) => deletesBy(rule) && matchesKind(rule, kind))
  const contents = served === undefined
    ? [list("*", "*")]
    : foundInNamespaces(served).map(({ group, plural }) => list(group, plural))
  return [
    ...deletes(clusterRole) ? [list(rbac, "clusterrolebindings")] : [],
    ...deletes(clusterRole) || deletes(role) ? [list(rbac, "rolebindings")] : [],
    ...isConcerned(kindId(namespace)) && rules.some(deletesNamespaces) ? contents : []
  ]
}
