import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Stream } from "effect"
import { TestClock } from "effect/testing"
import { RuleCheck, RulesFile } from "../../src/kind/RuleCheck.ts"
import { ApiUnreachable } from "../../src/kubernetes/ApiError.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { scalar } from "../../src/manifest/FieldType.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { Rulesets } from "../../src/rules/Rulesets.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { watching } from "../kubernetes/connected.ts"
import { gadgetDefinition } from "../kubernetes/gadgets.ts"
import { eventually } from "../process/Eventually.ts"
import { filters, rule, spec } from "./samples.ts"

/** What it says, and what it logged, with the means to change the rules. */
const watched = <E, R>(cluster: Layer.Layer<Landscape | Schemas, E, R>, rules: ReadonlyArray<Rule>) =>
  Effect.gen(function*() {
    const told: Array<string> = []
    const context = yield* Layer.build(
      RuleCheck.layer.pipe(
        Layer.provideMerge(Rulesets.layer(rules)),
        Layer.provideMerge(cluster),
        Layer.provide(Layer.succeed(RulesFile, "rules.yaml")),
        Layer.provide(Logger.layer([
          Logger.make(({ logLevel, message }) => void told.push(`${logLevel} ${String(message)}`))
        ]))
      )
    )
    const { notices } = Context.get(context, RuleCheck)
    const until = (what: string, ...wanted: ReadonlyArray<string>) =>
      eventually(
        what,
        Effect.map(notices, (found) => found.map(({ message, place }) => `${place} ${message}`)),
        (lines) => lines.join("\n") === wanted.join("\n")
      )
    return { follow: Context.get(context, Rulesets).follow, notices, told, until }
  })

const at = (line: number, change: Partial<Rule>) => rule({ index: line - 1, place: { line, column: 5 }, ...change })

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("the look at the rules", (it) => {
  it.effect("tells what waits and what is wrong, each once, for as long as it is so", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const mark = yield* cluster.auditMark
      const user = "rule-checker"
      const kubeconfig = yield* cluster.kubeconfigFor(user, ["system:masters"])
      const gizmos = at(1, { resources: ["gizmos.schemas.example.com"] })
      const late = at(2, { resources: ["deployments"], filters: filters("/spec/replica"), syncTo: "ignore" })
      const inCluster = Schemas.layer.pipe(Layer.provideMerge(watching(kubeconfig)))
      const { follow, told, until } = yield* watched(inCluster, [gizmos, late])
      const waiting = `rules.yaml:1:5 the cluster serves no "gizmos.schemas.example.com"; the rule waits until it does`
      const wrong =
        `rules.yaml:2:5 "/spec/replica" does not fit Deployment.apps: "/spec" has no field "replica"; did you mean "/spec/replicas"?`
      yield* until("both are told", waiting, wrong)

      yield* follow([gizmos, { ...late, place: { line: 9, column: 5 } }])
      yield* until("the rule is told where it stands by now", waiting, wrong.replace(":2:", ":9:"))

      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: gadgetDefinition("gizmos", true) })
      yield* until("the definition ends the wait", wrong.replace(":2:", ":9:"))
      yield* follow([gizmos, { ...late, filters: filters("/spec/replicas") }])
      yield* until("a mended configuration has nothing wrong")

      assert.deepStrictEqual(
        told.filter((line) => line.includes("rules.yaml")).map((line) => line.replace(/: rule \d:/, "")),
        [`Info ${waiting}`, `Warn ${wrong}`]
      )
      const documents = (yield* cluster.auditSince(mark)).filter((it) => it.user === user)
        .flatMap(({ uri }) => uri.startsWith("/openapi/v3/") ? [uri.replace(/\?.*/, "")] : [])
      assert.deepStrictEqual([...new Set(documents)], ["/openapi/v3/apis/apps/v1"])
    }))
})

describe("a schema that could not be asked for", () => {
  it.effect("is asked for again, and nothing is said of its filters until then", () =>
    Effect.gen(function*() {
      let answers = false
      const served = { kinds: new Map([["ConfigMap", spec.kind]] as const), unknownGroups: new Set<string>() }
      const unreachable = new ApiUnreachable({
        kind: "unreachable",
        server: "https://cluster.example",
        subject: { verb: "get", resource: "/openapi/v3" },
        reason: "nobody answers"
      })
      const cluster = Layer.merge(
        Layer.mock(Landscape)({ changes: Stream.make(served) }),
        Layer.mock(Schemas)({
          typeOf: () => Effect.suspend(() => answers ? Effect.succeed(scalar) : Effect.fail(unreachable)),
          changes: Stream.make(0)
        })
      )
      const rules = [at(1, { filters: filters("/data/x") }), at(2, { resources: ["nothings"] })]
      const { notices } = yield* watched(cluster, rules)
      const waiting = Effect.map(notices, (found) => found.map(({ isWaiting }) => isWaiting))
      /** One by one, so that each lets happen what the one before began. */
      const pass = (seconds: number) => Effect.repeat(TestClock.adjust("1 second"), { times: seconds - 1 })
      yield* pass(5)
      assert.deepStrictEqual(yield* waiting, [true])
      answers = true
      yield* pass(20)
      assert.deepStrictEqual(yield* waiting, [true])
      yield* pass(10)
      assert.deepStrictEqual(yield* waiting, [false, true])
    }))
})
