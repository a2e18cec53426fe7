// What changes in the cluster becomes a commit that a person could have written.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { configMap, mirroring, tells } from "./mirroring.ts"

const deployment = (namespace: string) =>
  `# The shop's front.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
spec:
  replicas: 2 # enough for now
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      # The server itself
      - name: app
        image: "shop/web:1.0" # moved by the image updater
        ports:
        - containerPort: 8080
      - name: proxy
        image: shop/proxy:7
`

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what changes in the cluster", (it) => {
  it.effect("is written, changed in place, and removed, one commit after the other", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      yield* bed.start()
      yield* bed.apply(configMap("settings", { mode: "dark", size: "10" }))
      yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["mode"] === "dark")
      yield* bed.kubectl("patch", "configmap", "settings", "-p", `{"data":{"mode":"light"}}`)
      yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["mode"] === "light")
      const { goes } = yield* bed.sentinel()
      yield* goes
    }))

  it.effect("is the image alone where a rule gives just that to the cluster", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({
        rules: (namespace) => [
          {
            resources: ["deployments"],
            namespaces: [namespace],
            filters: ["/spec/template/spec/containers/*/image"],
            syncTo: "git"
          },
          { resources: ["deployments"], namespaces: [namespace], syncTo: "kubernetes" }
        ],
        files: (namespace) => ({ "web.yaml": deployment(namespace) })
      })
      const controller = yield* bed.start()
      yield* controller.until("the Deployment is there", ({ kinds }) =>
        kinds.some(({ rules }) => rules.some(({ inStep }) => inStep > 0)))
      yield* bed.kubectl("set", "image", "deployment/web", "app=shop/web:1.1")
      yield* bed.remote.has(bed.key("Deployment", "web"), ({ manifest }) =>
        JSON.stringify(manifest).includes("shop/web:1.1"))
      const text = yield* bed.remote.text("web.yaml")
      assert.strictEqual(text, deployment(bed.namespace).replace("shop/web:1.0", "shop/web:1.1"))
    }))

  it.effect("is told in the commit: each object, its fields, the rule, and who", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      yield* bed.start()
      yield* bed.apply(configMap("settings", { mode: "dark" }))
      yield* bed.remote.has(bed.key("ConfigMap", "settings"))
      yield* bed.kubectl(
        "patch",
        "configmap",
        "settings",
        "--field-manager=night-shift",
        "-p",
        `{"data":{"mode":"light"}}`
      )
      const { message } = yield* bed.remote.committed("the change", ({ message }) => message.includes("light"))
      assert.match(message, /dark → light/)
      assert.match(message, /rule 1 \(configmaps\)/)
      assert.match(message, /night-shift at \d{4}-\d\d-\d\dT/)
      assert.include(message, `ConfigMap ${bed.namespace}/settings`)
      const { goes } = yield* bed.sentinel()
      yield* goes
    }))

  it.effect("wins over what somebody changed in Git, which is said in the commit and on the object", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      yield* bed.start()
      yield* bed.apply(configMap("settings", { mode: "dark" }))
      const { path, text } = yield* bed.remote.has(bed.key("ConfigMap", "settings"))
      yield* bed.repository.commit({ [path]: `# by hand\n${text.replace("dark", "pink")}` })
      const { message } = yield* bed.remote.committed("written back", ({ message }) => message.includes("pink → dark"))
      assert.match(message, /rule 1 \(configmaps\) gives them to the cluster/)
      assert.strictEqual(yield* bed.remote.text(path), `# by hand\n${text}`)
      const events = yield* bed.kubectl("get", "events", "-o", "jsonpath={.items[*].message}")
      assert.match(events, /gives it to the cluster/)
    }))

  it.effect("is written again when somebody removed its manifest, and the commit says so", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      yield* bed.start()
      yield* bed.apply(configMap("settings", { mode: "dark" }))
      const { path, text } = yield* bed.remote.has(bed.key("ConfigMap", "settings"))
      yield* bed.repository.commit({ [path]: undefined })
      const { message } = yield* bed.remote.committed(
        "written again",
        ({ message }) => message.includes("was removed from Git")
      )
      assert.include(message, "settings")
      assert.strictEqual(yield* bed.remote.text(path), text)
    }))

  it.effect("is found after a restart: what changed and what went while nobody looked", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      const first = yield* bed.start()
      yield* bed.apply(configMap("stays"), configMap("changes"), configMap("goes"))
      for (const name of ["stays", "changes", "goes"]) yield* bed.remote.has(bed.key("ConfigMap", name))
      yield* first.until("all is in the record", ({ kinds }) =>
        kinds.some(({ rules }) => rules.some(({ inStep }) => inStep === 3)))
      yield* first.process.stop
      const before = yield* bed.remote.count
      yield* bed.kubectl("delete", "configmap", "goes")
      yield* bed.kubectl("patch", "configmap", "changes", "-p", `{"data":{"value":"two"}}`)
      yield* bed.start()
      yield* bed.remote.lacks(bed.key("ConfigMap", "goes"))
      yield* bed.remote.has(bed.key("ConfigMap", "changes"), ({ manifest }) =>
        manifest.data?.["value"] === "two")
      assert.isAtMost((yield* bed.remote.count) - before, 2)
      assert.include(yield* bed.remote.files, (yield* bed.remote.has(bed.key("ConfigMap", "stays"))).path)
    }))

  it.effect("to and fro is written once in a while, and it is said who does it", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({ config: { commit: { quiet: "200ms", maxAge: "20s" } } })
      const controller = yield* bed.start()
      yield* bed.apply(configMap("settings", { mode: "a" }))
      yield* bed.remote.has(bed.key("ConfigMap", "settings"))
      const set = (mode: string) =>
        bed.kubectl(
          "patch",
          "configmap",
          "settings",
          "--field-manager=restless",
          "-p",
          JSON.stringify({ data: { mode } })
        )
      yield* set("b")
      yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["mode"] === "b")
      const before = yield* bed.remote.count
      yield* set("a")
      const words = yield* tells(controller, /goes to and fro/)
      assert.include(words, "/data/mode goes to and fro, changed by restless: it is written to Git once in 20 s")
      const { goes } = yield* bed.sentinel()
      yield* goes
      assert.strictEqual((yield* bed.remote.count) - before, 2)
      yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["mode"] === "a", {
        within: 40_000
      })
    }))
})
