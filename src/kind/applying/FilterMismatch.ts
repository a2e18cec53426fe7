/** Filters that can't be carried out for one object: what doesn't fit, where the filter stands, and what to write instead. */
import { Schema } from "effect"
import { type FieldPath, format } from "../../manifest/FieldPath.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import type { KindId } from "../../manifest/ObjectKey.ts"
import { quoted } from "../../manifest/quoted.ts"
import { checkFilter } from "../../rules/checkFilter.ts"
import { type Filter, matchesStep, type Pattern, patternsOf } from "../../rules/Filter.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import type { Mismatch } from "./Cut.ts"

/** A filter and the manifest, or a filter and the kind's schema, don't go together. Nothing of the object is applied. */
export class FilterMismatch extends Schema.TaggedError<FilterMismatch>()("FilterMismatch", {
  message: Schema.String
}) {}

interface Placed {
  readonly filter: Filter
  readonly rule: Rule
  readonly index: number
}

const filtersOf = ({ filtered }: Ownership): ReadonlyArray<Placed> =>
  filtered.flatMap((rule) => rule.filters.map((filter, index) => ({ filter, rule, index })))

const nameOf = ({ filter, index, rule }: Placed): string => {
  const { column, line } = rule.places.filters[index] ?? rule.place
  return `the filter ${quoted(filter.text)} (${line}:${column} in the configuration)`
}

const reaches = (pattern: Pattern, path: FieldPath): boolean =>
  pattern.length > path.length && path.every((step, index) => {
    const segment = pattern[index]
    return segment !== undefined && matchesStep(segment, step)
  })

/** A filter that takes what can't be taken on its own in objects of this type. One for a field that they haven't got takes nothing. */
export const unfitFilter = (ownership: Ownership, type: FieldType, kind: KindId): FilterMismatch | undefined => {
  for (const placed of filtersOf(ownership)) {
    const problem = checkFilter(placed.filter, type)
    if (problem?._tag === "Unfit")
      return new FilterMismatch({ message: `${nameOf(placed)} does not fit ${kind}: ${problem.message}` })
  }
  return undefined
}

const found: Readonly<Record<Mismatch["found"], string>> = {
  list: "a list that has one owner as a whole",
  null: "null",
  value: "a single value"
}

/** What the manifest states at a path below which a filter, or a field that is fought over, has its own owner. */
export const unfitManifest = (mismatch: Mismatch, ownership: Ownership): FilterMismatch => {
  const path = format(mismatch.path)
  const placed = filtersOf(ownership).find(({ filter }) =>
    patternsOf(filter).some((pattern) => reaches(pattern, mismatch.path))
  )
  const what = `${quoted(path)} is ${found[mismatch.found]} in the manifest`
  return new FilterMismatch({
    message: placed === undefined
      ? `${what}, while fields below it are left to another writer for now: they are Git's again after a while`
      : `${what}, and ${nameOf(placed)} takes fields below it: ` +
        `write fields below ${quoted(path)} in the manifest or take the line out, or write ${
          quoted(path)
        } as the filter`
  })
}
