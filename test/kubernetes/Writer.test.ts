import { assert, layer } from "@effect/vitest"
import { Effect, type Scope, Stream } from "effect"
import { type ApiFailure, NotLeading } from "../../src/kubernetes/ApiError.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { Writer, type WriteTarget } from "../../src/kubernetes/Writer.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { writing } from "./connected.ts"

const nobody = "00000000-0000-4000-8000-000000000000"

const target = (namespace: string, name: string): WriteTarget => ({
  kind: { group: "", plural: "configmaps" },
  version: "v1",
  namespace,
  name
})

const configMap = (name: string, data: Record<string, string>) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data })

const leading = Effect.gen(function*() {
  const leadership = yield* Leadership
  yield* leadership.standing.pipe(
    Stream.takeUntil(({ _tag }) => _tag === "Leading"),
    Stream.runDrain,
    Effect.timeout(30_000)
  )
})

const reason = (failure: ApiFailure) => failure._tag === "VersionConflict" ? failure.reason : failure._tag

interface Data {
  readonly metadata: { readonly uid: string }
  readonly data?: Readonly<Record<string, string>>
}

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("a write", (it) => {
  const here = <A, E>(
    use: (namespace: string) => Effect.Effect<A, E, Writer | ControlPlane | Leadership | Scope.Scope>
  ) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("write")
      return yield* Effect.andThen(leading, use(namespace)).pipe(
        Effect.provide(writing(cluster.kubeconfig, { stateNamespace: namespace })),
        Effect.scoped
      )
    })

  const live = (namespace: string, name: string) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return yield* cluster.kubectlJson<Data>(["get", "configmap", name, "-n", namespace])
    })

  it.effect("applies what is new and what changed, and an apply that changes nothing keeps the version", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const at = target(namespace, "one")
        const created = yield* writer.apply(at, configMap("one", { a: "1" }))
        const again = yield* writer.apply(at, configMap("one", { a: "1" }))
        assert.strictEqual(again.metadata.resourceVersion, created.metadata.resourceVersion)
        const changed = yield* writer.apply(at, configMap("one", { a: "2" }), {
          uid: created.metadata.uid,
          metadataOnly: true
        })
        assert.notStrictEqual(changed.metadata.resourceVersion, created.metadata.resourceVersion)
        assert.strictEqual(changed.kind, "PartialObjectMetadata")
        assert.deepStrictEqual((yield* live(namespace, "one")).data, { a: "2" })
      })
    ))

  it.effect("makes no stub of an object that is gone, and leaves alone one that was made anew", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const cluster = yield* ControlPlane
        const gone = yield* Effect.flip(
          writer.apply(target(namespace, "one"), configMap("one", { a: "1" }), { uid: nobody })
        )
        assert.strictEqual(reason(gone), "gone")
        yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace, "--from-literal=a=theirs"])
        const anew = yield* Effect.flip(
          writer.apply(target(namespace, "one"), configMap("one", { a: "1" }), { uid: nobody })
        )
        assert.strictEqual(reason(anew), "recreated")
        const deletion = yield* Effect.flip(writer.delete(target(namespace, "one"), { uid: nobody }))
        assert.strictEqual(reason(deletion), "recreated")
        assert.deepStrictEqual((yield* live(namespace, "one")).data, { a: "theirs" })
      })
    ))

  it.effect("is locked by the version it was based on", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const cluster = yield* ControlPlane
        const at = target(namespace, "one")
        const { metadata } = yield* writer.create(at, configMap("one", { a: "1" }))
        assert.strictEqual(reason(yield* Effect.flip(writer.create(at, configMap("one", { a: "1" })))), "exists")
        yield* cluster.kubectlOk(["label", "configmap", "one", "-n", namespace, "x=y"])
        const stale = { resourceVersion: metadata.resourceVersion }
        assert.strictEqual(
          reason(yield* Effect.flip(writer.apply(at, configMap("one", { a: "2" }), stale))),
          "modified"
        )
        const body = JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "one", ...stale },
          data: { a: "2" }
        })
        assert.strictEqual(reason(yield* Effect.flip(writer.replace(at, body))), "modified")
        const { metadata: now } = yield* writer.get(at)
        const replaced = yield* writer.replace(
          at,
          JSON.stringify({
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "one", resourceVersion: now.resourceVersion }
          })
        )
        assert.isUndefined(replaced["data"])
      })
    ))

  it.effect("takes fields from others only by force", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const cluster = yield* ControlPlane
        yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace, "--from-literal=a=theirs"])
        const at = target(namespace, "one")
        const refused = yield* Effect.flip(writer.apply(at, configMap("one", { a: "ours" }), { force: false }))
        assert.include(refused.message, ".data.a (kubectl-create)")
        yield* writer.apply(at, configMap("one", { a: "ours" }))
        assert.deepStrictEqual((yield* live(namespace, "one")).data, { a: "ours" })
      })
    ))

  it.effect("stores nothing in a dry run, and says what would be", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const predicted = yield* writer.apply(target(namespace, "one"), configMap("one", { a: "1" }), { dryRun: true })
        assert.deepStrictEqual(predicted["data"], { a: "1" })
        assert.strictEqual((yield* Effect.flip(writer.get(target(namespace, "one"))))._tag, "ObjectNotFound")
      })
    ))

  it.effect("patches what is there, and is told when it is not", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const at = target(namespace, "one")
        assert.strictEqual(
          (yield* Effect.flip(writer.mergePatch(at, "{\"data\":{\"a\":\"1\"}}")))._tag,
          "ObjectNotFound"
        )
        const { metadata } = yield* writer.create(at, configMap("one", {}))
        yield* writer.mergePatch(at, "{\"data\":{\"a\":\"1\"}}")
        yield* writer.jsonPatch(at, "[{\"op\":\"add\",\"path\":\"/data/b\",\"value\":\"2\"}]")
        assert.deepStrictEqual((yield* live(namespace, "one")).data, { a: "1", b: "2" })
        yield* writer.delete(at, { uid: metadata.uid })
        assert.strictEqual((yield* Effect.flip(writer.get(at)))._tag, "ObjectNotFound")
      })
    ))

  it.effect("says what is missing when the namespace is, and where a manifest is wrong", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const missing = yield* Effect.flip(writer.apply(target("no-such-place", "one"), configMap("one", {})))
        assert.strictEqual(missing._tag, "NamespaceNotFound")
        const wrong = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" }, dada: {} })
        const rejected = yield* Effect.flip(writer.apply(target(namespace, "one"), wrong))
        assert.include(rejected.message, ".dada: field not declared in schema")
      })
    ))

  it.effect("is not sent without leading", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("follower")
      const powerless = yield* cluster.kubeconfigFor("powerless")
      const refused = yield* Effect.gen(function*() {
        const writer = yield* Writer
        return yield* Effect.flip(writer.apply(target(namespace, "one"), configMap("one", {})))
      }).pipe(Effect.provide(writing(powerless, { stateNamespace: namespace })))
      assert.instanceOf(refused, NotLeading)
    }).pipe(Effect.scoped))
})
