import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, Stream, SubscriptionRef } from "effect"
import { Coordination } from "../../../src/kind/Coordination.ts"
import { KindOptions } from "../../../src/kind/KindOptions.ts"
import { ownRights } from "../../../src/kind/rights/NeededRights.ts"
import * as PermissionCheck from "../../../src/kind/rights/PermissionCheck.ts"
import { Landscape } from "../../../src/kubernetes/Landscape.ts"
import { rightsManifests } from "../../../src/kubernetes/rights/RightsManifest.ts"
import type { Rule } from "../../../src/rules/Rule.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { connected } from "../../kubernetes/connected.ts"
import { eventually } from "../../process/Eventually.ts"
import { ref, round, rule, spec } from "../samples.ts"

const configMaps = [ref("a", "d1")]
const under = (number: number, rules: ReadonlyArray<Rule>) => round(number, configMaps, { ruleset: { number, rules } })

/** Starts it as a user who may do what the controller does for itself and nothing else; rounds are handed to it one by one. */
const start = Effect.fnUntraced(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("check")
  const user = `${namespace}-user`
  const items = rightsManifests(ownRights(namespace), { name: namespace, user })
  yield* cluster.kubectlOk(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items })
  })
  const rounds = yield* SubscriptionRef.make(under(1, [rule()]))
  const told: Array<string> = []
  const served = { kinds: new Map([["ConfigMap", spec.kind]] as const), unknownGroups: new Set<string>() }
  yield* Layer.build(PermissionCheck.layer.pipe(
    Layer.provide(Layer.mergeAll(
      connected(yield* cluster.kubeconfigFor(user)),
      Layer.mock(Coordination)({
        rounds: SubscriptionRef.changes(rounds),
        inventoryKinds: Effect.succeed(new Set<string>())
      }),
      Layer.mock(Landscape)({ changes: Stream.make(served) }),
      Layer.succeed(KindOptions, {
        fieldManager: "gitops-controller",
        applySet: "applyset",
        defaultNamespace: "default",
        maxAge: 0,
        volumes: "restore",
        own: { stateNamespace: namespace }
      }),
      Logger.layer([Logger.make(({ message }) => void told.push(String(message)))])
    ))
  ))
  const questions = Effect.map(
    cluster.auditSince(yield* cluster.auditMark),
    (requests) => requests.filter((it) => it.user === user && it.resource === "selfsubjectaccessreviews").length
  )
  return { told, rounds, questions }
})

const rowsOf = (message: string | undefined) => message?.split("\n").filter((line) => /^\S+ +\(all\)/.test(line))

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("the look at our rights", (it) => {
  it.effect("tells each finding once, asks again when the rules change, and says nothing of what it has", () =>
    Effect.gen(function*() {
      const { questions, rounds, told } = yield* start()
      yield* eventually("the first finding", Effect.sync(() => told), ({ length }) => length === 1)
      assert.deepStrictEqual(rowsOf(told[0]), [
        "configmaps  (all)      MISSING  MISSING  MISSING  MISSING  MISSING  MISSING"
      ])
      const asked = yield* questions

      yield* SubscriptionRef.set(rounds, under(2, [rule({ resources: ["cm"] })]))
      yield* eventually("it asks for other rules", questions, (now) => now > asked)
      const again = yield* questions

      yield* SubscriptionRef.set(rounds, under(3, [rule({ suspend: true })]))
      yield* eventually("the next finding", Effect.sync(() => told), ({ length }) => length === 2)
      assert.deepStrictEqual(rowsOf(told[1]), ["configmaps  (all)      MISSING  MISSING  MISSING  MISSING"])
      assert.isAbove(yield* questions, again)
    }))

  it.effect("says what goes on without the right to try", () =>
    Effect.gen(function*() {
      const { rounds, told } = yield* start()
      yield* eventually("the first finding", Effect.sync(() => told), ({ length }) => length === 1)
      assert.notInclude(told[0], "dry runs")
      yield* SubscriptionRef.set(rounds, under(2, [rule({ syncTo: "git" })]))
      yield* eventually("the next finding", Effect.sync(() => told), ({ length }) => length === 2)
      assert.deepStrictEqual(rowsOf(told[1])?.toSorted(), [
        "apiservices.apiregistration.k8s.io              (all)      MISSING  -        -        -",
        "configmaps                                      (all)      MISSING  MISSING  MISSING  MISSING",
        "customresourcedefinitions.apiextensions.k8s.io  (all)      MISSING  yes      yes      -",
        "namespaces                                      (all)      MISSING  yes      yes      -"
      ])
      assert.include(
        told[1],
        `Without "create" of configmaps, which is only for dry runs, these go to Git all the same`
      )
    }))
})
