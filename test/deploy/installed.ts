// A cluster into which an overlay was applied as users apply it, and the controller beside it with the rights of its ServiceAccount.
// There is no kubelet: the Deployment stays as it is, and the controller runs as a process of its own.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import type { ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { defaults, startController } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { overlayFolder } from "./Overlay.ts"
import { clusterWithSnapshots } from "./overlayRoles.ts"

export const user = "system:serviceaccount:gitops-controller:gitops-controller"

/** A kubeconfig of a ServiceAccount, by a token that it was given. */
export const kubeconfigOf = Effect.fnUntraced(
  function*(cluster: ControlPlaneHandle, namespace: string, account = "gitops-controller") {
    const token = yield* cluster.kubectlOk(["create", "token", account, "-n", namespace])
    const file = join(yield* temporaryFolder("gitops-account-"), "kubeconfig")
    const admin: { readonly users: ReadonlyArray<unknown> } = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"))
    const users = [{ name: "test", user: { token: token.trim() } }]
    yield* Effect.sync(() => writeFileSync(file, JSON.stringify({ ...admin, users }), { mode: 0o600 }))
    return file
  }
)

/** The overlay's own configuration, but for the repository, and for what makes tests quick. */
const configOf = (overlay: string, gitUrl: string): Readonly<Record<string, unknown>> => ({
  ...parse(readFileSync(join(overlayFolder(overlay), "config.yaml"), "utf8")),
  gitUrl,
  interval: "1s",
  commit: { quiet: "200ms" },
  http: { port: 0 },
  lease: defaults.lease
})

/** Everything ends with the scope. */
export const installed = Effect.fnUntraced(function*(overlay: string) {
  const cluster = yield* clusterWithSnapshots
  yield* cluster.kubectlOk(["create", "namespace", "shop"])
  yield* cluster.kubectlOk(["apply", "--server-side", "-k", overlayFolder(overlay)])
  const repository = yield* bareRepository()
  const kubeconfig = yield* kubeconfigOf(cluster, "gitops-controller")
  const config = configOf(overlay, repository.url)
  const apply = (...items: ReadonlyArray<object>) =>
    cluster.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) })
  const start = startController({ kubeconfig, configText: JSON.stringify(config) })
  /** All text that the branch holds. */
  const inGit = repository.git("grep", "-h", "", "HEAD").pipe(Effect.catchDefect(() => Effect.succeed("")))
  return { cluster, repository, apply, start, inGit, gitPath: String(config["gitPath"]) }
})

const group = "snapshot.storage.k8s.io"

/** A snapshot of a claim as it is once the storage has taken it: what a snapshot controller would have written. */
export const takeSnapshot = Effect.fnUntraced(function*(cluster: ControlPlaneHandle, name: string, claim: string) {
  const content = `content-${name}`
  const items = [
    {
      apiVersion: `${group}/v1`,
      kind: "VolumeSnapshotContent",
      metadata: { name: content },
      spec: {
        deletionPolicy: "Delete",
        driver: "played.csi.test",
        source: { volumeHandle: `volume-${claim}` },
        volumeSnapshotRef: { name, namespace: "shop" }
      }
    },
    {
      apiVersion: `${group}/v1`,
      kind: "VolumeSnapshot",
      metadata: { name, namespace: "shop" },
      spec: { source: { persistentVolumeClaimName: claim } }
    }
  ]
  yield* cluster.kubectlOk(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items })
  })
  const creationTime = 1_700_000_000
  const ready = (kind: string, object: string, status: object) =>
    cluster.kubectlOk([
      "patch",
      kind,
      object,
      ...kind === "volumesnapshot" ? ["-n", "shop"] : [],
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status })
    ])
  yield* ready("volumesnapshotcontent", content, {
    snapshotHandle: `handle-${name}`,
    readyToUse: true,
    restoreSize: 1024,
    creationTime: creationTime * 1e9
  })
  yield* ready("volumesnapshot", name, {
    readyToUse: true,
    boundVolumeSnapshotContentName: content,
    restoreSize: "1Ki",
    creationTime: new Date(creationTime * 1000).toISOString()
  })
})
