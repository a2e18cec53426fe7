import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { type Fought, foughtFields } from "../../../src/kind/fights/Fights.ts"
import { Schemas } from "../../../src/kubernetes/schemas/Schemas.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import { everything } from "../../../src/manifest/FieldScope.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { watching } from "../../kubernetes/connected.ts"
import { apply, fieldManager, here, live } from "../../kubernetes/operating.ts"

const container = (name: string, image: string): JsonObject => ({
  name,
  image,
  env: [{ name: "LEVEL", value: "info" }],
  resources: { limits: { cpu: "1000m", memory: "1024Mi" } }
})

const deployment = (namespace: string): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace, labels: { app: "web" }, annotations: { note: "ours" } },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [container("app", "web:1"), container("proxy", "proxy:1")], nodeSelector: { disk: "ssd" } }
    }
  }
})

const containers = "/spec/template/spec/containers"
const text = ({ manager, operation, path, value }: Fought) => `${format(path)}=${value} ${manager}/${operation}`

const patch = (body: JsonObject, ...flags: ReadonlyArray<string>) => ["--patch", JSON.stringify(body), ...flags]
const asJson = "--type=json"

/** What somebody does with kubectl, and what is fought over then. */
const deeds: ReadonlyArray<readonly [deed: string, args: ReadonlyArray<string>, fought: ReadonlyArray<string>]> = [
  ["scales it", ["scale", "deployment/web", "--replicas=5"], ["/spec/replicas=5 kubectl/Update"]],
  ["sets an image", ["set", "image", "deployment/web", "app=web:2"], [
    `${containers}/[name=app]/image="web:2" kubectl-set/Update`
  ]],
  [
    "sets what the server spells in another way",
    ["set", "resources", "deployment/web", "-c=app", "--limits=cpu=2,memory=1Gi"],
    [`${containers}/[name=app]/resources/limits/cpu="2" kubectl-set/Update`]
  ],
  ["sets a label that is there to another value", ["label", "deployment/web", "app=other", "--overwrite"], [
    `/metadata/labels/app="other" kubectl-label/Update`
  ]],
  ["adds a label", ["label", "deployment/web", "more=1"], []],
  ["removes a field, which the server fills with its default", [
    "patch",
    "deployment/web",
    asJson,
    ...patch([{ op: "remove", path: "/spec/replicas" }] as unknown as JsonObject)
  ], ["/spec/replicas=1 kubectl-patch/Update"]],
  // Who removes and sets nothing leaves no entry.
  ["removes a variable", ["set", "env", "deployment/web", "-c=app", "LEVEL-"], [
    `${containers}/[name=app]/env/[name=LEVEL]=absent unknown/Update`
  ]],
  ["removes a whole container", [
    "patch",
    "deployment/web",
    asJson,
    ...patch([{ op: "remove", path: `${containers}/1` }] as unknown as JsonObject)
  ], [`${containers}/[name=proxy]=absent unknown/Update`]],
  ["removes a variable and sets another", ["set", "env", "deployment/web", "-c=app", "LEVEL-", "MORE=1"], [
    `${containers}/[name=app]/env/[name=LEVEL]=absent kubectl-set/Update`
  ]],
  ["adds to a map that has one owner as a whole", [
    "patch",
    "deployment/web",
    ...patch({ spec: { template: { spec: { nodeSelector: { zone: "a" } } } } })
  ], [`/spec/template/spec/nodeSelector={"disk":"ssd","zone":"a"} kubectl-patch/Update`]],
  ["patches under the name of an autoscaler", [
    "patch",
    "deployment/web",
    "--field-manager=hpa",
    ...patch({ spec: { replicas: 7 } })
  ], ["/spec/replicas=7 hpa/Update"]],
  ["scales through the subresource under a name", [
    "patch",
    "deployment/web",
    "--subresource=scale",
    "--field-manager=hpa",
    "--type=merge",
    ...patch({ spec: { replicas: 7 } })
  ], ["/spec/replicas=7 hpa/Update"]]
]

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("fields that others change", (it) => {
  const fight = (namespace: string, change: Effect.Effect<unknown, unknown, ControlPlane>) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const payload = deployment(namespace)
      const type = yield* Effect.flatMap(
        Schemas,
        (schemas) => schemas.typeOf({ group: "apps", kind: "Deployment" }, "v1")
      ).pipe(Effect.provide(Schemas.layer.pipe(Layer.provide(watching(cluster.kubeconfig)))))
      const fought = Effect.map(
        live(payload),
        (live) => foughtFields({ live, payload, type, fieldManager, scope: everything }).map(text)
      )
      yield* apply(payload)
      assert.deepStrictEqual(yield* fought, [], "nobody changed anything")
      yield* change
      return yield* fought
    })

  for (const [deed, args, expected] of deeds) {
    it.effect(`are named with who did it, when somebody ${deed}`, () =>
      here((namespace) =>
        Effect.gen(function*() {
          const cluster = yield* ControlPlane
          const found = yield* fight(namespace, cluster.kubectlOk([...args, "-n", namespace]))
          assert.deepStrictEqual(found, expected)
        })
      ))
  }

  it.effect("are named when another tool applies them by force", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const theirs = { ...deployment(namespace), spec: { replicas: 4, paused: true } }
        const args = ["apply", "--server-side", "--force-conflicts", "--field-manager=argocd", "-f", "-"]
        const found = yield* fight(namespace, cluster.kubectlOk(args, { stdin: JSON.stringify(theirs) }))
        assert.deepStrictEqual(found, ["/spec/replicas=4 argocd/Apply"])
      })
    ))

  it.effect("are named with the last of several writers", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const found = yield* fight(
          namespace,
          Effect.gen(function*() {
            const scale = ["patch", "deployment/web", "-n", namespace, "--field-manager=hpa"]
            yield* cluster.kubectlOk([...scale, ...patch({ spec: { replicas: 7 } })])
            yield* cluster.kubectlOk(["scale", "deployment/web", "-n", namespace, "--replicas=5"])
            yield* cluster.kubectlOk(["annotate", "deployment/web", "-n", namespace, "note=theirs", "--overwrite"])
          })
        )
        assert.deepStrictEqual(found, [
          `/metadata/annotations/note="theirs" kubectl-annotate/Update`,
          "/spec/replicas=5 kubectl/Update"
        ])
      })
    ))
})
