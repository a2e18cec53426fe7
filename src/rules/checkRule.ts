/** Whether a rule can do what it says in a cluster: the resources it names are served, and its filters fit their schemas. */
import type { FieldType } from "../manifest/FieldType.ts"
import { nearest } from "../manifest/Nearest.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { quoted } from "../manifest/quoted.ts"
import { checkFilter } from "./checkFilter.ts"
import type { Place, Rule } from "./Rule.ts"
import { isNameOf, type KindNames, matchesKind } from "./Ruleset.ts"

/** Something a person should know of a rule, at its place in the configuration file. */
export interface RuleProblem {
  readonly place: Place
  /** Nothing is wrong with the rule, but what it names isn't there yet. */
  readonly isWaiting: boolean
  readonly message: string
}

/** What the cluster serves. */
export interface ServedNames {
  readonly kinds: ReadonlyArray<KindNames>
  /** Groups whose server doesn't answer: what is in them isn't known. */
  readonly unknownGroups: ReadonlySet<string>
}

const groupText = (group: string) => group === "" ? `the core group ""` : quoted(group)

const either = (texts: ReadonlyArray<string>) => texts.join(" or ")

/** The same name in another group, else the nearest name. */
const suggestion = (resource: string, kinds: ReadonlyArray<KindNames>): string | undefined => {
  const [name = "", ...rest] = resource.split(".")
  const group = rest.join(".").toLowerCase()
  const elsewhere = kinds.find((kind) => isNameOf(name, kind))
  if (elsewhere !== undefined) return elsewhere.group === "" ? name : `${name}.${elsewhere.group}`
  const near = kinds.filter((kind) => group === "" || kind.group === group)
  const names = (["plural", "singular", "kind"] as const).flatMap((form) => near.map((kind) => kind[form]))
  const meant = nearest(name, [...new Set(names)])
  return meant === undefined ? undefined : [meant, ...rest].join(".")
}

const unansweredGroups = (rule: Rule, resource: string, { unknownGroups }: ServedNames) => {
  const dot = resource.indexOf(".")
  const group = dot === -1 ? undefined : resource.slice(dot + 1).toLowerCase()
  return [...unknownGroups].filter((unknown) =>
    (group === undefined || group === unknown) && (rule.apiGroups.length === 0 || rule.apiGroups.includes(unknown))
  )
}

type Reason = Pick<RuleProblem, "isWaiting" | "message">

const wrong = (message: string): Reason => ({ isWaiting: false, message })

const waiting = (message: string, meant: string | undefined): Reason => ({
  isWaiting: true,
  message: `${message}; ${meant === undefined ? "" : `did you mean ${quoted(meant)}? `}${
    meant === undefined ? "the" : "The"
  } rule waits until it does`
})

const unservedReason = (rule: Rule, resource: string, served: ServedNames): Reason | undefined => {
  const known = served.kinds.filter((kind) => isNameOf(resource, kind))
  if (known.some((kind) => matchesKind({ ...rule, resources: [resource] }, kind))) return undefined
  const groups = known.map(({ group }) => group).filter((group) => !rule.apiGroups.includes(group))
  if (rule.apiGroups.length > 0 && groups.length > 0) {
    return wrong(
      `${quoted(resource)} is not in the API groups of this rule: the cluster serves it in ${
        either(groups.map(groupText))
      }; add the group to "apiGroups", or leave "apiGroups" out`
    )
  }
  if (known.length > 0) return wrong(`${quoted(resource)} is never synced, as nothing of it is stored: take it out`)
  const meant = suggestion(resource, served.kinds)
  const unanswered = unansweredGroups(rule, resource, served)
  return meant === undefined && unanswered.length > 0
    ? waiting(
      `the API group ${either(unanswered.map(quoted))} does not say whether it serves ${quoted(resource)}`,
      undefined
    )
    : waiting(`the cluster serves no ${quoted(resource)}`, meant)
}

/** Names in `apiGroups` and `resources` that this cluster doesn't serve, or not where the rule looks. */
export const checkResources = (rule: Rule, served: ServedNames): ReadonlyArray<RuleProblem> => {
  const groups = [...new Set(served.kinds.map(({ group }) => group))]
  const unservedGroups = rule.apiGroups.flatMap((group, index): ReadonlyArray<RuleProblem> => {
    if (groups.includes(group) || served.unknownGroups.has(group)) return []
    const meant = nearest(group, groups.filter((other) => other !== ""))
    return [{
      place: rule.places.apiGroups[index] ?? rule.place,
      ...waiting(`the cluster serves no API group ${quoted(group)}`, meant)
    }]
  })
  const allGroupsUnserved = rule.apiGroups.length > 0 && unservedGroups.length === rule.apiGroups.length
  return [
    ...unservedGroups,
    ...allGroupsUnserved ? [] : rule.resources.flatMap((resource, index): ReadonlyArray<RuleProblem> => {
      const reason = unservedReason(rule, resource, served)
      return reason === undefined ? [] : [{ place: rule.places.resources[index] ?? rule.place, ...reason }]
    })
  ]
}

/** A kind that a rule concerns, in the version it is synced in. */
export interface TypedKind {
  readonly kind: KindNames
  readonly type: FieldType
}

/**
 * Filters that can't be carried out for some of the kinds that the rule concerns, or that take nothing in any of them.
 * A field that only some of the kinds have is fine.
 */
export const checkFilters = (rule: Rule, kinds: ReadonlyArray<TypedKind>): ReadonlyArray<RuleProblem> => {
  const concerned = kinds.filter(({ kind }) => matchesKind(rule, kind))
  return rule.filters.flatMap((filter, index) => {
    const found = concerned.flatMap(({ kind, type }) => {
      const problem = checkFilter(filter, type)
      return problem === undefined ? [] : [{ kind, ...problem }]
    })
    const unfit = found.filter(({ _tag }) => _tag === "Unfit")
    const missing = found.length === concerned.length && unfit.length === 0 ? found.slice(0, 1) : []
    return [...unfit, ...missing].map(({ kind, message }): RuleProblem => ({
      place: rule.places.filters[index] ?? rule.place,
      isWaiting: false,
      message: `${quoted(filter.text)} does not fit ${kindId(kind)}: ${message}`
    }))
  })
}
