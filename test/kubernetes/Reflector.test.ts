import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, type Scope, Stream } from "effect"
import type { ApiServer } from "../../src/kubernetes/ApiServer.ts"
import { type ReflectedKind, Reflector } from "../../src/kubernetes/Reflector.ts"
import type { ReflectionEnd, ReflectorEvent } from "../../src/kubernetes/ReflectorState.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { connected, watching } from "./connected.ts"
import { detour } from "./detour.ts"

const configMaps: ReflectedKind = { group: "", kind: "ConfigMap", plural: "configmaps" }

const words = (event: ReflectorEvent): string =>
  "object" in event
    ? `${event._tag} ${event.object.metadata.namespace ?? ""}/${event.object.metadata.name}`
    : event._tag

interface Seen {
  readonly events: Array<ReflectorEvent>
  readonly fiber: Fiber.Fiber<void, ReflectionEnd>
  /** Those of one namespace, and what concerns all. */
  readonly of: (namespace: string) => ReadonlyArray<string>
}

const follow = Effect.fnUntraced(function*(kind: ReflectedKind, version = "v1", options = {}) {
  const reflector = yield* Reflector
  const events: Array<ReflectorEvent> = []
  const fiber = yield* reflector.reflect(kind, version, options).pipe(
    Stream.runForEach((event) => Effect.sync(() => void events.push(event))),
    Effect.forkScoped
  )
  const of = (namespace: string) =>
    events.filter((event) => !("object" in event) || event.object.metadata.namespace === namespace).map(words)
  return { events, fiber, of } satisfies Seen
})

const until = (seen: Seen, namespace: string, what: string) =>
  eventually(what, Effect.sync(() => seen.of(namespace)), (told) => told.includes(what), { within: 40_000 })

const widgets = (name: string): string =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${name}s.test.example.com` },
    spec: {
      group: "test.example.com",
      scope: "Namespaced",
      names: { plural: `${name}s`, singular: name, kind: name },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
      }]
    }
  })

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("a reflection of a kind", (it) => {
  const here = <A, E>(use: Effect.Effect<A, E, Reflector | ControlPlane | ApiServer | Scope.Scope>) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return yield* use.pipe(Effect.provide(watching(cluster.kubeconfig)), Effect.scoped)
    })

  it.effect("shows what there is, then every creation, edit and deletion", () =>
    here(Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("reflect")
      yield* cluster.kubectlOk(["create", "configmap", "before", "-n", namespace])
      const seen = yield* follow(configMaps)
      yield* until(seen, namespace, "Synced")
      assert.deepStrictEqual(seen.of(namespace), ["Listing", `Applied ${namespace}/before`, "Synced"])
      yield* cluster.kubectlOk(["create", "configmap", "after", "-n", namespace, "--from-literal=a=b"])
      yield* cluster.kubectlOk(["label", "configmap", "after", "-n", namespace, "x=y"])
      yield* cluster.kubectlOk(["delete", "configmap", "before", "-n", namespace])
      yield* until(seen, namespace, `Deleted ${namespace}/before`)
      assert.deepStrictEqual(seen.of(namespace).slice(3), [
        `Applied ${namespace}/after`,
        `Applied ${namespace}/after`,
        `Deleted ${namespace}/before`
      ])
    })))

  it.effect("shows metadata only, when that is enough", () =>
    here(Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("metadata")
      yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace, "--from-literal=a=b"])
      const seen = yield* follow(configMaps, "v1", { metadataOnly: true })
      yield* until(seen, namespace, "Synced")
      const one = seen.events.find((event) => "object" in event && event.object.metadata.namespace === namespace)
      assert.isTrue(one !== undefined && "object" in one && one.object.kind === "PartialObjectMetadata")
      assert.isTrue(one !== undefined && "object" in one && one.object["data"] === undefined)
    })))

  it.effect("ends with the kind, after showing the deletion of each object of its definition", () =>
    here(Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("definition")
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: widgets("sprocket") })
      yield* cluster.kubectlOk(["wait", "--for=condition=Established", "crd/sprockets.test.example.com"])
      const one = { apiVersion: "test.example.com/v1", kind: "sprocket", metadata: { name: "one", namespace } }
      yield* eventually(
        "the sprocket is taken",
        cluster.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify(one) }),
        () => true
      )
      const seen = yield* follow({ group: "test.example.com", kind: "sprocket", plural: "sprockets" })
      yield* until(seen, namespace, "Synced")
      yield* cluster.kubectlOk(["delete", "crd", "sprockets.test.example.com"])
      const end = yield* Effect.flip(Fiber.join(seen.fiber)).pipe(Effect.timeout(40_000))
      assert.strictEqual(end._tag, "KindNotServed")
      const told = seen.of(namespace)
      assert.deepStrictEqual(told.filter((event) => event !== "Interrupted" && event !== "Resumed"), [
        "Listing",
        `Applied ${namespace}/one`,
        "Synced",
        `Deleted ${namespace}/one`
      ])
    })))

  it.effect("ends when it may not look", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const kubeconfig = yield* cluster.kubeconfigFor("blind")
      const end = yield* Effect.gen(function*() {
        const seen = yield* follow(configMaps)
        return yield* Effect.flip(Fiber.join(seen.fiber))
      }).pipe(Effect.provide(Reflector.layer.pipe(Layer.provideMerge(connected(kubeconfig)))))
      assert.strictEqual(end._tag, "ApiForbidden")
    }).pipe(Effect.scoped))

  it.effect(
    "goes on where it was after the API server was restarted, and misses nothing",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane({ audit: false })
        yield* Effect.gen(function*() {
          const namespace = yield* cluster.namespace("restart")
          yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace])
          const seen = yield* follow(configMaps)
          yield* until(seen, namespace, "Synced")
          yield* cluster.killApiServer
          yield* until(seen, namespace, "Interrupted")
          yield* cluster.startApiServer
          yield* cluster.kubectlOk(["create", "configmap", "two", "-n", namespace])
          yield* until(seen, namespace, `Applied ${namespace}/two`)
          assert.include(seen.of(namespace), "Resumed")
        }).pipe(Effect.provide(Reflector.layer.pipe(Layer.provideMerge(connected(cluster.kubeconfig)))), Effect.scoped)
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "lists again when the API server does not know its version any more, and finds what it missed",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane({ audit: false })
        const way = yield* detour(cluster.kubeconfig)
        yield* Effect.gen(function*() {
          const namespace = yield* cluster.namespace("expired")
          yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace])
          const seen = yield* follow(configMaps)
          yield* until(seen, namespace, "Synced")
          yield* way.close
          yield* cluster.kubectlOk(["delete", "configmap", "one", "-n", namespace])
          yield* cluster.kubectlOk(["create", "configmap", "two", "-n", namespace])
          yield* cluster.killApiServer
          yield* cluster.startApiServer
          yield* way.open
          yield* until(seen, namespace, `Applied ${namespace}/two`)
          const told = seen.of(namespace).filter((event) => event !== "Interrupted" && event !== "Resumed")
          assert.deepStrictEqual(told.slice(0, 5), [
            "Listing",
            `Applied ${namespace}/one`,
            "Synced",
            "Listing",
            `Applied ${namespace}/two`
          ])
          yield* eventually(
            "the second list is complete",
            Effect.sync(() => seen.of(namespace)),
            (events) => events.at(-1) === "Synced"
          )
        }).pipe(Effect.provide(Reflector.layer.pipe(Layer.provideMerge(connected(way.kubeconfig)))), Effect.scoped)
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect("lists page by page on a server that does not stream lists, and watches on", () =>
    Effect.gen(function*() {
      const cluster = yield* startControlPlane({ apiServerArguments: ["--feature-gates=WatchList=false"] })
      yield* Effect.gen(function*() {
        const namespace = yield* cluster.namespace("paged")
        const many = Array.from({ length: 600 }, (_, index) => ({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `cm-${index}`, namespace }
        }))
        const list = { apiVersion: "v1", kind: "List", items: many }
        yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(list) })
        const mark = yield* cluster.auditMark
        const seen = yield* follow(configMaps)
        yield* until(seen, namespace, "Synced")
        const shown = seen.of(namespace).filter((event) => event.startsWith("Applied"))
        assert.strictEqual(new Set(shown).size, 600)
        const lists = (yield* cluster.auditSince(mark)).filter(({ resource, verb }) =>
          verb === "list" && resource === "configmaps"
        )
        assert.strictEqual(lists.length, 2)
        yield* cluster.kubectlOk(["delete", "configmap", "cm-7", "-n", namespace])
        yield* until(seen, namespace, `Deleted ${namespace}/cm-7`)
      }).pipe(Effect.provide(Reflector.layer.pipe(Layer.provideMerge(connected(cluster.kubeconfig)))), Effect.scoped)
    }).pipe(Effect.scoped), 120_000)
})
