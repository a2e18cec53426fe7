/** Whether the rules can do what they say in this cluster: what they name is served, and their filters fit the schemas. */
import { Effect } from "effect"
import { versionOf } from "../../kind/Roster.ts"
import { formatPlace } from "../../manifest/Manifest.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import { checkFilters, checkResources, type RuleProblem } from "../../rules/checkRule.ts"
import { matchesKind, type Rule } from "../../rules/Ruleset.ts"
import { Survey } from "../Survey.ts"
import type { PlanRemark } from "./Plan.ts"

const concurrency = 8

/** Only rules with filters depend on schemas. A kind whose group does not answer now is not judged. */
const filterProblems = Effect.fnUntraced(function*(rule: Rule) {
  const { served, tip, typeOf } = yield* Survey
  const kinds = rule.filters.length === 0 ? [] : [...served.kinds.values()].filter((kind) => matchesKind(rule, kind))
  const typed = yield* Effect.forEach(kinds, (kind) => {
    const version = versionOf(kind, tip.index.kinds.get(kindId(kind)) ?? [])
    return version === undefined
      ? Effect.succeed([])
      : Effect.map(typeOf(kind, version), (type) => [{ kind, type }]).pipe(Effect.orElseSucceed(() => []))
  }, { concurrency })
  return checkFilters(rule, typed.flat())
})

/** In the order of the file. */
export const checkRules = Effect.fnUntraced(function*(configFile: string) {
  const { ruleset: { rules }, served } = yield* Survey
  const names = { kinds: [...served.kinds.values()], unknownGroups: served.unknownGroups }
  const found = yield* Effect.forEach(
    rules,
    (rule) => Effect.map(filterProblems(rule), (problems) => [...checkResources(rule, names), ...problems])
  )
  const remark = ({ message, place }: RuleProblem): PlanRemark => ({
    place: formatPlace({ path: configFile, ...place }),
    message
  })
  const all = found.flat()
  return {
    ruleProblems: all.filter(({ isWaiting }) => !isWaiting).map(remark),
    waitingRules: all.filter(({ isWaiting }) => isWaiting).map(remark)
  }
})
