// Rules, kinds and subjects for tests, and random ones that meet one another often.
import { Result } from "effect"
import * as fc from "fast-check"
import type { FieldPath, Step } from "../../src/manifest/FieldPath.ts"
import { type Filter, matchesStep, patternsOf } from "../../src/rules/Filter.ts"
import { parse } from "../../src/rules/FilterSyntax.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import type { KindNames, Subject } from "../../src/rules/Ruleset.ts"

export const filter = (pointer: string): Filter => Result.getOrThrow(parse(pointer))

export const filters = (...pointers: ReadonlyArray<string>): ReadonlyArray<Filter> => pointers.map(filter)

/** Slowly and plainly: whether a filter takes the field at a path. */
export const takes = (filter: Filter, path: FieldPath): boolean =>
  patternsOf(filter).some((pattern) =>
    pattern.length <= path.length &&
    pattern.every((segment, index) => {
      const step = path[index]
      return step !== undefined && matchesStep(segment, step)
    })
  )

const place = { line: 1, column: 1 }

export const rule = (index: number, change: Partial<Rule> = {}): Rule => ({
  index,
  place,
  places: { apiGroups: [], resources: [], filters: [] },
  apiGroups: [],
  resources: [],
  labels: undefined,
  namespaces: [],
  names: [],
  filters: [],
  syncTo: "kubernetes",
  prune: "owned",
  isPruneWritten: false,
  conflict: "hold",
  suspend: false,
  ...change
})

export const deployment: KindNames = {
  group: "apps",
  kind: "Deployment",
  plural: "deployments",
  singular: "deployment",
  shortNames: ["deploy"]
}

export const subject = (change: Partial<Subject> = {}): Subject => ({
  namespace: "shop",
  name: "web",
  git: undefined,
  live: undefined,
  ...change
})

const names = ["a", "b", "c"]

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...names).map((name): Step => ({ _tag: "Field", name })),
  fc.record({ name: fc.constantFrom(...names), port: fc.constantFrom(1, 2) }, { requiredKeys: ["name"] })
    .map((keys): Step => ({ _tag: "Item", keys }))
)

/** Below `/spec`, so that a filter may be anything. */
export const paths: fc.Arbitrary<FieldPath> = fc.array(steps, { maxLength: 5 })
  .map((rest) => [{ _tag: "Field", name: "spec" }, ...rest])

const segments = fc.oneof(
  fc.constantFrom(...names),
  fc.constant("*"),
  fc.constantFrom("[name=a]", "[name=b]", "[port=1]", "[name=a,port=2]")
)

export const pointers: fc.Arbitrary<string> = fc.array(segments, { maxLength: 4 })
  .map((rest) => ["", "spec", ...rest].join("/"))

/** With filters, in the order of the file, both directions. */
export const filteredRules: fc.Arbitrary<ReadonlyArray<Rule>> = fc
  .array(fc.tuple(fc.array(pointers, { minLength: 1, maxLength: 3 }), fc.boolean()), { maxLength: 5 })
  .map((all) =>
    all.map(([written, isIgnored], index) =>
      rule(index, { filters: filters(...written), syncTo: isIgnored ? "ignore" : "kubernetes" })
    )
  )
