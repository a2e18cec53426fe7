import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { deployFolder } from "./Overlay.ts"

const name = "gitops-controller"
const metadata = { name, namespace: name }
const labels = { app: name }

/** What the first version was installed as. */
const firstVersion = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name, namespace: name }]
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.yaml": "gitPath: .\n" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...metadata, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{
            name,
            image: "gitops-controller:0.1.1",
            env: [{ name: "SSH_KEY_PATH", value: "/ssh/identity" }],
            volumeMounts: [
              { name: "git-ssh", readOnly: true, mountPath: "/ssh/identity", subPath: "identity" },
              { name: "gitops-config", readOnly: true, mountPath: "/config.yaml", subPath: "config.yaml" }
            ]
          }],
          volumes: [
            { name: "git-ssh", secret: { secretName: "git-ssh", defaultMode: 0o600 } },
            { name: "gitops-config", configMap: { name } }
          ]
        }
      }
    }
  }
]

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes: ReadonlyArray<{ readonly name: string }>
        readonly containers: ReadonlyArray<{ readonly env?: unknown }>
      }
    }
  }
}

describe("What the first version was installed as", () => {
  it.live("becomes this one by kubectl apply, without a rest but the old binding", () =>
    Effect.gen(function*() {
      const cluster = yield* startControlPlane()
      yield* cluster.kubectlOk(["apply", "-f", "-"], {
        stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: firstVersion })
      })
      yield* cluster.kubectlOk(["apply", "-k", deployFolder])
      const { spec: { template: { spec } } } = yield* cluster.kubectlJson<Deployment>(
        ["get", "deployment", name, "-n", name]
      )
      assert.deepStrictEqual(spec.volumes.map((volume) => volume.name), ["config", "ssh", "https"])
      assert.deepStrictEqual(spec.containers.map(({ env }) => env), [undefined])
      const canDo = cluster.kubectl(["auth", "can-i", "*", "*", `--as=system:serviceaccount:${name}:${name}`])
      assert.strictEqual((yield* canDo).stdout.trim(), "yes")
      yield* cluster.kubectlOk(["delete", "clusterrolebinding", name])
      assert.strictEqual((yield* canDo).stdout.trim(), "no")
    }).pipe(Effect.scoped), 120_000)
})
