import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Layer, Stream } from "effect"
import { writeFileSync } from "node:fs"
import * as App from "../../src/App.ts"
import * as Config from "../../src/config/Config.ts"
import { Coordinator } from "../../src/coordination/Coordinator.ts"
import { ApiServer } from "../../src/kubernetes/ApiServer.ts"
import { Authored } from "../../src/kubernetes/authored/Authored.ts"
import { Events } from "../../src/kubernetes/Events.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { Rulesets } from "../../src/rules/Rulesets.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"

/** The real reflector; the next watch of ConfigMaps dies as of a bug when told to, and every start of a watch is counted. */
const makeFragile = () => {
  const starts = new Map<string, number>()
  const bomb = Deferred.makeUnsafe<never>()
  let armed = true
  const fragile = Layer.effect(
    Reflector,
    Effect.map(Reflector, (real) =>
      Reflector.of({
        relist: real.relist,
        reflect: (kind, version, options) => {
          if (options?.metadataOnly === true) return real.reflect(kind, version, options)
          starts.set(kind.kind, (starts.get(kind.kind) ?? 0) + 1)
          const stream = real.reflect(kind, version, options)
          if (kind.kind !== "ConfigMap" || !armed) return stream
          armed = false
          return stream.pipe(Stream.merge(Stream.fromEffect(Deferred.await(bomb))))
        }
      }))
  ).pipe(Layer.provide(Reflector.layer))
  return { fragile, starts, explode: Deferred.die(bomb, new Error("a bug in the watch")) }
}

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("supervision", (it) => {
  it.effect("a kind whose fiber dies is started again alone; the others do not notice", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("supervised")
      const repository = yield* bareRepository()
      const metadata = `metadata: { name: a, namespace: ${namespace} }`
      yield* repository.commit({
        "map.yaml": `apiVersion: v1\nkind: ConfigMap\n${metadata}\ndata: { value: git }\n`,
        "role.yaml":
          `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n${metadata}\nrules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]\n`
      })
      const file = `${yield* temporaryFolder("gitops-supervised-")}/config.yaml`
      writeFileSync(
        file,
        JSON.stringify({
          gitUrl: repository.url,
          stateNamespace: `${namespace}-state`,
          http: { port: 0 },
          interval: "1s",
          rules: [{ syncTo: "kubernetes" }]
        })
      )
      const config = yield* Config.load({ file })
      const { explode, fragile, starts } = makeFragile()
      const kubernetes = Authored.layer.pipe(
        Layer.provideMerge(Layer.merge(Schemas.layer, Events.layer)),
        Layer.provideMerge(Writer.layer),
        Layer.provideMerge(Landscape.layer),
        Layer.provideMerge(Layer.merge(fragile, Leadership.layer)),
        Layer.provideMerge(ApiServer.layer)
      )
      const running = App.engine(config).pipe(
        Layer.provideMerge(Layer.merge(kubernetes, App.git)),
        Layer.provide([App.options(config, { kubeconfig: cluster.kubeconfig }), Rulesets.layer(config.rules)])
      )
      yield* Effect.gen(function*() {
        const coordinator = yield* Coordinator
        const inStep = Effect.map(coordinator.state, ({ progress, round, settledRound }) =>
          settledRound === round &&
          [...progress.reports.values()].every(({ rules, watch }) =>
            watch._tag === "Live" && rules.every((tally) => tally.inStep === 1)
          ))
        yield* eventually("both are in step", inStep, (yes) => yes, { within: 30_000 })
        const before = yield* Effect.map(coordinator.state, ({ round }) => round)
        yield* explode
        yield* eventually(
          "the kind is started again",
          Effect.sync(() => starts.get("ConfigMap")),
          (count) => count === 2
        )
        const value = (kind: string, path: string) =>
          cluster.kubectlOk(["get", kind, "a", "-n", namespace, "-o", `jsonpath=${path}`])
        yield* cluster.kubectlOk([
          "patch",
          "role",
          "a",
          "-n",
          namespace,
          "--type=json",
          "-p",
          "[{\"op\":\"replace\",\"path\":\"/rules\",\"value\":[]}]"
        ])
        yield* eventually(
          "drift of the other kind is put right",
          value("role", "{.rules[0].verbs[0]}"),
          (verb) => verb === "get"
        )
        yield* cluster.kubectlOk(["patch", "configmap", "a", "-n", namespace, "-p", "{\"data\":{\"value\":\"drift\"}}"])
        yield* eventually("and of the kind that died", value("configmap", "{.data.value}"), (text) => text === "git")
        assert.strictEqual(starts.get("Role"), 1, "the other kind's watch was never touched")
        assert.strictEqual((yield* coordinator.state).round, before, "no new round was needed")
      }).pipe(Effect.provide(running))
    }).pipe(Effect.provide(NodeServices.layer)))
})
