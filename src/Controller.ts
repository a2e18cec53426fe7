/**
 * The App under the configuration file as it stands: new rules go to what runs; anything else stops the App in order and starts it
 * again in this process. A configuration that the App can't start with is refused, and the last that came up is started again.
 */
import { Context, Effect, Layer } from "effect"
import * as App from "./App.ts"
import type { Config, LoadOptions } from "./config/Config.ts"
import { changeOf, type ConfigChange } from "./config/ConfigChange.ts"
import * as ConfigMetrics from "./config/ConfigMetrics.ts"
import * as ConfigSuccession from "./config/ConfigSuccession.ts"
import * as ConfigWatch from "./config/ConfigWatch.ts"
import { RulesFile } from "./kind/RuleCheck.ts"
import { Rulesets } from "./rules/Rulesets.ts"

const keysOf = ({ rules, settings }: ConfigChange) => [...settings, ...rules ? ["rules"] : []].join(", ")

/** Runs until interrupted; fails with what makes starting impossible. */
export const run = Effect.fn("Controller.run")(function*(given: LoadOptions, cluster: App.ClusterChoice) {
  const watch = yield* ConfigWatch.make(given)
  const rulesets = Context.get(yield* Layer.build(Rulesets.layer(watch.first.rules)), Rulesets)
  let now = ConfigSuccession.startingWith(watch.first)

  const launch = (config: Config) =>
    Layer.build(App.layer(config, cluster)).pipe(
      Effect.andThen(Effect.sync(() => now = ConfigSuccession.cameUp(now))),
      Effect.andThen(Effect.never),
      Effect.scoped,
      Effect.provideService(Rulesets, rulesets),
      Effect.provideService(RulesFile, given.file),
      Effect.provideService(ConfigWatch.ConfigRefusal, watch.refusal)
    )

  /** Hands on new rules; ends with the first configuration that differs in more. */
  const untilRestart = Effect.gen(function*() {
    while (true) {
      const next = yield* watch.next
      const change = changeOf(now.running, next)
      if (change.rules || change.settings.length > 0) yield* ConfigMetrics.reloaded("taken")
      if (change.settings.length > 0) {
        yield* Effect.logInfo(`The configuration changed (${keysOf(change)}): starting again under it`)
        return next
      }
      const { number } = yield* rulesets.follow(next.rules)
      now = ConfigSuccession.withRules(now, next.rules)
      if (change.rules) yield* Effect.logInfo(`The rules changed: rule set ${number} from now on`)
    }
  })

  while (true) {
    yield* rulesets.follow(now.running.rules)
    const next = yield* Effect.result(Effect.raceFirst(launch(now.running), untilRestart))
    if (next._tag === "Success")
      now = ConfigSuccession.replacedBy(now, next.success)
    else {
      const back = ConfigSuccession.goneBack(now)
      if (back === undefined) return yield* Effect.fail(next.failure)
      yield* watch.refuse(next.failure.message)
      now = back
    }
  }
}, Effect.scoped)
