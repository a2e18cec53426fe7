import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf, ownEntry } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { operate } from "../../../src/kubernetes/surgery/Surgeon.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import * as FieldScope from "../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { apply, due, entryOf, fieldManager, here, live, operateOn, targetOf, valuesOf } from "../operating.ts"
import { gitOwnsAllBut } from "../scopes.ts"
import { serveShapes } from "../shapes.ts"

interface Case {
  readonly what: string
  readonly payload: JsonObject
  /** Where it is not Git's any more. */
  readonly path: string
  /** The payload without it. */
  readonly cut: JsonObject
}

const configMap = (data: JsonObject | undefined, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", ...metadata },
  ...(data === undefined ? {} : { data })
})

const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, image: `${name}:1`, ...more })

const deployment = (containers: ReadonlyArray<Json>, spec: JsonObject = {}, pod: JsonObject = {}): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    ...spec,
    template: { metadata: { labels: { app: "web" } }, spec: { ...pod, containers } }
  }
})

const service = (...ports: ReadonlyArray<Json>): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports }
})

const account = (...finalizers: ReadonlyArray<string>): JsonObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "bot", labels: { a: "b" }, finalizers }
})

const shape = (apiVersion: string, spec: JsonObject): JsonObject => ({
  apiVersion,
  kind: "Shape",
  metadata: { name: "shape" },
  spec
})

const item = (name: string, value: string): JsonObject => ({ name, value })

const builtin: ReadonlyArray<Case> = [
  {
    what: "a scalar",
    payload: deployment([container("app")], { replicas: 5 }),
    path: "/spec/replicas",
    cut: deployment([container("app")])
  },
  { what: "a map key", payload: configMap({ a: "1", b: "2" }), path: "/data/b", cut: configMap({ a: "1" }) },
  {
    what: "a label",
    payload: configMap({ a: "1" }, { labels: { x: "1", "y/z": "2" } }),
    path: "/metadata/labels/y~1z",
    cut: configMap({ a: "1" }, { labels: { x: "1" } })
  },
  {
    what: "a whole map",
    payload: configMap({ a: "1", b: "2" }, { labels: { x: "1" } }),
    path: "/data",
    cut: configMap(undefined, { labels: { x: "1" } })
  },
  {
    what: "a list item",
    payload: service({ name: "http", port: 80 }, { name: "dns", port: 53, protocol: "UDP" }),
    path: "/spec/ports/[port=53,protocol=UDP]",
    cut: service({ name: "http", port: 80 })
  },
  {
    what: "a container",
    payload: deployment([container("app"), container("extra", { command: ["run"], env: [{ name: "A", value: "b" }] })]),
    path: "/spec/template/spec/containers/[name=extra]",
    cut: deployment([container("app")])
  },
  {
    what: "a required field of a list item",
    payload: deployment([container("app", { workingDir: "/srv" })]),
    path: "/spec/template/spec/containers/[name=app]/image",
    cut: deployment([{ name: "app", workingDir: "/srv" }])
  },
  {
    what: "an item of a list in a list item",
    payload: deployment([container("app", { env: [{ name: "A", value: "b" }, { name: "C", value: "d" }] })]),
    path: "/spec/template/spec/containers/[name=app]/env/[name=C]",
    cut: deployment([container("app", { env: [{ name: "A", value: "b" }] })])
  },
  {
    what: "an item of a set",
    payload: account("example.org/a", "example.org/b"),
    path: "/metadata/finalizers/[=example.org~1b]",
    cut: account("example.org/a")
  },
  {
    what: "an atomic list",
    payload: deployment([container("app")], {}, { tolerations: [{ key: "a", operator: "Exists" }] }),
    path: "/spec/template/spec/tolerations",
    cut: deployment([container("app")])
  }
]

const custom = (apiVersion: string): ReadonlyArray<Case> => {
  const make = (what: string, path: string, spec: JsonObject, cut: JsonObject): Case => ({
    what: `of a custom kind: ${what}`,
    payload: shape(apiVersion, { text: "kept", ...spec }),
    path,
    cut: shape(apiVersion, { text: "kept", ...cut })
  })
  const items = [item("a", "1"), item("b", "2")]
  return [
    make("a scalar", "/spec/more", { more: "1" }, {}),
    make("a map key", "/spec/map/b", { map: { a: "1", b: "2" } }, { map: { a: "1" } }),
    make("a map in a map", "/spec/maps/b", { maps: { a: { x: "1" }, b: { y: "2" } } }, { maps: { a: { x: "1" } } }),
    make("an atomic map", "/spec/whole", { whole: { a: "1" } }, {}),
    make("a list without a type", "/spec/list", { list: ["b", "a"] }, {}),
    make("an item of a set", "/spec/set/[=b]", { set: ["a", "b"] }, { set: ["a"] }),
    make("a list item", "/spec/items/[name=b,protocol=TCP]", { items }, { items: [item("a", "1")] }),
    make("a field of a list item", "/spec/items/[name=b,protocol=TCP]/value", { items }, {
      items: [item("a", "1"), { name: "b" }]
    }),
    make("a whole list", "/spec/items", { items }, {}),
    make("a field below what no schema knows", "/spec/open/a/b", { open: { a: { b: "1", c: [1] } } }, {
      open: { a: { c: [1] } }
    })
  ]
}

const inNamespace = (payload: JsonObject, namespace: string, name?: string): JsonObject => ({
  ...payload,
  metadata: { ...payload["metadata"] as JsonObject, namespace, ...(name === undefined ? {} : { name }) }
})

const heldBy = (object: KubernetesObject, manager: string, operation: "Apply" | "Update"): ReadonlyArray<string> => {
  const entry = entryOf(object, manager, operation)
  return entry === undefined ? [] : FieldsV1.paths(fieldsOf(entry)).map(format)
}

const isAt = (path: string) => (held: string) => held === path || held.startsWith(`${path}/`)

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("letting go", (it) => {
  it.effect("of a field keeps its value, at once and when the payload without it is applied", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const { apiVersion } = yield* serveShapes(namespace)
        for (const [index, { cut, path, payload, what }] of [...builtin, ...custom(apiVersion)].entries()) {
          const object = inNamespace(payload, namespace, `case-${index}`)
          yield* apply(object)
          const before = yield* live(object)
          assert.isTrue(heldBy(before, fieldManager, "Apply").some(isAt(path)), `${what}: was ours`)
          assert.strictEqual(yield* operateOn(object, { gitOwns: gitOwnsAllBut(path) }), "Patch", what)

          const after = yield* live(object)
          assert.deepStrictEqual(valuesOf(after), valuesOf(before), `${what}: nothing but owners changed`)
          assert.deepStrictEqual(
            heldBy(after, fieldManager, "Apply").toSorted(),
            heldBy(before, fieldManager, "Apply").filter((held) => !isAt(path)(held)).toSorted(),
            `${what}: ours is what is left`
          )
          assert.isTrue(heldBy(after, releasedManager, "Update").every(isAt(path)), `${what}: and nothing else is kept`)

          yield* apply(inNamespace(cut, namespace, `case-${index}`))
          const applied = yield* live(object)
          assert.deepStrictEqual(valuesOf(applied), valuesOf(before), `${what}: the cut payload resets nothing`)
          assert.isFalse(heldBy(applied, fieldManager, "Apply").some(isAt(path)), `${what}: nor takes it back`)
          yield* apply(inNamespace(cut, namespace, `case-${index}`))
          const { metadata: { resourceVersion } } = yield* live(object)
          assert.strictEqual(
            resourceVersion,
            applied.metadata.resourceVersion,
            `${what}: a second apply writes nothing`
          )
        }
      })
    ))

  it.effect("of all leaves the values, an owner that gives way, and nothing of ours", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const { apiVersion } = yield* serveShapes(namespace)
        const cluster = yield* ControlPlane
        for (const [index, { payload, what }] of [...builtin, ...custom(apiVersion)].entries()) {
          const object = inNamespace(payload, namespace, `case-${index}`)
          yield* apply(object)
          const before = yield* live(object)
          yield* operateOn(object, { gitOwns: FieldScope.nothing })
          const after = yield* live(object)
          assert.deepStrictEqual(valuesOf(after), valuesOf(before), what)
          assert.isUndefined(ownEntry(after, fieldManager), what)
          assert.deepStrictEqual(
            heldBy(after, releasedManager, "Update").toSorted(),
            heldBy(before, fieldManager, "Apply").toSorted(),
            what
          )
        }
        yield* cluster.kubectlOk(["scale", "deployment/case-0", "-n", namespace, "--replicas=7"])
        const scaled = yield* live(inNamespace(deployment([]), namespace, "case-0"))
        assert.notInclude(heldBy(scaled, releasedManager, "Update"), "/spec/replicas")
      })
    ))

  it.effect("keeps a value even when everything else in its map goes from Git", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        yield* apply(object)
        yield* operateOn(object, { gitOwns: gitOwnsAllBut("/data/b") })
        yield* apply(inNamespace(configMap(undefined, { labels: { x: "1" } }), namespace))
        assert.deepStrictEqual((yield* live(object))["data"], { b: "2" })
      })
    ))

  it.effect("lets a later writer have the field, and Git again", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        const without = inNamespace(configMap({ a: "1" }), namespace)
        yield* apply(object)
        yield* operateOn(object, { gitOwns: gitOwnsAllBut("/data/b") })
        yield* apply(without)
        yield* cluster.kubectlOk(["patch", "configmap", "a", "-n", namespace, "-p", "{\"data\":{\"b\":\"3\"}}"])
        const patched = yield* live(object)
        assert.deepStrictEqual(heldBy(patched, releasedManager, "Update"), [])
        assert.deepStrictEqual(heldBy(patched, "kubectl-patch", "Update"), ["/data/b"])

        yield* apply(inNamespace(configMap({ a: "1", b: "3" }), namespace))
        assert.strictEqual(yield* operateOn(object, { gitOwns: FieldScope.everything, adopt: true }), "Patch")
        yield* apply(without)
        assert.deepStrictEqual((yield* live(object))["data"], { a: "1" })
      })
    ))

  it.effect("changes nothing when somebody else wrote in between", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        yield* apply(object)
        const found = due(yield* live(object), { gitOwns: gitOwnsAllBut("/data/b") })
        assert(found._tag === "Patch")
        yield* cluster.kubectlOk(["annotate", "configmap", "a", "-n", namespace, "x=y"])
        const before = yield* live(object)
        const failure = yield* Effect.flip(operate(targetOf(object), found))
        assert(failure._tag === "VersionConflict")
        assert.strictEqual(failure.reason, "modified")
        assert.deepStrictEqual(yield* live(object), before)
        assert.strictEqual(yield* operateOn(object, { gitOwns: gitOwnsAllBut("/data/b") }), "Patch", "look again")
        assert.deepStrictEqual(valuesOf(yield* live(object)), valuesOf(before))
      })
    ))

  it.effect("makes no object that is gone, nor touches one that was made anew", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        yield* apply(object)
        const found = due(yield* live(object), { gitOwns: gitOwnsAllBut("/data/b") })
        assert(found._tag === "Patch")
        yield* cluster.kubectlOk(["delete", "configmap", "a", "-n", namespace])
        assert.strictEqual((yield* Effect.flip(operate(targetOf(object), found)))._tag, "ObjectNotFound")
        yield* apply(object)
        const before = yield* live(object)
        assert.strictEqual((yield* Effect.flip(operate(targetOf(object), found)))._tag, "VersionConflict")
        assert.deepStrictEqual(yield* live(object), before)
      })
    ))

  it.effect("is done once: after a crash before the apply nothing is due, and the apply resets nothing", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const object = inNamespace(deployment([container("app")], { replicas: 5 }), namespace)
        const gitOwns = gitOwnsAllBut("/spec/replicas")
        yield* apply(object)
        const before = yield* live(object)
        yield* operateOn(object, { gitOwns })
        assert.strictEqual(due(yield* live(object), { gitOwns })._tag, "NothingToDo")
        yield* apply(inNamespace(deployment([container("app")]), namespace))
        assert.deepStrictEqual(valuesOf(yield* live(object)), valuesOf(before))
      })
    ))

  it.effect("says so when the server keeps or drops another list than it was given", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        for (const broken of [{ fieldsType: "FieldsV0" }, { fieldsV1: { "x:data": {} } }]) {
          yield* apply(object)
          const found = due(yield* live(object), { gitOwns: gitOwnsAllBut("/data/b") })
          assert(found._tag === "Patch")
          const managedFields = found.managedFields.map((entry) => ({ ...entry, ...broken }))
          const failure = yield* Effect.flip(operate(targetOf(object), { ...found, managedFields }))
          assert(failure._tag === "SurgeryIgnored")
          assert.include(failure.message, `configmaps ${namespace}/a`)
          assert.include(failure.message, "gitops-controller (Apply, v1)")
        }
      })
    ))

  it.effect("is left alone when somebody took all owners away; the next apply notes everything as somebody's", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const object = inNamespace(configMap({ a: "1", b: "2" }), namespace)
        yield* apply(object)
        yield* cluster.kubectlOk([
          "patch",
          "configmap",
          "a",
          "-n",
          namespace,
          "--type=merge",
          "-p",
          "{\"metadata\":{\"managedFields\":[{}]}}"
        ])
        const stripped = yield* live(object)
        assert.deepStrictEqual(entriesOf(stripped), [])
        assert.strictEqual(due(stripped, { gitOwns: FieldScope.nothing, adopt: true })._tag, "OwnerUnknown")
        yield* apply(object)
        assert.include(heldBy(yield* live(object), "before-first-apply", "Update"), "/data/b")
        yield* operateOn(object, { gitOwns: FieldScope.everything, adopt: true })
        yield* apply(inNamespace(configMap({ a: "1" }), namespace))
        assert.deepStrictEqual((yield* live(object))["data"], { a: "1" })
      })
    ))
})
