import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { memberLabel } from "../../../src/kind/ApplySet.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { serveShapes } from "../../kubernetes/shapes.ts"
import { applySet, bring, forWrites, found, held, inNamespace, look, managersOf, specOf } from "../applying.ts"
import {
  allBut,
  applyAs,
  configMap,
  container,
  deployment,
  image,
  imagesOf,
  kubectl,
  only,
  patchAs,
  replicasOf,
  scale,
  setImage,
  whole
} from "../opponents.ts"

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("an object brought about", (it) => {
  it.effect("is made complete, and what is not Git's of it is given back at once", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const ownership = allBut("/spec/replicas", image)
        const manifest = deployment(namespace, { replicas: 3 }, [container("app", "1"), container("side", "1")])
        const applied = yield* bring(manifest, ownership)
        assert.strictEqual(applied.outcome, "created")
        const live = yield* found(manifest)
        assert.strictEqual(live.metadata.resourceVersion, applied.version)
        assert.strictEqual(replicasOf(live), 3)
        assert.deepStrictEqual(imagesOf(live), { app: "app:1", side: "side:1" })
        assert.strictEqual(live.metadata.labels?.[memberLabel], applySet)
        const fields = held(live)
        assert.isEmpty(fields.filter((path) => path.endsWith("/image") || path.endsWith("/replicas")))
        assert.include(fields, "/spec/template/spec/containers/[name=app]")
        assert.include(fields, `/metadata/labels/applyset.kubernetes.io~1part-of`)

        yield* scale(namespace, 5)
        yield* setImage(namespace, "app", "app:2")
        const changed = deployment(namespace, { replicas: 1, paused: true }, [
          container("app", "1"),
          container("side", "1")
        ])
        assert.strictEqual((yield* bring(changed, ownership)).outcome, "configured")
        const after = yield* found(manifest)
        assert.strictEqual(replicasOf(after), 5)
        assert.deepStrictEqual(imagesOf(after), { app: "app:2", side: "side:1" })
        assert.strictEqual((after["spec"] as JsonObject)["paused"], true)
        assert.strictEqual((yield* bring(changed, ownership)).outcome, "unchanged")
      })
    ))

  it.effect("loses a label that goes from Git, though the client that made the object owns it too", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1" }, { labels: { stays: "x", goes: "y" } })
        yield* kubectl(["create", "-f", "-"], manifest)
        yield* bring(manifest, whole)
        assert.include(managersOf(yield* found(manifest), "/metadata/labels/goes"), "kubectl-create")
        const applied = yield* bring(configMap(namespace, { a: "1" }, { labels: { stays: "x" } }), whole)
        assert.strictEqual(applied.outcome, "configured")
        assert.deepStrictEqual((yield* found(manifest)).metadata.labels, { stays: "x", [memberLabel]: applySet })
        assert.deepStrictEqual(applied.taken.map(({ manager }) => manager), ["kubectl-create"])
      })
    ))

  it.effect("loses a container that goes from Git whole, though its image is another's", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const ownership = allBut(image)
        const manifest = deployment(namespace, {}, [container("app", "1"), container("side", "1", { args: ["x"] })])
        yield* bring(manifest, ownership)
        yield* applyAs("updater", deployment(namespace, {}, [{ name: "side", image: "side:2" }]))
        yield* bring(deployment(namespace, {}, [container("app", "1")]), ownership)
        assert.deepStrictEqual(imagesOf(yield* found(manifest)), { app: "app:1" })
      })
    ))

  it.effect("needs no apply when all that is due is letting go", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = deployment(namespace, { replicas: 5 }, [container("app", "1")])
        yield* bring(manifest, whole)
        const applied = yield* bring(manifest, allBut("/spec/replicas"), { isCurrent: forWrites(1) })
        assert.strictEqual(applied.outcome, "unchanged")
        assert.deepStrictEqual(applied.released, { "f:spec": { "f:replicas": {} } })
        assert.strictEqual((yield* found(manifest)).metadata.resourceVersion, applied.version)
      })
    ))

  it.effect("moves only the fields of a rule with filters, wears no label, and is never made for them", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = deployment(namespace, { replicas: 3 }, [container("app", "1")], { labels: { from: "git" } })
        const absent = yield* Effect.flip(bring(manifest, only("/spec/replicas")))
        assert.strictEqual(absent._tag, "ObjectAbsent")
        assert.include(absent.message, `Deployment.apps ${namespace}/web is not in the cluster`)
        assert.isUndefined(yield* look(manifest))

        yield* kubectl(["create", "-f", "-"], deployment(namespace, { replicas: 1 }, [container("app", "9")]))
        const was = yield* found(manifest)
        yield* bring(manifest, only("/spec/replicas"))
        const live = yield* found(manifest)
        assert.strictEqual(replicasOf(live), 3)
        assert.deepStrictEqual(held(live), ["/spec/replicas"])
        assert.deepStrictEqual(imagesOf(live), { app: "app:9" })
        assert.deepStrictEqual(live.metadata.labels, was.metadata.labels)
        assert.strictEqual((yield* bring(manifest, only("/spec/replicas"))).outcome, "unchanged")
      })
    ))

  it.effect("gets a new container of Git's list complete, while images are the cluster's", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const ownership = allBut(image)
        yield* bring(deployment(namespace, {}, [container("app", "1")]), ownership)
        yield* setImage(namespace, "app", "app:7")
        const manifest = deployment(namespace, {}, [container("app", "1"), container("new", "1")])
        const applied = yield* bring(manifest, ownership)
        assert.strictEqual(applied.outcome, "configured")
        const live = yield* found(manifest)
        assert.strictEqual(live.metadata.resourceVersion, applied.version)
        assert.deepStrictEqual(imagesOf(live), { app: "app:7", new: "new:1" })
        assert.isEmpty(held(live).filter((path) => path.endsWith("/image")))
        yield* setImage(namespace, "new", "new:8")
        assert.strictEqual((yield* bring(manifest, ownership)).outcome, "unchanged")
        assert.deepStrictEqual(imagesOf(yield* found(manifest)), { app: "app:7", new: "new:8" })
      })
    ))

  it.effect("of a custom kind keeps a list that has one owner as a whole, and one below is refused", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const { apiVersion } = yield* serveShapes(namespace)
        const shape = (spec: JsonObject): JsonObject => ({
          apiVersion,
          kind: "Shape",
          metadata: { name: "a", namespace },
          spec
        })
        const ownership = allBut("/spec/list")
        yield* bring(shape({ list: ["b", "a"], text: "1", items: [{ name: "x", value: "1" }] }), ownership)
        yield* kubectl([
          "patch",
          `shapes.${namespace}.example.com`,
          "a",
          "-n",
          namespace,
          "--type=merge",
          "-p",
          "{\"spec\":{\"list\":[\"c\"]}}"
        ])
        yield* bring(shape({ list: ["b"], text: "2", items: [{ name: "x", value: "1" }] }), ownership)
        assert.deepStrictEqual((yield* found(shape({})))["spec"], {
          list: ["c"],
          text: "2",
          items: [{ name: "x", protocol: "TCP", value: "1" }]
        })
        const refused = yield* Effect.flip(bring(shape({ list: ["b"], text: "3" }), allBut("/spec/list/*/name")))
        assert.strictEqual(refused._tag, "FilterMismatch")
        assert.strictEqual(
          refused.message,
          `the filter "/spec/list/*/name" (1:1 in the configuration) does not fit Shape.${namespace}.example.com: ` +
            `the list "/spec/list" has one owner as a whole: write "/spec/list"`
        )
        const scalar = yield* Effect.flip(bring(shape({ open: "text" }), allBut("/spec/open/a")))
        assert.strictEqual(
          scalar.message,
          `"/spec/open" is a single value in the manifest, and the filter "/spec/open/a" (1:1 in the configuration) takes fields below it: ` +
            `write fields below "/spec/open" in the manifest or take the line out, or write "/spec/open" as the filter`
        )
        yield* bring(shape({ list: ["b"], text: "2" }), allBut("/spec/list", "/spec/none/a"))
      })
    ))

  it.effect("whose managedFields somebody took away is applied, and nothing of it is released or removed", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1", b: "2", c: "3" })
        yield* bring(manifest, whole)
        yield* kubectl([
          "patch",
          "configmap",
          "settings",
          "-n",
          namespace,
          "--type=merge",
          "-p",
          "{\"metadata\":{\"managedFields\":[{}]}}"
        ])
        assert.isUndefined((yield* found(manifest)).metadata.managedFields)
        const applied = yield* bring(configMap(namespace, { a: "9", c: "8" }), allBut("/data/c"))
        assert.isTrue(applied.ownerUnknown)
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "9", b: "2", c: "3" })
        assert.isFalse((yield* bring(configMap(namespace, { a: "9" }), allBut("/data/c"))).ownerUnknown)
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "9", b: "2", c: "3" })
      })
    ))

  it.effect("that is Git's whole says so too, when somebody took managedFields away and a field should have gone", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        yield* bring(configMap(namespace, { a: "1", b: "1" }), whole)
        const nobody = JSON.stringify([{ op: "replace", path: "/metadata/managedFields", value: [{}] }])
        yield* kubectl(["patch", "configmap", "settings", "-n", namespace, "--type=json", "-p", nobody])
        const applied = yield* bring(configMap(namespace, { a: "2" }), whole)
        assert.isTrue(applied.ownerUnknown)
        assert.deepStrictEqual((yield* found(configMap(namespace, {})))["data"], { a: "2", b: "1" })
      })
    ))

  it.effect("is left with a field that another writer fights for, and put right in all others", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1", b: "2" })
        yield* bring(manifest, whole)
        yield* patchAs("rival", "configmap", "settings", namespace, { data: { a: "x", b: "y" } })
        const paused = [[field("data"), field("a")]]
        const applied = yield* bring(manifest, whole, { paused })
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "x", b: "2" })
        assert.deepStrictEqual(applied.taken.map(({ fields, manager }) => [manager, fields]), [
          ["rival", { "f:data": { "f:b": {} } }]
        ])
        yield* bring(manifest, whole)
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "1", b: "2" })
      })
    ))

  it.effect("loses our label when its life is no longer Git's, and keeps all values of it", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1", b: "2" }, { labels: { x: "y" } })
        yield* bring(manifest, whole)
        yield* bring(manifest, only("/data/a"))
        const live = yield* found(manifest)
        assert.deepStrictEqual(live.metadata.labels, { x: "y" })
        assert.deepStrictEqual(live["data"], { a: "1", b: "2" })
        assert.deepStrictEqual(held(live), ["/data/a"])
      })
    ))

  it.effect("costs one request where everything in it is Git's, unless a field comes or goes", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const manifest = configMap(namespace, { a: "1" })
        const verbsOf = <E, R>(bringing: Effect.Effect<unknown, E, R>) =>
          Effect.gen(function*() {
            const mark = yield* cluster.auditMark
            yield* bringing
            const requests = yield* cluster.auditSince(mark)
            return requests.filter((request) => request.namespace === namespace && request.name === "settings")
              .map(({ verb }) => verb)
          })
        assert.deepStrictEqual(yield* verbsOf(bring(manifest, whole, { seen: undefined })), ["patch"])
        const first = yield* found(manifest)
        assert.deepStrictEqual(
          yield* verbsOf(bring(configMap(namespace, { a: "2" }), whole, { seen: first })),
          ["patch"]
        )
        assert.deepStrictEqual(
          yield* verbsOf(bring(configMap(namespace, { b: "2" }), whole, { seen: yield* found(manifest) })),
          ["get", "patch"]
        )
        yield* patchAs("kubectl-edit", "configmap", "settings", namespace, { data: { b: "drifted" } })
        assert.deepStrictEqual(
          yield* verbsOf(
            bring(configMap(namespace, { b: "2" }), whole, { seen: yield* found(manifest), isDrift: true })
          ),
          ["patch"]
        )
        assert.deepInclude(yield* found(manifest), { data: { b: "2" } })
      })
    ))

  it.effect("gives a Job the labels that the server derives, and ours a moment later", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        for (const [name, ownership] of [["all", whole], ["most", allBut("/spec/suspend")]] as const) {
          const job: JsonObject = {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name, namespace },
            spec: { suspend: true, template: { spec: { restartPolicy: "Never", containers: [container("app", "1")] } } }
          }
          yield* bring(job, ownership)
          const { labels = {} } = (yield* found(job)).metadata
          assert.strictEqual(labels["batch.kubernetes.io/job-name"], name)
          assert.strictEqual(labels[memberLabel], applySet)
        }
      })
    ))

  it.effect("is a record where it is only ever created: one that is there is not applied over", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1" })
        const record = { spec: specOf(manifest, { mode: "create" }) }
        assert.strictEqual((yield* bring(manifest, whole, record)).outcome, "created")
        const failure = yield* Effect.flip(bring(configMap(namespace, { a: "2" }), whole, record))
        assert.strictEqual(failure._tag, "VersionConflict")
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "1" })
      })
    ))
})
