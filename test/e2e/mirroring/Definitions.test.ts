// A kind that vanishes takes nothing away from Git, nor one that is made again; and what is deleted of a kind that is there goes.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { mirroring, tells } from "./mirroring.ts"

const definition = (group: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: { spec: { type: "object", properties: { size: { type: "integer" } } } }
        }
      }
    }]
  }
})

const widget = (group: string, name: string) => ({
  apiVersion: `${group}/v1`,
  kind: "Widget",
  metadata: { name },
  spec: { size: 3 }
})

/** Three widgets in Git, of a kind of the test's own. */
const setUp = Effect.gen(function*() {
  const bed = yield* mirroring({
    rules: (namespace) => [
      { resources: ["configmaps", `widgets.${namespace}.example`], namespaces: [namespace], syncTo: "git" }
    ]
  })
  const group = `${bed.namespace}.example`
  const served = eventually(
    "widgets are served",
    bed.cluster.kubectl(["get", `widgets.${group}`, "-n", bed.namespace]),
    ({ exitCode }) => exitCode === 0
  )
  const define = Effect.andThen(bed.apply(definition(group)), served)
  const crd = `widgets.${group}`
  const undefine = bed.cluster.kubectlOk(["delete", "crd", crd])
  const finalizers = (names: ReadonlyArray<string>) =>
    bed.cluster.kubectlOk([
      "patch",
      "crd",
      crd,
      "--type=merge",
      "-p",
      JSON.stringify({ metadata: { finalizers: names } })
    ])
  yield* define
  yield* bed.apply(...["a", "b", "c"].map((name) => widget(group, name)))
  const start = bed.start()
  const controller = yield* start
  for (const name of ["a", "b", "c"]) yield* bed.remote.has(bed.key("Widget", name))
  return { bed, controller, crd, define, finalizers, group, start, undefine }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a kind", (it) => {
  it.effect(
    "that vanishes with its objects and is made again leaves their documents in Git",
    () =>
      Effect.gen(function*() {
        const { bed, controller, crd, define, finalizers, group } = yield* setUp
        const first = yield* bed.sentinel("first")
        // It goes slowly: its objects are gone by then, and the API server still answers for them.
        yield* finalizers(["customresourcecleanup.apiextensions.k8s.io", "example.com/hold"])
        yield* bed.cluster.kubectlOk(["delete", "crd", crd, "--wait=false"])
        const left = bed.kubectl("get", crd, "-o", "name")
        yield* eventually("its objects are gone", left, (names) => names === "", { within: 30_000 })
        yield* tells(controller, new RegExp(`${bed.namespace}/a.*${crd}.*being deleted`, "s"))
        yield* first.goes
        assert.deepStrictEqual(yield* bed.remote.removed, [first.path])
        yield* finalizers([])
        const isThere = bed.cluster.kubectl(["get", "crd", crd])
        yield* eventually("it is gone", isThere, ({ exitCode }) => exitCode !== 0)
        yield* define
        yield* bed.apply(widget(group, "a"), widget(group, "d"))
        const { path } = yield* bed.remote.has(bed.key("Widget", "d"), undefined, { within: 60_000 })
        const second = yield* bed.sentinel("second")
        yield* second.goes
        yield* bed.kubectl("delete", "widget", "d")
        yield* bed.remote.lacks(bed.key("Widget", "d"))
        assert.deepStrictEqual(yield* bed.remote.removed, [first.path, second.path, path])
      }),
    120_000
  )

  it.effect("that was made again while nobody looked leaves them too", () =>
    Effect.gen(function*() {
      const { bed, controller, define, group, start, undefine } = yield* setUp
      yield* controller.process.stop
      yield* undefine
      yield* define
      yield* start
      yield* bed.apply(widget(group, "d"))
      yield* bed.remote.has(bed.key("Widget", "d"))
      const { goes, path } = yield* bed.sentinel()
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
    }), 90_000)
})
