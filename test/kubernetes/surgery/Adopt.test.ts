import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { isClient } from "../../../src/kubernetes/surgery/Adopt.ts"
import { restated } from "../../../src/kubernetes/surgery/Restated.ts"
import { operate } from "../../../src/kubernetes/surgery/Surgeon.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import * as FieldScope from "../../../src/manifest/FieldScope.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { apply, fieldManager, here, live, operateOn, targetOf, valuesOf } from "../operating.ts"
import { gitOwnsAllBut } from "../scopes.ts"
import { serveShapes, shapeType } from "../shapes.ts"

const deployment = (
  namespace: string,
  name: string,
  spec: JsonObject,
  ...containers: ReadonlyArray<Json>
): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels: { app: "web" } },
  spec: {
    selector: { matchLabels: { app: "web" } },
    ...spec,
    template: { metadata: { labels: { app: "web" } }, spec: { containers } }
  }
})

const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, image: `${name}:1`, ...more })

/** How the object came to be, and the field manager that notes. */
const makers: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>]> = [
  ["kubectl create", ["create", "-f", "-"]],
  ["kubectl apply", ["apply", "-f", "-"]],
  ["kubectl apply --server-side", ["apply", "--server-side", "-f", "-"]],
  ["Helm, which updates", ["create", "--field-manager=helm", "-f", "-"]],
  ["Helm, which applies", ["apply", "--server-side", "--field-manager=helm", "-f", "-"]]
]

const containersOf = (object: KubernetesObject): ReadonlyArray<JsonObject> => {
  const { template } = object["spec"] as { template: { spec: { containers: ReadonlyArray<JsonObject> } } }
  return template.spec.containers
}

const heldByOthers = (object: KubernetesObject): ReadonlyArray<string> =>
  entriesOf(object).filter(({ manager }) => manager !== fieldManager)
    .flatMap((entry) => FieldsV1.paths(fieldsOf(entry)).map((path) => `${entry.manager} ${format(path)}`))

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("adopting", (it) => {
  it.effect("takes Git's fields from the client that made the object, so that they go from the cluster with Git", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        for (const [index, [what, args]] of makers.entries()) {
          const name = `web-${index}`
          const whole = deployment(
            namespace,
            name,
            { replicas: 3, paused: true },
            container("app", { env: [{ name: "A", value: "b" }], workingDir: "/srv" }),
            container("extra", { command: ["run"] })
          )
          yield* cluster.kubectlOk(args, { stdin: JSON.stringify(whole) })
          yield* apply(whole)
          const before = yield* live(whole)
          const gitOwns = gitOwnsAllBut("/spec/replicas")
          assert.strictEqual(yield* operateOn(whole, { gitOwns, adopt: true }), "Patch", what)
          const after = yield* live(whole)
          assert.deepStrictEqual(valuesOf(after), valuesOf(before), `${what}: no value changes`)
          assert.strictEqual(yield* operateOn(whole, { gitOwns, adopt: true }), "NothingToDo", what)
          assert.isTrue(heldByOthers(after).some((held) => held.endsWith(" /spec/replicas")), `${what}: not Git's`)

          yield* apply(deployment(namespace, name, {}, container("app")))
          const less = yield* live(whole)
          const [app, ...rest] = containersOf(less)
          assert.deepStrictEqual(rest, [], `${what}: the container is gone`)
          assert.isUndefined(app?.["env"], `${what}: so is the list`)
          assert.isUndefined(app?.["workingDir"], `${what}: and the field`)
          const spec = less["spec"] as JsonObject
          assert.isUndefined(spec["paused"], what)
          assert.strictEqual(spec["replicas"], 3, `${what}: what is not Git's stays`)
        }
      })
    ))

  it.effect("knows the field managers that kubectl writes under", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const web = deployment(namespace, "web", {}, container("app", { ports: [{ containerPort: 80 }] }))
        const stdin = JSON.stringify(web)
        const env = { KUBE_EDITOR: "sed -i -e s/minReadySeconds:.5/minReadySeconds:\\ 6/" }
        const commands: ReadonlyArray<readonly [manager: string, ...args: ReadonlyArray<string>]> = [
          ["kubectl-create", "create", "-f", "-"],
          ["kubectl-client-side-apply", "apply", "-f", "-"],
          ["kubectl", "apply", "--server-side", "--force-conflicts", "-f", "-"],
          ["kubectl-label", "label", "deployment/web", "a=b"],
          ["kubectl-annotate", "annotate", "deployment/web", "a=b"],
          ["kubectl-patch", "patch", "deployment/web", "-p", `{"spec":{"minReadySeconds":5}}`],
          ["kubectl-set", "set", "env", "deployment/web", "A=b"],
          ["kubectl-rollout", "rollout", "restart", "deployment/web"],
          ["kubectl-edit", "edit", "deployment/web"],
          ["kubectl", "scale", "deployment/web", "--replicas=2"],
          ["kubectl-expose", "expose", "deployment/web", "--port=80"],
          ["kubectl-autoscale", "autoscale", "deployment/web", "--max=3"],
          ["kubectl-replace", "replace", "-f", "-"],
          ["kubectl-run", "run", "web", "--image=app:1"]
        ]
        const seen = new Set<string>()
        for (const [manager, ...args] of commands) {
          yield* cluster.kubectlOk([...args, "-n", namespace], { stdin, env })
          const text = yield* cluster.kubectlOk([
            "get",
            "deployment,service,horizontalpodautoscaler,pod",
            "-n",
            namespace,
            "--show-managed-fields",
            "-o",
            "json"
          ])
          const { items }: { readonly items: ReadonlyArray<KubernetesObject> } = JSON.parse(text)
          for (const entry of items.flatMap(entriesOf)) {
            seen.add(entry.manager)
            // Holds the annotation that kubectl itself compares with, and nothing else
            if (entry.manager === "kubectl-last-applied") continue
            assert.isTrue(isClient(entry, fieldManager), `${args.join(" ")}: ${JSON.stringify(entry)}`)
          }
          assert.isTrue(seen.has(manager), `${args.join(" ")}: ${[...seen].join(", ")}`)
        }
      })
    ))

  it.effect("leaves alone what clients own besides, and what anybody else owns with us", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const make = (data: JsonObject): JsonObject => ({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "a", namespace },
          data
        })
        yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(make({ a: "1", b: "2" })) })
        yield* cluster.kubectlOk(["apply", "--server-side", "--field-manager=other", "-f", "-"], {
          stdin: JSON.stringify(make({ a: "1", c: "3" }))
        })
        yield* apply(make({ a: "1" }))
        yield* operateOn(make({}), { gitOwns: FieldScope.everything, adopt: true })
        assert.sameMembers([...heldByOthers(yield* live(make({})))], [
          "kubectl-create /data/b",
          "other /data/a",
          "other /data/c"
        ])
        yield* apply({ ...make({}), metadata: { name: "a", namespace, labels: { x: "y" } } })
        assert.deepStrictEqual((yield* live(make({})))["data"], { a: "1", b: "2", c: "3" })
      })
    ))

  it.effect("takes what kubectl scale and set have changed, as soon as Git says otherwise", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const git = deployment(namespace, "web", { replicas: 2 }, container("app"))
        yield* apply(git)
        yield* cluster.kubectlOk(["scale", "deployment/web", "-n", namespace, "--replicas=4"])
        yield* cluster.kubectlOk(["set", "env", "deployment/web", "-n", namespace, "A=b"])
        const scaled = deployment(
          namespace,
          "web",
          { replicas: 4 },
          container("app", { env: [{ name: "A", value: "b" }] })
        )
        yield* apply(scaled)
        assert.strictEqual(yield* operateOn(git, { gitOwns: FieldScope.everything, adopt: true }), "Patch")
        assert.deepStrictEqual(heldByOthers(yield* live(git)), [])
        yield* apply(deployment(namespace, "web", {}, container("app")))
        const object = yield* live(git)
        assert.strictEqual((object["spec"] as JsonObject)["replicas"], 1)
        assert.isUndefined(containersOf(object)[0]?.["env"])
      })
    ))

  it.effect("frees a list item that goes from Git from whoever names it, so that it goes whole", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const { apiVersion } = yield* serveShapes(namespace)
        const shape = (...items: ReadonlyArray<JsonObject>): JsonObject => ({
          apiVersion,
          kind: "Shape",
          metadata: { name: "a", namespace },
          spec: { text: "x", ...(items.length === 0 ? {} : { items }) }
        })
        const [going, staying] = [{ name: "going", map: { a: "1" } }, { name: "staying", map: { a: "1" } }]
        yield* apply(shape(going, staying))
        for (const [manager, value] of [["updater", "1"], ["second", "2"]] as const) {
          yield* cluster.kubectlOk([
            "apply",
            "--server-side",
            "--force-conflicts",
            `--field-manager=${manager}`,
            "-f",
            "-"
          ], { stdin: JSON.stringify(shape({ name: "going", value }, { name: "staying", value })) })
        }
        const next = shape(staying)
        const claim = claimedFields(next, shapeType)
        const gitOwns = gitOwnsAllBut("/spec/items/[name=going,protocol=TCP]/value")
        yield* operateOn(next, { gitOwns, adopt: true, claim })
        yield* apply(next)
        const after = yield* live(next)
        assert.deepStrictEqual((after["spec"] as JsonObject)["items"], [
          { ...staying, protocol: "TCP", value: "2" }
        ])
        assert.include(heldByOthers(after), "second /spec/items/[name=staying,protocol=TCP]/value")
      })
    ))

  it.effect("of a map that goes from Git leaves what others own in it, and nothing of it when that is nothing", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const { apiVersion } = yield* serveShapes(namespace)
        const shape = (name: string, spec: JsonObject): JsonObject => ({
          apiVersion,
          kind: "Shape",
          metadata: { name, namespace },
          spec
        })
        const patch = (name: string, spec: JsonObject) =>
          cluster.kubectlOk([
            "patch",
            `shapes.${namespace}.example.com`,
            name,
            "-n",
            namespace,
            "--type=merge",
            "--field-manager=other",
            "-p",
            JSON.stringify({ spec })
          ])
        const removeMaps = Effect.fnUntraced(function*(name: string) {
          const next = shape(name, { text: "x" })
          const claim = claimedFields(next, shapeType)
          yield* operateOn(next, { gitOwns: FieldScope.everything, adopt: true, claim })
          yield* apply(next)
          return (yield* live(next))["spec"]
        })
        yield* apply(shape("shared", { text: "x", maps: { a: { mine: "1" } } }))
        yield* patch("shared", { maps: { a: { theirs: "2" } } })
        assert.deepStrictEqual(yield* removeMaps("shared"), { text: "x", maps: { a: { theirs: "2" } } })

        yield* apply(shape("emptied", { text: "x" }))
        yield* patch("emptied", { maps: { a: { mine: "0" } }, items: [{ name: "a", value: "0" }], set: ["a"] })
        const whole = { text: "x", maps: { a: { mine: "1" } }, items: [{ name: "a", value: "1" }], set: ["a"] }
        yield* apply(shape("emptied", whole))
        yield* patch("emptied", { set: [] })
        yield* apply(shape("emptied", whole))
        assert.deepStrictEqual(yield* removeMaps("emptied"), { text: "x" })
      })
    ))

  it.effect("states older entries anew, where a schema that lost a field makes the server refuse every apply", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const group = `old.${namespace}.example.com`
        const version = (name: string, storage: boolean, ...fields: ReadonlyArray<string>) => ({
          name,
          served: true,
          storage,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: Object.fromEntries(fields.map((field) => [field, { type: "string" }]))
                }
              }
            }
          }
        })
        const define = (...versions: ReadonlyArray<JsonObject>) =>
          cluster.kubectlOk(["apply", "--server-side", "-f", "-"], {
            stdin: JSON.stringify({
              apiVersion: "apiextensions.k8s.io/v1",
              kind: "CustomResourceDefinition",
              metadata: { name: `shapes.${group}` },
              spec: {
                group,
                scope: "Namespaced",
                names: { plural: "shapes", singular: "shape", kind: "Shape", listKind: "ShapeList" },
                versions
              }
            })
          })
        const shape = (version: string, spec: JsonObject): JsonObject => ({
          apiVersion: `${group}/${version}`,
          kind: "Shape",
          metadata: { name: "a", namespace },
          spec
        })
        yield* define(version("v1alpha1", false, "a", "b"), version("v1", true, "a", "b"))
        yield* cluster.kubectlOk(["wait", "--for=condition=Established", `crd/shapes.${group}`, "--timeout=30s"])
        const old = shape("v1alpha1", { a: "1", b: "2" })
        yield* apply(old).pipe(Effect.retry({ times: 100 }))
        yield* define(version("v1alpha1", false, "a"), version("v1", true, "a", "b"))
        const refused = yield* Effect.flip(apply(shape("v1", { a: "1" }))).pipe(Effect.retry({ times: 100 }))
        assert.include(refused.message, ".spec.b: field not declared in schema")

        const found = restated(yield* live(shape("v1", {})), `${group}/v1`, unknown)
        assert(found._tag === "Patch")
        yield* operate(targetOf(shape("v1", {})), found)
        yield* apply(shape("v1", { a: "1" }))
        assert.deepStrictEqual((yield* live(shape("v1", {})))["spec"], { a: "1" })
      })
    ))
})
