/** Hands out the rule set of the moment, numbered: the number grows when the rules come to mean something else, and only then. */
import { Context, Effect, Equal, Layer, type Stream, SubscriptionRef } from "effect"
import type { Rule, Ruleset } from "./Ruleset.ts"

/** All of a rule but where it stands and how its selector is written. */
const meaningOf = (rule: Rule) => ({
  ...rule,
  place: undefined,
  places: undefined,
  labels: rule.labels?.requirements,
  filters: rule.filters.map(({ segments }) => segments)
})

/** Whether two lists of rules decide the same, wherever they stand in a file. */
export const sameMeaning = (left: ReadonlyArray<Rule>, right: ReadonlyArray<Rule>): boolean =>
  Equal.equals(left.map(meaningOf), right.map(meaningOf))

/** Rules that only moved in their file keep the number: messages name the new places, and nothing is decided again. */
export const after = (before: Ruleset, rules: ReadonlyArray<Rule>): Ruleset => ({
  number: sameMeaning(before.rules, rules) ? before.number : before.number + 1,
  rules
})

export class Rulesets extends Context.Service<Rulesets, {
  readonly latest: Effect.Effect<Ruleset>
  /** The latest, and every change. */
  readonly changes: Stream.Stream<Ruleset>
  /** From now on these rules hold. Answers the set with its number. */
  readonly follow: (rules: ReadonlyArray<Rule>) => Effect.Effect<Ruleset>
}>()("gitops/rules/Rulesets") {
  /** Begins with number 1. */
  static readonly layer = (rules: ReadonlyArray<Rule>) =>
    Layer.effect(
      Rulesets,
      Effect.gen(function*() {
        const rulesets = yield* SubscriptionRef.make<Ruleset>({ number: 1, rules })
        return Rulesets.of({
          latest: SubscriptionRef.get(rulesets),
          changes: SubscriptionRef.changes(rulesets),
          follow: (rules) => SubscriptionRef.updateAndGet(rulesets, (before) => after(before, rules))
        })
      })
    )
}
