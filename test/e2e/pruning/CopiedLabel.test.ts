// Our label on what another controller made proves nothing: a ReplicaSet that bears it stays, whatever a rule says of pruning.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { tells } from "../mirroring/mirroring.ts"
import { manifests, pruning } from "./pruning.ts"

const partOf = "applyset.kubernetes.io/part-of"

const web = (namespace: string) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "example.com/web:1" }] }
      }
    }
  })

const plane = Layer.effect(ControlPlane, startControlPlane({ controllerManager: true }))

layer(plane, { excludeTestServices: true, timeout: 120_000 })("a ReplicaSet that bears our label", (it) => {
  it.effect(
    "stays, though a rule always prunes ReplicaSets and one that nobody controls goes",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: (namespace) => [
            { resources: ["replicasets"], namespaces: [namespace], syncTo: "kubernetes", prune: "always" },
            { resources: ["deployments", "configmaps"], namespaces: [namespace], syncTo: "kubernetes" }
          ],
          files: (namespace) => ({ ...manifests(namespace, "keep"), "web.yaml": web(namespace) })
        })
        const controller = yield* bed.start()
        const sets = bed.kubectl("get", "replicasets", "-o", "jsonpath={range .items[*]}{.metadata.name} {end}")
        const made = yield* eventually("the Deployment has its ReplicaSet", sets, (names) => names.startsWith("web-"))
        const name = made.trim()
        const uid = bed.kubectl("get", "replicaset", name, "-o", "jsonpath={.metadata.uid}")
        const before = yield* uid
        const [ours] = JSON.parse(
          yield* bed.kubectl(
            "get",
            "deployment",
            "web",
            "-o",
            `jsonpath=["{.metadata.labels.applyset\\.kubernetes\\.io/part-of}"]`
          )
        )
        assert.match(ours, /^applyset-/)
        yield* bed.kubectl("label", "replicaset", name, `${partOf}=${ours}`)
        yield* bed.apply({
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          metadata: { name: "stray", labels: { [partOf]: ours } },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: "stray" } },
            template: {
              metadata: { labels: { app: "stray" } },
              spec: { containers: [{ name: "stray", image: "example.com/stray:1" }] }
            }
          }
        })
        yield* eventually("the stray one is gone", sets, (names) => !names.includes("stray"), { within: 30_000 })
        yield* tells(controller, new RegExp(`${bed.namespace}/${name}.*Deployment web made it and controls it`, "s"))
        assert.strictEqual(yield* uid, before)
      }),
    90_000
  )
})
