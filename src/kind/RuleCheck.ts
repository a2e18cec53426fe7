/**
 * Says which rules wait, can't do what they say, or never apply in this cluster, for as long as that is so. Looks whenever the rules, what
 * the cluster serves, or its schemas change. In the background: nothing waits for what is found here.
 */
import { Context, Effect, Layer, Ref, Stream } from "effect"
import type { Served } from "../kubernetes/Discovery.ts"
import { Landscape } from "../kubernetes/Landscape.ts"
import { Schemas } from "../kubernetes/schemas/Schemas.ts"
import type { Place, Rule } from "../rules/Rule.ts"
import { Rulesets } from "../rules/Rulesets.ts"
import { type FilteredKind, filteredKinds, type RuleFinding, ruleFindings } from "./RuleFindings.ts"

/** The configuration file that the rules stand in, as people named it. */
export const RulesFile = Context.Reference<string>("gitops/kind/RulesFile", { defaultValue: () => "configuration" })

/** One thing to know of one rule. */
export interface RuleNotice {
  /** Index of the rule in the configuration. */
  readonly rule: number
  /** `config.yaml:3:17` */
  readonly place: string
  /** Nothing is wrong with the rule, but what it names isn't there yet. */
  readonly isWaiting: boolean
  readonly message: string
}

/** Changes that come one after the other are looked at together. */
const quiet = "300 millis"
/** Until schemas that could not be asked for are asked for again. */
const patience = "30 seconds"

const placeText = (file: string, { column, line }: Place) => `${file}:${line}:${column}`

/** Where it stands is no part of what was found: a rule that only moved says nothing new. */
const sameFinding = (a: RuleNotice, b: RuleNotice) =>
  a.rule === b.rule && a.isWaiting === b.isWaiting && a.message === b.message

const log = ({ isWaiting, message, place, rule }: RuleNotice) => {
  const line = `${place}: rule ${rule + 1}: ${message}`
  return isWaiting ? Effect.logInfo(line) : Effect.logWarning(line)
}

export class RuleCheck extends Context.Service<RuleCheck, {
  /** What is to be known of the rules now, in the order of the file; nothing before the first look. */
  readonly notices: Effect.Effect<ReadonlyArray<RuleNotice>>
}>()("gitops/kind/RuleCheck") {
  static readonly layer = Layer.effect(
    RuleCheck,
    Effect.gen(function*() {
      const rulesets = yield* Rulesets
      const landscape = yield* Landscape
      const schemas = yield* Schemas
      const file = yield* RulesFile
      const notices = yield* Ref.make<ReadonlyArray<RuleNotice>>([])

      const asked = Effect.fnUntraced(function*(rules: ReadonlyArray<Rule>, served: Served) {
        return yield* Effect.forEach(
          filteredKinds(rules, served),
          ({ kind, version }) =>
            schemas.typeOf(kind, version).pipe(
              Effect.map((type): FilteredKind => ({ kind, type })),
              Effect.catch(({ message }) =>
                Effect.as(
                  Effect.logDebug(`The schema that filters are checked with could not be read: ${message}`),
                  { kind, type: undefined }
                )
              )
            )
        )
      })

      const tell = Effect.fnUntraced(function*(findings: ReadonlyArray<RuleFinding>) {
        const now = findings.map(({ place, ...finding }): RuleNotice => ({ ...finding, place: placeText(file, place) }))
        const before = yield* Ref.getAndSet(notices, now)
        yield* Effect.forEach(
          now.filter((notice) => !before.some((known) => sameFinding(known, notice))),
          log,
          { discard: true }
        )
      })

      const look = Effect.fnUntraced(function*(rules: ReadonlyArray<Rule>, served: Served) {
        while (true) {
          const kinds = yield* asked(rules, served)
          yield* tell(ruleFindings(rules, served, kinds))
          if (kinds.every(({ type }) => type !== undefined)) return
          yield* Effect.sleep(patience)
        }
      })

      yield* Stream.zipLatestAll(rulesets.changes, landscape.changes, schemas.changes).pipe(
        Stream.debounce(quiet),
        Stream.switchMap(([{ rules }, served]) => Stream.fromEffect(look(rules, served))),
        Stream.runDrain,
        Effect.forkScoped
      )
      return RuleCheck.of({ notices: Ref.get(notices) })
    })
  )
}
