/**
 * Rules and filters that come too late: whatever objects there are, earlier rules take all that these would. Pure.
 * Says so only where it is certain; with the kinds of a cluster it is certain more often.
 */
import { quoted } from "../manifest/quoted.ts"
import { covers as coversFields } from "./Filter.ts"
import { covers as coversGlob } from "./Glob.ts"
import type { Place, Rule } from "./Rule.ts"
import { isNameOf, type KindNames, matchesKind } from "./Ruleset.ts"

export interface Shadowed {
  readonly place: Place
  readonly message: string
}

const includesAll = (
  above: ReadonlyArray<string>,
  below: ReadonlyArray<string>,
  covers: (above: string, below: string) => boolean
) => above.length === 0 || (below.length > 0 && below.every((one) => above.some((other) => covers(other, one))))

const equal = (above: string, below: string) => above === below

const coversName = (above: string, below: string) => {
  const [wide, narrow] = [above.toLowerCase(), below.toLowerCase()]
  return wide === narrow || narrow.startsWith(`${wide}.`)
}

/** Naming no resource does not cover naming one: some are only synced when a rule names them. */
const coversWrittenKinds = (above: Rule, below: Rule) =>
  (above.resources.length === 0) === (below.resources.length === 0) &&
  includesAll(above.resources, below.resources, coversName) && includesAll(above.apiGroups, below.apiGroups, equal)

const coversServedKinds = (above: Rule, below: Rule, kinds: ReadonlyArray<KindNames>) => {
  const concerned = kinds.filter((kind) => matchesKind(below, kind))
  return below.resources.length > 0 &&
    below.resources.every((name) => concerned.some((kind) => isNameOf(name, kind))) &&
    concerned.every((kind) => matchesKind(above, kind))
}

/** Labels are read on the side of the source, so equal selectors are equal only for one source. */
const coversLabels = (above: Rule, below: Rule) =>
  above.labels === undefined || (above.labels.text === below.labels?.text && above.syncTo === below.syncTo)

/** Whether the first matches every object that the second does. */
const coversObjects = (above: Rule, below: Rule, kinds: ReadonlyArray<KindNames>): boolean =>
  (coversWrittenKinds(above, below) || coversServedKinds(above, below, kinds)) &&
  includesAll(above.namespaces, below.namespaces, coversGlob) &&
  includesAll(above.names, below.names, coversGlob) &&
  coversLabels(above, below)

const lateFilters = (rule: Rule, before: ReadonlyArray<Rule>): ReadonlyArray<Shadowed> =>
  rule.filters.flatMap((filter, index) => {
    const [winner] = before.filter(({ syncTo }) => syncTo !== rule.syncTo).flatMap((other) =>
      other.filters.filter((taken) => coversFields(taken, filter)).map(({ text }) => ({ other, text }))
    )
    return winner === undefined ? [] : [{
      place: rule.places.filters[index] ?? rule.place,
      message: `${quoted(filter.text)} never applies: rule ${winner.other.index + 1} above takes ${
        quoted(winner.text)
      } for "syncTo: ${winner.other.syncTo}"; remove it, or move this rule up`
    }]
  })

/** Whole rules, else single filters. `kinds`: what the cluster serves, if one was asked. */
export const checkShadow = (
  rules: ReadonlyArray<Rule>,
  kinds: ReadonlyArray<KindNames> = []
): ReadonlyArray<Shadowed> =>
  rules.flatMap((rule, index) => {
    const before = rules.slice(0, index).filter((other) => coversObjects(other, rule, kinds))
    const whole = before.find(({ filters }) => filters.length === 0)
    return whole === undefined ? lateFilters(rule, before) : [{
      place: rule.place,
      message: `this rule never applies: rule ${
        whole.index + 1
      } above takes everything that it would; remove it or move it up`
    }]
  })
