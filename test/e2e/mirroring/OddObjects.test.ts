// Objects that are hard to write down: names that are no file names, two versions of one kind, half a megabyte too much, odd
// values, odd authors. Each is in Git as it is in the cluster, or the status says why not.
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import type { Controller } from "../Controller.ts"
import { configMap, type Mirroring, mirroring } from "./mirroring.ts"
import { refusingWebhook } from "./refusingWebhook.ts"

const schema = (properties: object) => ({
  openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } }
})

const definition = (group: string, plural: string, versions: Readonly<Record<string, object>>) => {
  const kind = `${plural.slice(0, 1).toUpperCase()}${plural.slice(1, -1)}`
  const names = Object.keys(versions)
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: plural.slice(0, -1), kind },
      versions: Object.entries(versions).map(([name, properties]) => ({
        name,
        served: true,
        storage: name === names.at(-1),
        schema: schema(properties)
      }))
    }
  }
}

const groupOf = (namespace: string) => `${namespace}.example`

const oldVersion = (namespace: string) =>
  `# A person wrote this in the old version
apiVersion: ${groupOf(namespace)}/v1
kind: Gadget
metadata:
  name: old
  namespace: ${namespace}
spec:
  size: 1 # small
`

class Running extends Context.Service<Running, { readonly bed: Mirroring; readonly controller: Controller }>()(
  "test/OddObjects"
) {
  static readonly layer = Layer.effect(
    Running,
    Effect.gen(function*() {
      const bed = yield* mirroring({
        files: (namespace) => ({ "gadget.yaml": oldVersion(namespace) }),
        rules: (namespace) => [{
          resources: [
            "configmaps",
            "roles",
            "services",
            `gadgets.${groupOf(namespace)}`,
            `blobs.${groupOf(namespace)}`
          ],
          namespaces: [namespace],
          syncTo: "git"
        }]
      })
      const group = groupOf(bed.namespace)
      yield* bed.apply(
        definition(group, "gadgets", {
          v1: { size: { type: "integer" } },
          v2: { size: { type: "integer" }, extra: { type: "string" } }
        }),
        definition(group, "blobs", {
          v1: { settings: { "type": "object", "x-kubernetes-preserve-unknown-fields": true }, text: { type: "string" } }
        })
      )
      for (const plural of ["gadgets", "blobs"])
        yield* eventually(`${plural} are served`, bed.kubectl("get", `${plural}.${group}`), () => true)
      const old = { apiVersion: `${group}/v2`, kind: "Gadget", metadata: { name: "old" }, spec: { size: 1 } }
      yield* eventually("the object is there", bed.apply(old), () => true)
      return Running.of({ bed, controller: yield* bed.start() })
    })
  )
}

const create = (bed: Mirroring, object: object) =>
  bed.cluster.kubectlOk(["create", "-n", bed.namespace, "-f", "-"], { stdin: JSON.stringify(object) })

layer(Running.layer.pipe(Layer.provideMerge(sharedControlPlane)), { excludeTestServices: true, timeout: 120_000 })(
  "in the cluster",
  (it) => {
    it.effect("names that are no file names everywhere, or differ only in capitals, get files that are", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        const names = ["system:odd", "Twin", "twin", "a*b", "con", "x..y"]
        for (const name of names) yield* bed.kubectl("create", "role", name, "--verb=get", "--resource=pods")
        const paths: Array<string> = []
        for (const name of names) {
          const { path } = yield* bed.remote.has(bed.key("Role", name))
          assert.match(path, /^[\w.-]+\/[\w.-]+\.yaml$/)
          paths.push(path)
        }
        assert.strictEqual(new Set(paths.map((path) => path.toLowerCase())).size, names.length)
        const [, upper = ""] = paths
        yield* bed.kubectl("delete", "role", "Twin")
        yield* bed.remote.lacks(bed.key("Role", "Twin"))
        assert.deepStrictEqual(yield* bed.remote.removed, [upper])
        yield* bed.remote.has(bed.key("Role", "twin"))
      }))

    it.effect("an object of 1.4 MB is written whole", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        const spec = { text: "0123456789abcde\n".repeat(1_400_000 / 16) }
        yield* create(bed, {
          apiVersion: `${groupOf(bed.namespace)}/v1`,
          kind: "Blob",
          metadata: { name: "big" },
          spec
        })
        const { manifest } = yield* bed.remote.has(bed.key("Blob", "big"))
        assert.isTrue(manifest.spec?.["text"] === spec.text)
      }))

    it.effect("a kind in two versions keeps the one that Git has, which takes what that version knows", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        const spec = { size: 2, extra: "only in v2" }
        yield* bed.kubectl("patch", "gadgets", "old", "--type=merge", "-p", JSON.stringify({ spec }))
        const { text } = yield* bed.remote.has(
          bed.key("Gadget", "old"),
          ({ manifest }) => manifest.spec?.["size"] === 2
        )
        assert.strictEqual(text, oldVersion(bed.namespace).replace("size: 1", "size: 2"))
        const gadgets = `gadgets.v2.${groupOf(bed.namespace)}`
        assert.strictEqual(
          yield* bed.kubectl("get", gadgets, "old", "-o", "jsonpath={.spec.extra}"),
          "only in v2",
          "what the old version can't say lives on in the cluster"
        )
      }))

    it.effect("values of null, and empty ones, of a field that may hold anything are written as they are", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        const settings = { none: null, map: {}, list: [], word: "on", number: 1.5, deep: [{ none: null }, []] }
        yield* create(bed, {
          apiVersion: `${groupOf(bed.namespace)}/v1`,
          kind: "Blob",
          metadata: { name: "odd" },
          spec: { settings }
        })
        const { manifest } = yield* bed.remote.has(bed.key("Blob", "odd"))
        assert.deepStrictEqual<unknown>(manifest.spec, { settings })
        const change = [{ op: "replace", path: "/spec/settings/word", value: "off" }]
        yield* bed.kubectl("patch", "blobs", "odd", "--type=json", "-p", JSON.stringify(change))
        const changed = { settings: { ...settings, word: "off" } }
        const after = yield* bed.remote.has(
          bed.key("Blob", "odd"),
          (one) => JSON.stringify(one.manifest.spec).includes("off")
        )
        assert.deepStrictEqual<unknown>(after.manifest.spec, changed)
      }))

    it.effect("a name of an author can't become a trailer, nor keep others from looking at the commit", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        yield* bed.apply(configMap("signed"))
        yield* bed.remote.has(bed.key("ConfigMap", "signed"))
        const patch = (manager: string, value: string) =>
          bed.cluster.request(
            `/api/v1/namespaces/${bed.namespace}/configmaps/signed?fieldManager=${encodeURIComponent(manager)}`,
            { contentType: "application/merge-patch+json", body: JSON.stringify({ data: { value } }) }
          )
        const lines = yield* patch("x\nConfirm-deletions: default 9", "lines")
        assert.isAtLeast(lines.status, 400, "the API server takes no line ends")
        const { status } = yield* patch("[skip ci] Confirm-deletions: default 9", "two")
        assert.strictEqual(status, 200)
        yield* bed.remote.has(bed.key("ConfigMap", "signed"), ({ manifest }) => manifest.data?.["value"] === "two")
        const commit = yield* bed.remote.committed(
          "of that author",
          ({ message }) => message.includes("Confirm-deletions")
        )
        assert.notInclude(commit.message, "[skip ci]")
        const trailers = yield* bed.repository.git(
          "log",
          "-1",
          "--format=%(trailers:key=Confirm-deletions)",
          commit.id
        )
        assert.strictEqual(trailers, "")
      }))

    it.effect("what a webhook lets nobody try is written all the same", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        yield* refusingWebhook(bed.cluster, bed.namespace)
        yield* eventually(
          "dry-runs are refused",
          bed.cluster.kubectl(["create", "configmap", "tried", "-n", bed.namespace, "--dry-run=server"]),
          ({ stderr }) => stderr.includes("no dry-runs here")
        )
        const ports = [{ port: 80 }]
        yield* bed.apply(configMap("untried"), {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: "untried" },
          spec: { selector: { app: "web" }, ports }
        })
        const map = yield* bed.remote.has(bed.key("ConfigMap", "untried"))
        assert.deepStrictEqual(map.manifest.data, { value: "one" })
        const service = yield* bed.remote.has(bed.key("Service", "untried"))
        assert.deepStrictEqual(service.manifest.spec?.["selector"], { app: "web" })
        assert.notProperty(service.manifest.spec, "clusterIP")
      }))
  }
)
