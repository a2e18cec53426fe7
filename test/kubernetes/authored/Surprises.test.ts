import { assert, layer } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { isDeepStrictEqual } from "node:util"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { authored, authoring, dryRunsSince, here, kubectl, live } from "./authoring.ts"
import { deployment } from "./manifests.ts"
import { serveQuokkas } from "./quokkas.ts"

const service = (namespace: string, name: string, port: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ name: "http", ...port }] }
})

const job = (namespace: string, name: string, container: JsonObject, spec: JsonObject = {}): JsonObject => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name, namespace },
  spec: {
    schedule: "0 3 * * *",
    jobTemplate: {
      spec: { ...spec, template: { spec: { restartPolicy: "OnFailure", containers: [{ name: "job", ...container }] } } }
    }
  }
})

/** What was logged as a warning while it ran. */
const warningsOf = <A, E, R>(run: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const listening = Logger.make(({ logLevel, message }) => {
      if (logLevel === "Warn") lines.push(String(message))
    })
    yield* run.pipe(Effect.provide(Logger.layer([listening])))
    return lines
  })

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("what somebody has set", (it) => {
  it.effect("is not taken for a default that another object of this shape got from its own values", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const given = [
          service(namespace, "same", { port: 80 }),
          service(namespace, "other", { port: 8080, targetPort: 80 }),
          service(namespace, "same-again", { port: 8080 }),
          job(namespace, "fixed", { image: "busybox:1.37" }),
          job(namespace, "eager", { image: "busybox:1.37", imagePullPolicy: "Always" }),
          job(namespace, "latest", { image: "busybox" }),
          job(namespace, "lazy", { image: "busybox:latest", imagePullPolicy: "IfNotPresent" }),
          job(namespace, "queue", { image: "busybox:1.37" }, { parallelism: 1 }),
          job(namespace, "plain", { image: "busybox:1.37" })
        ]
        for (const manifest of given) {
          yield* kubectl(["create"], manifest)
          assert.deepStrictEqual(yield* authored(manifest), manifest)
        }
      })
    ))

  it.effect("is asked anew once the schema of the kind is another one", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const apiVersion = yield* serveQuokkas(namespace)
        const of = (name: string, size: string): JsonObject => ({
          apiVersion,
          kind: "Quokka",
          metadata: { name, namespace },
          spec: { size, labels: { a: "b" } }
        })
        yield* kubectl(["create"], of("before", "3Gi"))
        assert.deepStrictEqual(yield* authored(of("before", "3Gi")), of("before", "3Gi"))
        const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/default"
        const patch = JSON.stringify([{ op: "replace", path, value: "2Gi" }])
        yield* cluster.kubectlOk(["patch", "crd", `quokkas.${namespace}.example.com`, "--type=json", "-p", patch])
        yield* kubectl(["create"], of("after", "1Gi"))
        yield* eventually(
          "a value that is no default any more is kept",
          authored(of("after", "1Gi")),
          (found) => isDeepStrictEqual(found, of("after", "1Gi"))
        )
      })
    ))

  it.effect("holds a port that only this object can have", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const chosen = { port: 80, nodePort: 30_000 + Math.floor(Math.random() * 2500) }
        const manifest = service(namespace, "node", chosen)
        const given: JsonObject = { ...manifest, spec: { ...manifest["spec"] as JsonObject, type: "NodePort" } }
        yield* kubectl(["create"], given)
        assert.deepStrictEqual(yield* authored(given), given)
      })
    ))

  it.effect("is what was applied, with what was patched into it by hand", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const given = job(namespace, "patched", { image: "busybox:1.37" })
        yield* kubectl(["apply", "--server-side"], given)
        const patch = { metadata: { labels: { team: "shop" } }, spec: { suspend: true, concurrencyPolicy: "Forbid" } }
        yield* cluster.kubectlOk([
          "patch",
          "cronjob/patched",
          "-n",
          namespace,
          "--type=merge",
          "-p",
          JSON.stringify(patch)
        ])
        const { metadata, spec } = given as { readonly metadata: JsonObject; readonly spec: JsonObject }
        assert.deepStrictEqual(yield* authored(given), {
          ...given,
          metadata: { ...metadata, ...patch.metadata },
          spec: { ...spec, ...patch.spec }
        })
      })
    ))

  it.effect("comes with the server's defaults where we may not create, and that is said once", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("authored")
      const kubeconfig = yield* cluster.kubeconfigFor(`reader-${namespace}`)
      yield* cluster.kubectlOk([
        "create",
        "clusterrolebinding",
        namespace,
        "--clusterrole=view",
        `--user=reader-${namespace}`
      ])
      const [one, two] = [deployment(namespace, "one"), deployment(namespace, "two")]
      yield* kubectl(["create"], one)
      yield* kubectl(["create"], two)
      const mark = yield* cluster.auditMark
      const warnings = yield* warningsOf(
        Effect.gen(function*() {
          for (const manifest of [one, two, one]) {
            const found = yield* authored(manifest)
            const { spec } = yield* live(manifest)
            assert.deepStrictEqual(found["spec"], JSON.parse(JSON.stringify(spec)))
          }
        }).pipe(Effect.provide(authoring(kubeconfig, namespace)), Effect.scoped)
      )
      const ours = warnings.filter((line) => line.includes("deployments.apps"))
      assert.strictEqual(ours.length, 1, warnings.join("\n"))
      assert.include(ours[0], `the verb "create" on deployments.apps`)
      assert.strictEqual(yield* dryRunsSince(mark, namespace), 1)
    }).pipe(Effect.scoped))

  it.effect("comes with the server's defaults where a webhook stands in the way of dry runs", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const webhook = {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "ValidatingWebhookConfiguration",
          metadata: { name: namespace },
          webhooks: [{
            name: `${namespace}.example.com`,
            clientConfig: { url: "https://127.0.0.1:1/" },
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            rules: [{ apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["deployments"] }],
            sideEffects: "NoneOnDryRun",
            admissionReviewVersions: ["v1"]
          }]
        }
        const manifest = deployment(namespace, "one")
        yield* kubectl(["create"], manifest)
        yield* Effect.acquireRelease(
          kubectl(["create"], webhook),
          () => cluster.kubectl(["delete", "validatingwebhookconfiguration", namespace])
        )
        const warnings = yield* warningsOf(Effect.gen(function*() {
          const { spec } = yield* live(manifest)
          assert.deepStrictEqual((yield* authored(manifest))["spec"], JSON.parse(JSON.stringify(spec)))
        }))
        assert.strictEqual(warnings.filter((line) => line.includes("webhook")).length, 1, warnings.join("\n"))
      }).pipe(Effect.scoped)
    ))
})
