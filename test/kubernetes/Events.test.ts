import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Layer, Logger, Metric, type Scope, Stream } from "effect"
import { Events, published } from "../../src/kubernetes/Events.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { type ObjectEvent, quiet, type Regarding } from "../../src/kubernetes/ObjectEvent.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { writing } from "./connected.ts"

interface Listed {
  readonly items: ReadonlyArray<{
    readonly reason: string
    readonly message: string
    readonly type: string
    readonly count: number
    readonly source: { readonly component: string }
    readonly involvedObject: Partial<Regarding>
  }>
}

const events = (kubeconfig: string, stateNamespace: string) =>
  Events.layer.pipe(Layer.provideMerge(writing(kubeconfig, { stateNamespace })))

const leading = Effect.gen(function*() {
  const leadership = yield* Leadership
  yield* leadership.standing.pipe(
    Stream.takeUntil(({ _tag }) => _tag === "Leading"),
    Stream.runDrain,
    Effect.timeout(30_000)
  )
})

const countOf = (outcome: "published" | "failed" | "dropped") =>
  Effect.map(Metric.value(Metric.withAttributes(published, { outcome })), ({ count }) => count)

/** The same clock, so much later. */
const shifted = (clock: Clock.Clock, millis: number): Clock.Clock =>
  Object.assign(Object.create(clock), { currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + millis) })

const event = (regarding: Regarding, note: string): ObjectEvent => ({
  regarding,
  type: "Warning",
  reason: "FieldLeftAlone",
  note
})

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("an Event", (it) => {
  const here = <A, E>(
    use: (namespace: string) => Effect.Effect<A, E, Events | ControlPlane | Leadership | Scope.Scope>
  ) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("events")
      return yield* Effect.andThen(leading, use(namespace)).pipe(
        Effect.provide(events(cluster.kubeconfig, namespace)),
        Effect.scoped
      )
    })

  /** Something in the namespace to talk about. */
  const about = Effect.fnUntraced(function*(namespace: string) {
    const cluster = yield* ControlPlane
    yield* cluster.kubectlOk(["create", "deployment", "web", "-n", namespace, "--image=web:1"])
    const { metadata: { uid } } = yield* cluster.kubectlJson(["get", "deployment", "web", "-n", namespace])
    return { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "web", uid } satisfies Regarding
  })

  const listed = (namespace: string) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return (yield* cluster.kubectlJson<Listed>(["get", "events", "-n", namespace])).items
    })

  const publish = (event: ObjectEvent) => Effect.flatMap(Events, (events) => events.publish(event))

  it.effect("is what kubectl shows of the object", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const regarding = yield* about(namespace)
        yield* publish(event(regarding, "somebody keeps changing it"))
        const [shown] = yield* eventually("it is there", listed(namespace), ({ length }) => length > 0)
        assert.deepInclude(shown, { reason: "FieldLeftAlone", message: "somebody keeps changing it", count: 1 })
        assert.deepInclude(shown, { type: "Warning", source: { component: "gitops-controller" } })
        assert.deepStrictEqual(shown?.involvedObject, regarding)
        const described = yield* cluster.kubectlOk(["describe", "deployment", "web", "-n", namespace])
        assert.match(
          described,
          /Warning +FieldLeftAlone +\S+( \(\S+ .*\))? +gitops-controller +somebody keeps changing it/
        )
        const table = yield* cluster.kubectlOk(["get", "events", "-n", namespace])
        assert.match(table, /Warning +FieldLeftAlone +deployment\/web +somebody keeps changing it/)
      })
    ))

  it.effect("about an object of the whole cluster is shown with it too", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const storageClass = {
          apiVersion: "storage.k8s.io/v1",
          kind: "StorageClass",
          metadata: { name: namespace },
          provisioner: "none"
        }
        yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(storageClass) })
        const { metadata: { name, uid } } = yield* cluster.kubectlJson(["get", "storageclass", namespace])
        yield* publish(
          event({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", namespace: "", name, uid }, "noted")
        )
        const described = yield* eventually(
          "kubectl describes it",
          cluster.kubectlOk(["describe", "storageclass", namespace]),
          (text) => text.includes("FieldLeftAlone")
        )
        assert.include(described, "noted")
      })
    ))

  it.effect("that says the same is not sent again, and another one is", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const regarding = yield* about(namespace)
        for (const note of ["one", "one", "one", "two"]) yield* publish(event(regarding, note))
        const shown = yield* eventually(
          "the last is there",
          listed(namespace),
          (items) => items.some(({ message }) => message === "two")
        )
        assert.deepStrictEqual(shown.map(({ message }) => message).toSorted(), ["one", "two"])
      })
    ))

  it.effect("that says the same ten minutes later says how often, also when the server forgot it", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const regarding = yield* about(namespace)
        const later = (millis: number) => Effect.updateService(Clock.Clock, (clock) => shifted(clock, millis))
        const same = publish(event(regarding, "again"))
        yield* same
        yield* same
        yield* later(quiet)(same)
        const countIs = (count: number) =>
          eventually(`${count} times`, listed(namespace), (items) => items.length === 1 && items[0]?.count === count)
        yield* countIs(3)
        yield* cluster.kubectlOk(["delete", "events", "--all", "-n", namespace])
        yield* later(2 * quiet)(same)
        yield* countIs(4)
      })
    ))

  it.effect("never makes the caller wait: what is too much is dropped and counted", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const regarding = yield* about(namespace)
        const before = yield* countOf("dropped")
        const publishing = Effect.forEach(Array.from({ length: 1000 }), (_, index) =>
          publish(event(regarding, `note ${index}`)), { discard: true })
        yield* Effect.timeout(publishing, 5000)
        assert.isAbove((yield* countOf("dropped")) - before, 500)
        yield* eventually("some arrive", listed(namespace), ({ length }) =>
          length > 100)
      })
    ))

  it.effect("that we may not write is told once, and harms nobody", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("events")
      const kubeconfig = yield* cluster.kubeconfigFor("quiet")
      const rule = ["--verb=get,create,update,patch", "--resource=leases.coordination.k8s.io"]
      yield* cluster.kubectlOk(["create", "role", "lease", "-n", namespace, ...rule])
      yield* cluster.kubectlOk(["create", "rolebinding", "lease", "-n", namespace, "--role=lease", "--user=quiet"])
      const regarding = yield* about(namespace)
      const said: Array<string> = []
      const log = Logger.make(({ logLevel, message }) => {
        if (logLevel === "Warn") said.push(String(message))
      })
      yield* Effect.gen(function*() {
        yield* leading
        const before = yield* countOf("failed")
        yield* publish(event(regarding, "one"))
        yield* publish(event(regarding, "two"))
        yield* eventually("both failed", countOf("failed"), (failed) => failed - before === 2)
        const told = said.filter((line) => line.startsWith("Events about objects are not written: "))
        assert.strictEqual(told.length, 1)
        assert.include(told[0], `the verb "create" on events in namespace ${namespace}`)
        // Once it may, it goes on by itself.
        yield* cluster.kubectlOk([
          "create",
          "role",
          "events",
          "-n",
          namespace,
          "--verb=create,patch",
          "--resource=events"
        ])
        yield* cluster.kubectlOk(["create", "rolebinding", "events", "-n", namespace, "--role=events", "--user=quiet"])
        let number = 0
        yield* eventually(
          "it is published",
          Effect.andThen(Effect.suspend(() => publish(event(regarding, `three ${++number}`))), listed(namespace)),
          ({ length }) => length > 0
        )
      }).pipe(Effect.provide(events(kubeconfig, namespace)), Effect.provide(Logger.layer([log])), Effect.scoped)
    }).pipe(Effect.scoped))
})
