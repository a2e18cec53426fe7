/**
 * The rights that a whole list of rules needs, as a role can be written for it beforehand, and what a person should know of them.
 * A wildcard stands in them only where a rule has one. Pure.
 */
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import { inOrder, merged, type Right } from "../../kubernetes/rights/Right.ts"
import { quoted } from "../../manifest/quoted.ts"
import type { Rule } from "../../rules/Rule.ts"
import { isNameOf } from "../../rules/Ruleset.ts"
import { toCluster } from "../GitScope.ts"
import { versionOf } from "../Roster.ts"
import { deletesNamespaces, deletingRights } from "./DeletingRights.ts"
import { createsOnlyInDryRuns, mirroringRights, needsRights, restoringVerbs, rightOf, verbsOf } from "./NeededRights.ts"

export interface RightsNote {
  readonly rule: Rule
  /** A sentence that completes "this rule …". */
  readonly message: string
}

export interface RightsOfRules {
  readonly rights: ReadonlyArray<Right>
  /** Whether some of them are only for dry runs, by which defaults are told from what somebody set. */
  readonly hasDryRuns: boolean
  readonly notes: ReadonlyArray<RightsNote>
}

const listed = (names: ReadonlyArray<string>) => names.map(quoted).join(", ")

const any = "*"

const orAny = (names: ReadonlyArray<string>) => names.length === 0 ? [any] : names

/** As the configuration writes them. */
const unresolved = (rule: Rule): ReadonlyArray<Right> =>
  orAny(rule.resources).flatMap((written) => {
    const [resource = "", ...rest] = written.toLowerCase().split(".")
    const groups = rest.length === 0 ? orAny(rule.apiGroups) : [rest.join(".")]
    return groups.map((group) => ({ namespace: "", group, resource, verbs: verbsOf(rule) }))
  })

const resolved = (rule: Rule, served: ReadonlyArray<ServedKind>): ReadonlyArray<Right> =>
  served.flatMap((kind) => {
    const right = rightOf(kind, [rule])
    return right === undefined ? [] : [right]
  })

const rightsOf = (rule: Rule, served: ReadonlyArray<ServedKind> | undefined) =>
  served === undefined || rule.resources.length === 0 ? unresolved(rule) : resolved(rule, served)

const groupText = (group: string) => group === "" ? `the core group ""` : quoted(group)

const wildcard = ({ apiGroups, resources }: Rule) => {
  if (resources.length > 0) return []
  const isCore = apiGroups.length === 0 || apiGroups.includes("")
  const groups = apiGroups.length === 0 ? "" : ` of ${apiGroups.map(groupText).join(", ")}`
  return [
    `names no resource, so its rights are for every resource${groups}${isCore ? ", Secrets and pods/exec too" : ""}`
  ]
}

const asWritten = (rule: Rule) => {
  if (rule.resources.length === 0) return []
  const ungrouped = rule.apiGroups.length > 0 ? [] : rule.resources.filter((name) => !name.includes("."))
  return [
    `names ${
      listed(rule.resources)
    }, taken as written since no cluster answered: a role knows plurals only, no kinds and no short names`,
    ...ungrouped.length === 0
      ? []
      : [`names no API group for ${listed(ungrouped)}, so any group is meant until a cluster answers`]
  ]
}

const unserved = (rule: Rule, served: ReadonlyArray<ServedKind>) => {
  const names = rule.resources.filter((name) => !served.some((kind) => isNameOf(name, kind)))
  return names.length === 0
    ? []
    : [`names ${listed(names)}, which the cluster doesn't serve: not in the role; ask again once it does`]
}

const clusterWide = ({ namespaces }: Rule) =>
  namespaces.length === 0
    ? []
    : [
      `names namespaces (${
        listed(namespaces)
      }), but a kind is watched in all namespaces at once: its rights are for the whole cluster`
    ]

const givesRights = ({ group, resource }: Right) =>
  (group === any || group === "rbac.authorization.k8s.io") && /^(\*|(cluster)?role(binding)?s?)$/.test(resource)

/** What only goes to Git gives nobody a right. */
const escalation = ({ syncTo }: Rule, rights: ReadonlyArray<Right>) =>
  syncTo !== "git" && rights.some(givesRights)
    ? [
      `covers roles or bindings: Kubernetes lets nobody give rights that they don't have themselves, unless they have the verb "escalate" on roles and "bind" on what is bound; neither is in this role, since whoever may push to the branch could then give themselves any right`
    ]
    : []

const looksThrough = (rule: Rule) =>
  deletesNamespaces(rule)
    ? [
      `deletes namespaces once nothing is left in them: to see that, it takes the right to list every kind that can be in one, Secrets too`
    ]
    : []

/** What only goes to Git has to be followed, and need not be one that can be changed. */
const isSyncable = (rule: Rule) => (kind: ServedKind) =>
  versionOf(kind, [], toCluster(rule) ? undefined : ["list", "watch"]) !== undefined

const alsoRestoring = (rule: Rule) => (right: Right): Right => ({
  ...right,
  verbs: inOrder([...right.verbs, ...restoringVerbs(rule)])
})

/**
 * `served`: what the cluster serves; `undefined`: no cluster answered, and names are taken as they are written.
 * @param restores Whether a new cluster is to be restored from Git.
 */
export const rightsOfRules = (
  rules: ReadonlyArray<Rule>,
  served: ReadonlyArray<ServedKind> | undefined,
  restores = false
): RightsOfRules => {
  const all = rules.filter(needsRights).map((rule) => {
    const syncable = served?.filter(isSyncable(rule))
    const rights = rightsOf(rule, syncable)
    return { rule, syncable, rights: restores ? rights.map(alsoRestoring(rule)) : rights }
  })
  return {
    rights: merged([
      ...all.flatMap(({ rights }) => rights),
      ...mirroringRights(rules),
      ...deletingRights(rules, served)
    ]),
    hasDryRuns: rules.some(createsOnlyInDryRuns),
    notes: all.flatMap(({ rights, rule, syncable }) =>
      [
        ...wildcard(rule),
        ...syncable === undefined ? asWritten(rule) : unserved(rule, syncable),
        ...clusterWide(rule),
        ...escalation(rule, rights),
        ...looksThrough(rule)
      ].map((message) => ({ rule, message }))
    )
  }
}
