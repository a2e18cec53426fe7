import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, type Scope, Stream } from "effect"
import type { ApiServer } from "../../src/kubernetes/ApiServer.ts"
import { makeDiscoveryClient } from "../../src/kubernetes/DiscoveryClient.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { connected, watching } from "./connected.ts"

const definition = (plural: string, versions: ReadonlyArray<string>): string =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.landscape.example.com` },
    spec: {
      group: "landscape.example.com",
      scope: "Cluster",
      names: { plural, singular: plural.slice(0, -1), kind: plural.slice(0, -1), shortNames: ["lw"] },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: "object" } }
      }))
    }
  })

/** The first value that is as wanted. */
const first = <A>(stream: Stream.Stream<A>, wanted: (value: A) => boolean) =>
  stream.pipe(Stream.filter(wanted), Stream.runHead, Effect.timeout(30_000), Effect.flatMap(Effect.fromOption))

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("the landscape", (it) => {
  const here = <A, E>(use: Effect.Effect<A, E, Landscape | ApiServer | ControlPlane | Scope.Scope>) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return yield* use.pipe(Effect.provide(watching(cluster.kubeconfig)), Effect.scoped)
    })

  it.effect("knows the kinds that are built in, their versions and verbs, and no subresources", () =>
    here(Effect.gen(function*() {
      const landscape = yield* Landscape
      const { kinds } = yield* first(landscape.changes, () => true)
      const deployment = kinds.get("Deployment.apps")
      assert.deepInclude(deployment, {
        plural: "deployments",
        singular: "deployment",
        shortNames: ["deploy"],
        namespaced: true
      })
      assert.deepStrictEqual(deployment?.versions.map(({ version }) => version), ["v1"])
      assert.isTrue(deployment?.versions[0]?.verbs.has("patch"))
      assert.isFalse(kinds.get("Namespace")?.namespaced)
      assert.isUndefined(kinds.get("Scale.apps"))
    })))

  it.effect("follows a definition as it comes, changes and goes", () =>
    here(Effect.gen(function*() {
      const landscape = yield* Landscape
      const cluster = yield* ControlPlane
      const id = "gauge.landscape.example.com"
      yield* first(landscape.definitions, ({ known }) => known)
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: definition("gauges", ["v1"]) })
      const served = yield* first(landscape.changes, ({ kinds }) => kinds.has(id))
      assert.deepInclude(served.kinds.get(id), { namespaced: false, shortNames: ["lw"] })
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: definition("gauges", ["v1", "v2"]) })
      yield* first(landscape.changes, ({ kinds }) => kinds.get(id)?.versions.length === 2)
      yield* cluster.kubectlOk(["delete", "crd", "gauges.landscape.example.com"])
      yield* first(landscape.changes, ({ kinds }) => !kinds.has(id))
    })))

  it.effect("tells each namespace that appears", () =>
    here(Effect.gen(function*() {
      const landscape = yield* Landscape
      const cluster = yield* ControlPlane
      const told: Array<string> = []
      const listener = yield* landscape.namespacesAppeared.pipe(
        Stream.tap((name) => Effect.sync(() => told.push(name))),
        Stream.takeUntil((name) => name.startsWith("appears")),
        Stream.runDrain,
        Effect.forkScoped
      )
      yield* first(landscape.namespaces, ({ known }) => known)
      const name = yield* cluster.namespace("appears")
      yield* Fiber.join(listener).pipe(Effect.timeout(30_000))
      assert.include(told, name)
      assert.notInclude(told, "kube-system")
      const facts = yield* first(landscape.namespaces, ({ objects }) => objects.has(name))
      assert.isFalse(facts.objects.get(name)?.terminating)
    })))

  it.effect("goes on without watching what it may not watch", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const kubeconfig = yield* cluster.kubeconfigFor("short-sighted")
      yield* Effect.gen(function*() {
        const landscape = yield* Landscape
        const { kinds } = yield* first(landscape.changes, () => true)
        assert.isTrue(kinds.has("ConfigMap"))
        assert.isFalse((yield* first(landscape.namespaces, () => true)).known)
      }).pipe(Effect.provide(watching(kubeconfig)))
    }).pipe(Effect.scoped))

  it.effect("asks again with an ETag, and gives the same value when nothing changed", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const user = "asks-twice"
      const kubeconfig = yield* cluster.kubeconfigFor(user)
      yield* Effect.gen(function*() {
        const client = yield* makeDiscoveryClient
        const mark = yield* cluster.auditMark
        const one = yield* client.look
        const two = yield* client.look
        const asked = (yield* cluster.auditSince(mark)).filter((request) => request.user === user)
        assert.deepStrictEqual(asked.map(({ uri }) => uri).toSorted(), ["/api", "/api", "/apis", "/apis"])
        const unchanged = asked.filter(({ code }) => code === 304).length === 2
        assert.strictEqual(one === two, unchanged)
      }).pipe(Effect.provide(connected(kubeconfig)))
    }).pipe(Effect.scoped))
})
