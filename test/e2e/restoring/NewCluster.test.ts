// A cluster is lost, and an empty one takes its place: what Git has comes back, in order, and nothing in Git changes but its owner's name.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap } from "../mirroring/mirroring.ts"
import { idFile, idOf, isRestored, lose, NewCluster, restoring } from "./restoring.ts"

const group = "restored.example"

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `sprockets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "sprockets", singular: "sprocket", kind: "Sprocket" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: { spec: { type: "object", properties: { size: { type: "integer" } } } }
        }
      }
    }]
  }
}

const sprocket = { apiVersion: `${group}/v1`, kind: "Sprocket", metadata: { name: "big" }, spec: { size: 3 } }

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { serviceAccountName: "web", containers: [{ name: "web", image: "web:1" }] }
    }
  }
}

const access = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "web" },
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }]
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "web" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
    subjects: [{ kind: "ServiceAccount", name: "web" }]
  }
]

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports: [{ port: 80 }] }
}

layer(Layer.merge(NewCluster.layer, sharedControlPlane), { excludeTestServices: true, timeout: 120_000 })(
  "a new cluster",
  (it) => {
    it.effect(
      "is restored from what another wrote: definitions, the namespace, rights, a workload and what it needs; then it syncs by itself",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring({
            rules: (namespace) => [
              { resources: ["customresourcedefinitions"], names: [`sprockets.${group}`], syncTo: "git" },
              { resources: ["namespaces"], names: [namespace], syncTo: "git" },
              { namespaces: [namespace], syncTo: "git" }
            ]
          })
          yield* bed.apply(definition)
          yield* eventually(
            "sprockets are served",
            bed.cluster.kubectl(["get", `sprockets.${group}`]),
            ({ exitCode }) => exitCode === 0
          )
          yield* bed.apply(sprocket, deployment, service, configMap("settings"), ...access)
          const first = yield* bed.start()
          for (const kind of ["Deployment", "Service", "Role", "RoleBinding", "ServiceAccount"])
            yield* bed.remote.has(bed.key(kind, "web"))
          yield* bed.remote.has(bed.key("Sprocket", "big"))
          yield* bed.remote.has(bed.key("ConfigMap", "settings"))
          yield* bed.remote.has(`Namespace ${bed.namespace}`)
          yield* bed.remote.has(`CustomResourceDefinition sprockets.${group}`)
          yield* first.until("it has settled", ({ settled }) => settled)
          yield* lose(first)
          const last = yield* bed.repository.tip()
          const documents = [...(yield* bed.remote.documents).keys()].sort()

          const controller = yield* bed.restore()
          const waiting = yield* controller.until("it waits", ({ phase }) => phase.includes("restoring starts at"))
          assert.include(waiting.phase, yield* idOf(bed.cluster))
          const namespaces = yield* bed.second.kubectlOk(["get", "namespaces", "-o", "name"])
          assert.notInclude(namespaces.split("\n"), `namespace/${bed.namespace}`)
          yield* isRestored(controller)
          assert.deepStrictEqual(yield* bed.there("deployments,services,roles,rolebindings"), [
            "web",
            "web",
            "web",
            "web"
          ])
          assert.deepStrictEqual(yield* bed.there("configmaps"), ["settings"])
          assert.deepStrictEqual(yield* bed.there(`sprockets.${group}`), ["big"])
          assert.strictEqual(
            yield* bed.inSecond("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}"),
            "web:1"
          )

          yield* bed.inSecond("create", "configmap", "sentinel")
          yield* bed.remote.has(bed.key("ConfigMap", "sentinel"))
          const changed = yield* bed.repository.git("diff", "--name-only", `${last}`, "main")
          const sentinel = (yield* bed.remote.has(bed.key("ConfigMap", "sentinel"))).path
          assert.deepStrictEqual(changed.split("\n").sort(), [idFile, sentinel].sort())
          assert.deepStrictEqual(
            [...(yield* bed.remote.documents).keys()].sort(),
            [...documents, bed.key("ConfigMap", "sentinel")].sort()
          )
          assert.deepStrictEqual(yield* bed.remote.removed, [])
          const name = (yield* bed.remote.text(idFile)) ?? ""
          assert.include(name, yield* idOf(bed.second))
          assert.notInclude(name, "takeover")
          assert.include(yield* controller.log, "Restored, syncing")
          const { body } = yield* controller.get("/metrics")
          const pushedAt = Number(/^gitops_git_pushed_timestamp_seconds(?:\{[^}]*\})? (\S+)$/m.exec(body)?.[1])
          assert.isTrue(Math.abs(Date.now() / 1000 - pushedAt) < 120, `pushed at ${pushedAt}`)
          assert.match(body, /^gitops_git_unpushed_changes(\{[^}]*\})? 0$/m)

          yield* bed.inSecond("delete", "configmap", "settings")
          yield* bed.remote.lacks(bed.key("ConfigMap", "settings"))
        }),
      120_000
    )

    it.effect(
      "is restored as a rehearsal from a copy of the branch, while the owner lives and goes on",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring()
          yield* bed.apply(configMap("settings"))
          const owner = yield* bed.start()
          yield* bed.remote.has(bed.key("ConfigMap", "settings"))
          const named = (yield* bed.remote.text(idFile)) ?? ""
          yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
          const copied = yield* bed.repository.commit(
            { [idFile]: named.replace("branch: main", "branch: rehearsal") },
            {
              branch: "rehearsal",
              parent: (yield* bed.repository.tip()) ?? "none"
            }
          )
          const rehearsal = yield* bed.restore({ config: { branch: "rehearsal" } })
          yield* isRestored(rehearsal)
          assert.deepStrictEqual(yield* bed.there("configmaps"), ["settings"])
          assert.strictEqual(yield* bed.repository.git("diff", "--name-only", copied, "rehearsal"), idFile)
          yield* bed.apply(configMap("later"))
          yield* bed.remote.has(bed.key("ConfigMap", "later"))
          assert.strictEqual(yield* bed.remote.text(idFile), named)
          assert.isUndefined((yield* owner.status).mirroring)
        }),
      120_000
    )
  }
)
