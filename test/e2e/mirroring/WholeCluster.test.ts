// One rule for everything in a cluster as people have it, with the controllers that fill it: what a person made is written,
// and nothing that the cluster made for itself.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap, mirroring } from "./mirroring.ts"

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [{
          name: "web",
          image: "web:1",
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: "100m" } }
        }]
      }
    }
  }
}

/** What the cluster, Helm or a controller would have made. */
const machinery = [
  {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: { name: "sh.helm.release.v1.web.v1", labels: { owner: "helm", name: "web" } },
    stringData: { release: "H4sI" }
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/service-account-token",
    metadata: { name: "token", annotations: { "kubernetes.io/service-account.name": "default" } }
  },
  {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "some-leader" },
    spec: { holderIdentity: "somebody", leaseDurationSeconds: 15 }
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }] }
  }
]

const plane = Layer.effect(ControlPlane, startControlPlane({ controllerManager: true }))

layer(plane, { excludeTestServices: true, timeout: 120_000 })("a rule for everything", (it) => {
  it.effect(
    "writes the one Deployment that somebody made and its namespace, nothing of the cluster's own, and loses both when the namespace goes",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules: () => [{ syncTo: "git" }],
          // Each kind proves for itself what went with the namespace, and on a busy machine they are seconds apart.
          config: { deletions: { max: 20, percent: 100 }, commit: { quiet: "2s", maxAge: "30s" } }
        })
        yield* bed.apply(deployment)
        yield* eventually(
          "the cluster has done its part",
          bed.kubectl("get", "replicasets,pods,serviceaccounts,configmaps", "-o", "name"),
          (names) =>
            ["replicaset.apps/web-", "pod/web-", "serviceaccount/default", "kube-root-ca.crt"].every((name) =>
              names.includes(name)
            )
        )
        const controller = yield* bed.start()
        const web = yield* bed.remote.has(bed.key("Deployment", "web"))
        yield* bed.remote.has(`Namespace ${bed.namespace}`)
        yield* controller.until("it has settled", (status) => status.settled && status.ready)
        const keys = Effect.map(bed.remote.documents, (documents) => [...documents.keys()].sort())
        const [theDeployment, theNamespace] = [bed.key("Deployment", "web"), `Namespace ${bed.namespace}`]
        assert.deepStrictEqual(yield* keys, [theDeployment, theNamespace])
        assert.deepStrictEqual<unknown>(web.manifest, {
          ...deployment,
          metadata: { ...deployment.metadata, namespace: bed.namespace }
        })

        yield* bed.apply(...machinery, configMap("settings"))
        yield* bed.kubectl("scale", "deployment", "web", "--replicas=3")
        yield* bed.remote.has(bed.key("Deployment", "web"), (one) => one.manifest.spec?.["replicas"] === 3)
        yield* bed.remote.has(bed.key("ConfigMap", "settings"))
        yield* bed.remote.has(bed.key("Service", "web"))
        const token = bed.kubectl("get", "secret", "token", "-o", "jsonpath={.data.token}")
        yield* eventually("the token is there", token, (text) => text !== "")
        yield* eventually(
          "there are Events",
          bed.kubectl("get", "events", "-o", "name"),
          (names) => names.includes("event/web")
        )
        const all = [bed.key("ConfigMap", "settings"), theDeployment, theNamespace, bed.key("Service", "web")]
        assert.deepStrictEqual(yield* keys, all)
        yield* bed.cluster.kubectlOk(["create", "configmap", "sentinel", "-n", "default"])
        yield* bed.remote.has("ConfigMap default/sentinel")
        yield* bed.cluster.kubectlOk(["delete", "configmap", "sentinel", "-n", "default"])
        yield* bed.remote.lacks("ConfigMap default/sentinel")
        assert.strictEqual((yield* bed.remote.removed).length, 1)

        const last = yield* bed.repository.tip()
        yield* bed.cluster.kubectlOk(["delete", "namespace", bed.namespace])
        for (const key of all) yield* bed.remote.lacks(key)
        assert.deepStrictEqual(yield* keys, [])
        const commits = yield* bed.repository.git("rev-list", `${last}..main`)
        assert.lengthOf(commits.split("\n"), 1, "a namespace and what it held go in one commit")
      }),
    120_000
  )
})
