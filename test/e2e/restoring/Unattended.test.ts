// A restore that nobody looks after: killed at any moment it goes on, what is there is left as it is, and what comes late is waited for.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap } from "../mirroring/mirroring.ts"
import { idFile, idOf, isRestored, lose, NewCluster, restoring } from "./restoring.ts"

const group = "latecomers.example"

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `gaskets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "gaskets", singular: "gasket", kind: "Gasket" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
    }]
  }
}

const names = Array.from({ length: 40 }, (_, at) => `c${String(at).padStart(2, "0")}`)

layer(Layer.merge(NewCluster.layer, sharedControlPlane), { excludeTestServices: true, timeout: 120_000 })(
  "a restore",
  (it) => {
    it.effect(
      "that is killed before it asked, while it waits and while it creates goes on, and changes nothing when it is done",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring()
          yield* bed.apply(...names.map((name) => configMap(name)))
          const first = yield* bed.start()
          for (const name of names) yield* bed.remote.has(bed.key("ConfigMap", name))
          yield* lose(first)
          const last = (yield* bed.repository.tip()) ?? ""
          const documents = [...(yield* bed.remote.documents).keys()]

          yield* lose(yield* bed.restore())
          const waiting = yield* bed.restore()
          const until = /restoring starts at (\S+)/
          const { phase } = yield* waiting.until("it waits", ({ phase }) => until.test(phase))
          yield* lose(waiting)
          const again = yield* bed.restore()
          const later = yield* again.until("it waits again", ({ phase }) => until.test(phase))
          assert.strictEqual(until.exec(later.phase)?.[1], until.exec(phase)?.[1], "no later than before")
          yield* again.until("it restores", ({ phase }) => phase.startsWith("restoring from"))
          yield* lose(again)
          yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
          const creating = yield* bed.restore()
          yield* eventually("some are back", bed.there("configmaps"), (all) => all.length > 0, { within: 30_000 })
          yield* lose(creating)
          const controller = yield* bed.restore()
          yield* isRestored(controller)
          assert.deepStrictEqual(yield* bed.there("configmaps"), names)
          assert.strictEqual(yield* bed.repository.git("diff", "--name-only", last, "main"), idFile)

          yield* lose(controller)
          const tip = yield* bed.repository.tip()
          const versions = bed.inSecond("get", "configmaps", "-o", "jsonpath={.items[*].metadata.resourceVersion}")
          const before = yield* versions
          yield* isRestored(yield* bed.restore())
          assert.strictEqual(yield* bed.repository.tip(), tip)
          assert.strictEqual(yield* versions, before)
          yield* bed.inSecond("create", "configmap", "sentinel")
          yield* bed.remote.has(bed.key("ConfigMap", "sentinel"))
          assert.deepStrictEqual(
            [...(yield* bed.remote.documents).keys()].sort(),
            [...documents, bed.key("ConfigMap", "sentinel")].sort()
          )
        }),
      150_000
    )

    it.effect(
      "leaves what is there as it is, waits for a definition that comes late, names what can't come back, and takes nothing from Git",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring({
            rules: (namespace) => [
              { resources: ["configmaps", "services", `gaskets.${group}`], namespaces: [namespace], syncTo: "git" }
            ]
          })
          yield* bed.apply(definition)
          yield* eventually(
            "gaskets are served",
            bed.cluster.kubectl(["get", `gaskets.${group}`]),
            ({ exitCode }) => exitCode === 0
          )
          yield* bed.apply(configMap("there"), configMap("only-in-git"), {
            apiVersion: `${group}/v1`,
            kind: "Gasket",
            metadata: { name: "round" }
          })
          const first = yield* bed.start()
          yield* bed.remote.has(bed.key("ConfigMap", "there"))
          yield* bed.remote.has(bed.key("ConfigMap", "only-in-git"))
          yield* bed.remote.has(bed.key("Gasket", "round"))
          yield* lose(first)
          yield* bed.repository.commit({
            "broken.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: broken, namespace: ${bed.namespace} }\n` +
              "spec: { ports: [{ port: 700000 }] }\n"
          })
          yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
          yield* bed.inSecond("create", "configmap", "there", "--from-literal=value=second")
          const uid = bed.inSecond("get", "configmap", "there", "-o", "jsonpath={.metadata.uid} {.data.value}")
          const before = yield* uid

          const controller = yield* bed.restore()
          yield* eventually("it is created", bed.there("configmaps"), (all) => all.includes("only-in-git"), {
            within: 40_000
          })
          const waiting = yield* controller.until(
            "it names what waits and what failed",
            ({ kinds, unserved }) =>
              unserved.some(({ kind }) => kind === `Gasket.${group}`) &&
              kinds.some(({ troubles }) => troubles.some(({ state }) => state === "failed"))
          )
          assert.match(waiting.phase, /^restoring from .* 1 object to come, 1 that can't be brought back/)
          assert.include((yield* bed.remote.text(idFile)) ?? "", yield* idOf(bed.cluster))
          yield* bed.second.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify(definition) })
          yield* isRestored(controller)
          assert.deepStrictEqual(yield* bed.there(`gaskets.${group}`), ["round"])
          assert.strictEqual(yield* uid, before)
          assert.deepStrictEqual(yield* bed.there("services"), [])
          yield* bed.remote.has(
            bed.key("ConfigMap", "there"),
            ({ manifest }) => manifest.data?.["value"] === "second"
          )
          assert.deepStrictEqual(yield* bed.remote.removed, [])
          assert.include((yield* bed.remote.files).join(), "broken.yaml")
        }),
      150_000
    )
  }
)
