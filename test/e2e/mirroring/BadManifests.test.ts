// Files that can't be edited, or that a person has spoilt, while the cluster goes on: they stay as they are, the status says
// where and why, and everything beside them is written.
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import type { Controller } from "../Controller.ts"
import { configMap, type Mirroring, mirroring, tells } from "./mirroring.ts"

const text = (namespace: string, name: string, data: string) =>
  `# ${name}, written by hand\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\ndata:\n${data}`

/** What Git has when the controller comes; the cluster has the same objects, with the same values. */
const files = (namespace: string) => ({
  "broken.yaml": text(namespace, "broken", "  value: one\n"),
  "anchored.yaml": text(namespace, "anchored", "  value: &shared one\n  again: *shared\n  other: free\n"),
  "first/twice.yaml": text(namespace, "twice", "  value: one\n"),
  "second/twice.yaml": text(namespace, "twice", "  value: one\n"),
  "templates/web.yaml":
    "{{- if .Values.web }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n{{- end }}\n",
  [`${namespace}/configmap-taken.yaml`]: text(namespace, "somebody-elses", "  value: one\n")
})

class Running extends Context.Service<Running, {
  readonly bed: Mirroring
  readonly controller: Controller
  /** The bytes of a file of Git's, as one character each. */
  readonly bytes: (path: string) => Effect.Effect<string>
  readonly change: (name: string, data: Readonly<Record<string, string>>) => Effect.Effect<void>
}>()("test/BadManifests") {
  static readonly layer = Layer.effect(
    Running,
    Effect.gen(function*() {
      const bed = yield* mirroring({ files })
      yield* bed.apply(
        ...["broken", "twice", "somebody-elses"].map((name) => configMap(name)),
        configMap("anchored", { value: "one", again: "one", other: "free" })
      )
      const controller = yield* bed.start()
      yield* bed.sentinel("ready")
      return Running.of({
        bed,
        controller,
        bytes: (path) => bed.repository.git("rev-parse", `main:${path}`),
        change: (name, data) =>
          Effect.orDie(Effect.asVoid(bed.kubectl("patch", "configmap", name, "-p", JSON.stringify({ data }))))
      })
    })
  )
}

layer(Running.layer.pipe(Layer.provideMerge(sharedControlPlane)), { excludeTestServices: true, timeout: 120_000 })(
  "in Git",
  (it) => {
    it.effect("a manifest that a person broke is left alone and named, and followed again once it is mended", () =>
      Effect.gen(function*() {
        const { bed, bytes, change, controller } = yield* Running
        const whole = yield* bed.remote.has(bed.key("ConfigMap", "broken"))
        const spoilt = whole.text.replace("data:\n", "data: [\n")
        yield* bed.repository.commit({ "broken.yaml": spoilt })
        yield* tells(controller, /broken\.yaml:\d+:\d+/)
        const before = yield* bytes("broken.yaml")
        yield* change("broken", { value: "two" })
        const { goes } = yield* bed.sentinel("beside-broken")
        yield* goes
        assert.strictEqual(yield* bytes("broken.yaml"), before)
        yield* bed.repository.commit({ "broken.yaml": whole.text })
        const mended = yield* bed.remote.has(
          bed.key("ConfigMap", "broken"),
          ({ manifest }) => manifest.data?.["value"] === "two"
        )
        assert.strictEqual(mended.text, whole.text.replace("value: one", "value: two"))
      }))

    it.effect("a file that a person deleted while its object lives is written again, and the commit says why", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        yield* bed.apply(configMap("deleted"))
        const { path } = yield* bed.remote.has(bed.key("ConfigMap", "deleted"))
        const commit = yield* bed.repository.commit({ [path]: null }, { message: "Away with it" })
        yield* bed.remote.has(bed.key("ConfigMap", "deleted"))
        const log = yield* bed.repository.git("log", "--format=%B", `${commit}..main`, "--", path)
        assert.match(log, /deleted.*(removed|deleted|gone|not in|missing|lives|still|again)/is)
      }))

    it.effect("a path that another object has is left to it, and the new one finds another", () =>
      Effect.gen(function*() {
        const { bed, bytes } = yield* Running
        const path = `${bed.namespace}/configmap-taken.yaml`
        const before = yield* bytes(path)
        yield* bed.apply(configMap("taken"))
        const taken = yield* bed.remote.has(bed.key("ConfigMap", "taken"))
        assert.notStrictEqual(taken.path.toLowerCase(), path)
        assert.strictEqual(yield* bytes(path), before)
      }))

    it.effect("a value that others refer to by an anchor is refused with path, line and reason, and one beside it written", () =>
      Effect.gen(function*() {
        const { bed, bytes, change, controller } = yield* Running
        const before = yield* bytes("anchored.yaml")
        yield* change("anchored", { value: "two" })
        const said = yield* tells(controller, /anchored.*anchor|anchor.*anchored/is)
        assert.match(said, /anchored\.yaml/)
        assert.match(said, /line 8|:8\b/)
        const { goes } = yield* bed.sentinel("beside-anchored")
        yield* goes
        assert.strictEqual(yield* bytes("anchored.yaml"), before)
        yield* change("anchored", { value: "one", other: "changed" })
        const after = yield* bed.remote.has(
          bed.key("ConfigMap", "anchored"),
          ({ manifest }) => manifest.data?.["other"] === "changed"
        )
        assert.include(after.text, "  value: &shared one\n  again: *shared\n  other: changed\n")
      }))

    it.effect("two manifests of one object are named, and neither is changed", () =>
      Effect.gen(function*() {
        const { bed, bytes, change, controller } = yield* Running
        const both = Effect.all([bytes("first/twice.yaml"), bytes("second/twice.yaml")])
        const before = yield* both
        yield* change("twice", { value: "two" })
        yield* tells(controller, /first\/twice\.yaml/)
        yield* tells(controller, /second\/twice\.yaml/)
        const { goes } = yield* bed.sentinel("beside-twice")
        yield* goes
        assert.deepStrictEqual(yield* both, before)
      }))

    it.effect("a template of Helm's without its chart is named and left alone", () =>
      Effect.gen(function*() {
        const { bed, bytes, controller } = yield* Running
        const before = yield* bytes("templates/web.yaml")
        const said = yield* tells(controller, /templates\/web\.yaml/)
        assert.include(said, "template")
        const { goes } = yield* bed.sentinel("beside-template")
        yield* goes
        assert.strictEqual(yield* bytes("templates/web.yaml"), before)
      }))

    it.effect("a file that is no UTF-8 keeps new manifests back that it might hold, nothing else, until it is mended", () =>
      Effect.gen(function*() {
        const [latin, mended] = ["latin1", "utf8"] as const
        const word = "  value: one\n  word: Gr\u00fc\u00dfe\n"
        const bed = yield* mirroring({
          files: (namespace) => ({
            "latin.yaml": Buffer.from(text(namespace, "latin", word), latin),
            "beside.yaml": text(namespace, "beside", "  value: one\n"),
            "goes.yaml": text(namespace, "goes", "  value: one\n")
          })
        })
        yield* bed.apply(configMap("beside"), configMap("goes"), configMap("latin", { value: "two" }))
        const controller = yield* bed.start()
        yield* tells(controller, /latin\.yaml.*UTF-8/s)
        yield* tells(controller, new RegExp(`${bed.namespace}/latin.*latin\\.yaml`, "s"))
        yield* bed.kubectl("patch", "configmap", "beside", "-p", `{"data":{"value":"two"}}`)
        yield* bed.remote.has(bed.key("ConfigMap", "beside"), ({ manifest }) => manifest.data?.["value"] === "two")
        yield* bed.kubectl("delete", "configmap", "goes")
        yield* bed.remote.lacks(bed.key("ConfigMap", "goes"))
        assert.notInclude(yield* bed.remote.files, `${bed.namespace}/configmap-latin.yaml`)
        assert.strictEqual(
          yield* bed.repository.git("cat-file", "-s", "main:latin.yaml"),
          `${text(bed.namespace, "latin", word).length}`
        )
        yield* bed.repository.commit({ "latin.yaml": Buffer.from(text(bed.namespace, "latin", word), mended) })
        const { path } = yield* bed.remote.has(
          bed.key("ConfigMap", "latin"),
          ({ manifest }) => manifest.data?.["value"] === "two"
        )
        assert.strictEqual(path, "latin.yaml")
      }))

    it.effect("no manifest is made for a rule of single fields, and the status says that there is none", () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules: (namespace) => [
            { resources: ["configmaps"], namespaces: [namespace], syncTo: "git" },
            { resources: ["services"], namespaces: [namespace], filters: ["/spec/externalName"], syncTo: "git" }
          ]
        })
        const controller = yield* bed.start()
        yield* bed.kubectl("create", "service", "externalname", "outside", "--external-name=one.example.com")
        yield* tells(controller, new RegExp(`${bed.namespace}/outside.*manifest`, "s"))
        const { goes } = yield* bed.sentinel()
        yield* goes
        assert.isFalse((yield* bed.remote.documents).has(bed.key("Service", "outside")))
        const own =
          `apiVersion: v1\nkind: Service\nmetadata: { name: outside, namespace: ${bed.namespace} }\nspec: { type: ExternalName }\n`
        yield* bed.repository.commit({ "outside.yaml": own })
        const { text } = yield* bed.remote.has(
          bed.key("Service", "outside"),
          ({ manifest }) => manifest.spec?.["externalName"] !== undefined
        )
        assert.strictEqual(text, own.replace("ExternalName }", "ExternalName, externalName: one.example.com }"))
      }))

    it.effect("nothing went but what was deleted for good, or by the person", () =>
      Effect.gen(function*() {
        const { bed } = yield* Running
        const removed = yield* bed.remote.removed
        const names = removed.map((path) => path.replace(/^.*\/configmap-(.*)\.yaml$/, "$1"))
        assert.sameMembers(names, [
          "deleted",
          "beside-broken",
          "beside-anchored",
          "beside-twice",
          "beside-template"
        ])
      }))
  }
)
