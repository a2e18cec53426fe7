import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { authored, dryRunsSince, here, kubectl } from "./authoring.ts"
import { deployment, everyKind } from "./manifests.ts"
import { quokka, serveQuokkas } from "./quokkas.ts"

/** The manifest with other values in its spec. */
const withSpec = (manifest: JsonObject, spec: JsonObject): JsonObject => ({
  ...manifest,
  spec: { ...manifest["spec"] as JsonObject, ...spec }
})

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("what somebody has set", (it) => {
  it.effect("is what a person gave to kubectl create, for every kind here", () =>
    here((namespace) =>
      Effect.gen(function*() {
        for (const manifest of everyKind(namespace)) {
          yield* kubectl(["create"], manifest)
          assert.deepStrictEqual(yield* authored(manifest), manifest)
        }
      })
    ))

  it.effect("is what a person gave to kubectl create, for a custom kind with defaults", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const manifest = quokka(yield* serveQuokkas(namespace), namespace, "one")
        yield* kubectl(["create"], manifest)
        assert.deepStrictEqual(yield* authored(manifest), manifest)
      })
    ))

  it.effect("costs no request where kubectl apply noted it, with defaults that were written out", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const mark = yield* cluster.auditMark
        for (const manifest of everyKind(namespace)) {
          const given = manifest["kind"] === "Deployment" ? withSpec(manifest, { revisionHistoryLimit: 10 }) : manifest
          yield* kubectl(["apply"], given)
          assert.deepStrictEqual(yield* authored(given), given)
        }
        yield* cluster.kubectlOk(["set", "image", "deployment/shop", "-n", namespace, "web=nginx:1.30"])
        yield* cluster.kubectlOk(["scale", "deployment/shop", "-n", namespace, "--replicas=1"])
        const changed = yield* authored(deployment(namespace, "shop"))
        assert.include(JSON.stringify(changed), `"image":"nginx:1.30"`)
        assert.include(JSON.stringify(changed), `"replicas":1`)
        assert.strictEqual(yield* dryRunsSince(mark, namespace), 0)
      })
    ))

  it.effect("costs no request where everything was applied by the server, with defaults that were written out", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const mark = yield* cluster.auditMark
        const given = withSpec(deployment(namespace, "shop"), { revisionHistoryLimit: 10 })
        yield* kubectl(["apply", "--server-side"], given)
        // Inside of a map that has one owner the server's additions can't be told apart
        const noted = JSON.stringify(given).replace(`{"fieldPath"`, `{"apiVersion":"v1","fieldPath"`)
        assert.deepStrictEqual(yield* authored(given), JSON.parse(noted))
        assert.strictEqual(yield* dryRunsSince(mark, namespace), 0)
      })
    ))

  it.effect("is without the defaults in a list that has one owner, whoever applied it", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const labels = { app: "db" }
        const given: JsonObject = {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          metadata: { name: "db", namespace },
          spec: {
            selector: { matchLabels: labels },
            serviceName: "db",
            template: { metadata: { labels }, spec: { containers: [{ name: "db", image: "db:1" }] } },
            volumeClaimTemplates: [{
              metadata: { name: "disk" },
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } }
            }]
          }
        }
        yield* kubectl(["apply", "--server-side"], given)
        assert.deepStrictEqual(yield* authored(given), given)
      })
    ))

  it.effect("holds the replicas that were chosen by scaling, also where they are the default", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const given = deployment(namespace, "shop")
        yield* kubectl(["create"], given)
        yield* cluster.kubectlOk(["scale", "deployment/shop", "-n", namespace, "--replicas=1"])
        assert.deepStrictEqual(yield* authored(given), withSpec(given, { replicas: 1 }))
      })
    ))

  it.effect("is learned once for each shape of object", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const mark = yield* cluster.auditMark
        const shapes = [0, 1].map((shape) =>
          Array.from({ length: 25 }, (_, index) => {
            const whole = deployment(namespace, `d${shape}-${index}`)
            return shape === 0 ? whole : withSpec(whole, { strategy: { type: "Recreate" }, replicas: index + 2 })
          })
        ).flat()
        yield* kubectl(["create"], { apiVersion: "v1", kind: "List", items: shapes })
        const found = yield* Effect.forEach(shapes, authored, { concurrency: 8 })
        assert.deepStrictEqual(found, shapes)
        const spent = yield* dryRunsSince(mark, namespace)
        assert.isAbove(spent, 0)
        assert.isBelow(spent, 36)
      })
    ))

  it.effect("costs no request for ConfigMaps", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const mark = yield* cluster.auditMark
        const maps = Array.from({ length: 200 }, (_, index) => ({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `c${index}`, namespace, labels: { app: "x" } },
          data: { MODE: "Fast", [`key${index}`]: "", empty: "{}" },
          binaryData: { blob: "AAEC" }
        }))
        yield* kubectl(["create"], { apiVersion: "v1", kind: "List", items: maps })
        const found = yield* Effect.forEach(maps, authored, { concurrency: 8 })
        assert.deepStrictEqual(found, maps)
        assert.strictEqual(yield* dryRunsSince(mark, namespace), 0)
      })
    ))
})
