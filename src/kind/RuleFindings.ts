/**
 * What a person should know of the rules in this cluster: which of them wait, can't do what they say, or never apply. Pure: what the cluster
 * serves, and what its schemas say of the kinds that filters concern, go in.
 */
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import type { FieldType } from "../manifest/FieldType.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { quoted } from "../manifest/quoted.ts"
import { checkFilters, checkResources, type RuleProblem, type TypedKind } from "../rules/checkRule.ts"
import { checkShadow } from "../rules/checkShadow.ts"
import type { Place, Rule } from "../rules/Rule.ts"
import { matchesKind } from "../rules/Ruleset.ts"
import { versionOf } from "./Roster.ts"
import { snapshotHalves } from "./SnapshotHalves.ts"

export interface RuleFinding extends RuleProblem {
  /** Index of the rule in the configuration. */
  readonly rule: number
}

/** A kind that filters concern, and what its schema says. */
export interface FilteredKind {
  readonly kind: ServedKind
  /** `undefined`: it could not be asked for. */
  readonly type: FieldType | undefined
}

/** How many findings are told at once. */
const maxFindings = 200
/** How many kinds one of them names. */
const maxNamed = 5

/** The kinds whose schemas have to be known, each in the version that the cluster prefers. */
export const filteredKinds = (
  rules: ReadonlyArray<Rule>,
  { kinds }: Served
): ReadonlyArray<{ readonly kind: ServedKind; readonly version: string }> => {
  const filtered = rules.filter(({ filters }) => filters.length > 0)
  return [...kinds.values()].flatMap((kind) => {
    const version = versionOf(kind, [])
    return version !== undefined && filtered.some((rule) => matchesKind(rule, kind)) ? [{ kind, version }] : []
  })
}

/** Without names of resources a rule says nothing that could be looked up in a group that doesn't answer. */
const silentGroups = (rule: Rule, { unknownGroups }: Served): ReadonlyArray<RuleProblem> =>
  rule.resources.length > 0 ? [] : rule.apiGroups.flatMap((group, index) =>
    unknownGroups.has(group)
      ? [{
        place: rule.places.apiGroups[index] ?? rule.place,
        isWaiting: true,
        message:
          `the API group ${quoted(group)} does not answer, so its kinds are as they were last known, if they were; ` +
          "it is looked at again"
      }]
      : []
  )

const named = (kinds: ReadonlyArray<ServedKind>): string => {
  const names = kinds.slice(0, maxNamed).map(kindId).join(", ")
  return kinds.length <= maxNamed ? names : `${names} and ${kinds.length - maxNamed} more`
}

const withoutSchema = (rule: Rule, kinds: ReadonlyArray<ServedKind>): RuleProblem => ({
  place: rule.places.filters[0] ?? rule.place,
  isWaiting: false,
  message:
    `the API server publishes no OpenAPI v3 schema of ${named(kinds)}, so which of their fields can be owned on ` +
    "their own is not known: their objects that this rule concerns are left alone. " +
    "Serve OpenAPI v3 (Kubernetes 1.24 and later do), or take the filters out"
})

const isAsked = (kind: FilteredKind): kind is TypedKind & FilteredKind => kind.type !== undefined

/** Only once every schema is known is it certain that a filter takes nothing anywhere. */
const filterProblems = (rule: Rule, kinds: ReadonlyArray<FilteredKind>): ReadonlyArray<RuleProblem> => {
  if (rule.filters.length === 0) return []
  const concerned = kinds.filter(({ kind }) => matchesKind(rule, kind))
  const unknown = concerned.filter(({ type }) => type?._tag === "Unknown")
  if (unknown.length > 0) return [withoutSchema(rule, unknown.map(({ kind }) => kind))]
  const asked = concerned.filter(isAsked)
  return asked.length === concerned.length ? checkFilters(rule, asked) : []
}

const isPlaceOf = ({ place: own, places: { filters } }: Rule, place: Place) => own === place || filters.includes(place)

const shadowed = (rules: ReadonlyArray<Rule>, served: Served): ReadonlyArray<RuleFinding> =>
  checkShadow(rules, [...served.kinds.values()]).flatMap(({ message, place }) => {
    const rule = rules.find((rule) => isPlaceOf(rule, place))
    return rule === undefined ? [] : [{ rule: rule.index, place, isWaiting: false, message }]
  })

const byPlace = (a: RuleFinding, b: RuleFinding) =>
  a.rule - b.rule || a.place.line - b.place.line || a.place.column - b.place.column

/** In the order of the file; at most {@link maxFindings}. */
export const ruleFindings = (
  rules: ReadonlyArray<Rule>,
  served: Served,
  filtered: ReadonlyArray<FilteredKind>
): ReadonlyArray<RuleFinding> => {
  const names = { kinds: [...served.kinds.values()], unknownGroups: served.unknownGroups }
  const problems = rules.flatMap((rule) =>
    [...checkResources(rule, names), ...silentGroups(rule, served), ...filterProblems(rule, filtered)]
      .map((problem): RuleFinding => ({ rule: rule.index, ...problem }))
  )
  return [...problems, ...shadowed(rules, served), ...snapshotHalves(rules, served)].toSorted(byPlace).slice(
    0,
    maxFindings
  )
}
