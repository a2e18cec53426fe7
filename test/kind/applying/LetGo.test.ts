import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { letGo } from "../../../src/kind/applying/LetGo.ts"
import { memberLabel } from "../../../src/kind/ApplySet.ts"
import { entriesOf, ownEntry } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { layered } from "../../../src/rules/Ownership.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { fieldManager, targetOf, valuesOf } from "../../kubernetes/operating.ts"
import { applySet, before, bring, forWrites, found, inNamespace, observer, release, specOf } from "../applying.ts"
import { rule } from "../samples.ts"

const whole = layered([], rule())

const configMap = (namespace: string, more: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace, ...metadata },
  ...more
})

const deployment = (namespace: string): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace, labels: { "example.com/team": "x" }, annotations: { note: "n" } },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "app", image: "app:1", args: ["a"], env: [{ name: "A", value: "b" }] }] }
    }
  }
})

const kubectl = (args: ReadonlyArray<string>, object?: JsonObject) =>
  Effect.flatMap(
    ControlPlane,
    (cluster) => cluster.kubectlOk(args, object === undefined ? {} : { stdin: JSON.stringify(object) })
  )

/** Every value but our label, and the map it may have been alone in. */
const besidesLabel = (live: KubernetesObject): JsonObject => {
  const { metadata, ...rest } = valuesOf(live) as { readonly metadata: { readonly labels?: JsonObject } }
  const { labels = {}, ...kept } = metadata
  const { [memberLabel]: _, ...others } = labels
  return { ...rest, metadata: { ...kept, labels: others } }
}

const letGoOf = Effect.fnUntraced(function*(manifest: JsonObject) {
  const was = yield* found(manifest)
  const gone = yield* release(manifest)
  const now = yield* found(manifest)
  assert.deepStrictEqual(besidesLabel(now), besidesLabel(was), "no value changes")
  assert.isUndefined(now.metadata.labels?.[memberLabel])
  assert.isUndefined(ownEntry(now, fieldManager))
  assert.strictEqual(gone.version, now.metadata.resourceVersion)
  return { gone, was, now }
})

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("letting go of an object", (it) => {
  it.effect("changes no value, and leaves no field of ours and no label", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = deployment(namespace)
        yield* bring(manifest, whole)
        const { gone } = yield* letGoOf(manifest)
        assert.strictEqual(gone.outcome, "released")
        assert.isFalse(gone.ownerUnknown)
        assert.property(gone.released["f:spec"], "f:replicas")
        assert.notProperty(gone.released["f:metadata"], "f:namespace")
        assert.strictEqual((yield* release(manifest)).outcome, "nothing", "once is enough")

        // What is let go of stays when somebody else applies something else
        yield* kubectl(["apply", "--server-side", "--field-manager=other", "-f", "-"], {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "web", namespace, annotations: { theirs: "t" } }
        })
        assert.strictEqual(((yield* found(manifest))["spec"] as JsonObject)["replicas"], 4)
      })
    ))

  it.effect("works where our label is all that was ours, and where it is one among others' labels", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const bare = configMap(namespace)
        yield* bring(bare, whole)
        const { now } = yield* letGoOf(bare)
        assert.isUndefined(now.metadata.labels)
        yield* kubectl(["delete", "configmap", "settings", "-n", namespace])

        yield* kubectl(["create", "-f", "-"], configMap(namespace, { data: { a: "1" } }, { labels: { theirs: "x" } }))
        yield* bring(bare, whole)
        const { now: shared } = yield* letGoOf(bare)
        assert.deepStrictEqual(shared.metadata.labels, { theirs: "x" })
        assert.deepStrictEqual(entriesOf(shared).map(({ manager }) => manager), ["kubectl-create"])
      })
    ))

  it.effect("of a record that was only created takes the label", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { data: { a: "1" } })
        yield* bring(manifest, whole, { spec: specOf(manifest, { mode: "create" }) })
        assert.strictEqual((yield* letGoOf(manifest)).gone.outcome, "released")
      })
    ))

  it.effect("leaves the label of another set alone", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { data: { a: "1" } })
        yield* bring(manifest, whole)
        yield* kubectl(["label", "--overwrite", "configmap", "settings", "-n", namespace, `${memberLabel}=theirs`])
        yield* release(manifest)
        const live = yield* found(manifest)
        assert.strictEqual(live.metadata.labels?.[memberLabel], "theirs")
        assert.isUndefined(ownEntry(live, fieldManager))
      })
    ))

  it.effect("says so when somebody took managedFields away, and takes the label all the same", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { data: { a: "1" } })
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
        const { gone } = yield* letGoOf(manifest)
        assert.isTrue(gone.ownerUnknown)
        assert.strictEqual(gone.outcome, "released")
      })
    ))

  it.effect("is fine when the object is gone, and leaves another one under its name alone", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { data: { a: "1" } })
        const absent = yield* release(manifest)
        assert.deepStrictEqual([absent.outcome, absent.version], ["gone", undefined])
        yield* bring(manifest, whole)
        const job = { uid: "another", isCurrent: Effect.succeed(true) }
        const failure = yield* Effect.flip(letGo(targetOf(manifest), observer, job))
        assert.strictEqual(failure._tag, "Outdated")
        assert.strictEqual((yield* found(manifest)).metadata.labels?.[memberLabel], applySet)
      })
    ))

  it.effect("looks again when somebody writes in between, and writes nothing that is outdated", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const context = yield* Effect.context<ControlPlane>()
        const manifest = deployment(namespace)
        yield* bring(manifest, whole)
        const was = yield* found(manifest)
        assert.strictEqual((yield* Effect.flip(release(manifest, forWrites(0))))._tag, "Outdated")
        assert.strictEqual((yield* found(manifest)).metadata.resourceVersion, was.metadata.resourceVersion)

        const scale = Effect.provide(kubectl(["scale", "deployment/web", "-n", namespace, "--replicas=9"]), context)
        yield* release(manifest, before(1, scale))
        const live = yield* found(manifest)
        assert.strictEqual((live["spec"] as JsonObject)["replicas"], 9)
        assert.isUndefined(live.metadata.labels?.[memberLabel])
      })
    ))
})
