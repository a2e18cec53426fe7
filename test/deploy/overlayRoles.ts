// The roles of an overlay: what `gitops-controller rbac` prints for its configuration, asked of a cluster that serves volume snapshots.
import { Effect } from "effect"
import { snapshotCrds } from "../cluster/SnapshotCrds.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { overlayFolder } from "./Overlay.ts"

export const rolesCommand = ["rbac", "--roles-only", "--config", "config.yaml"]

/** A cluster to ask; ends with the scope. */
export const clusterWithSnapshots = Effect.gen(function*() {
  const cluster = yield* startControlPlane()
  yield* cluster.kubectlOk(["apply", "--server-side", "-f", yield* snapshotCrds()])
  yield* eventually(
    "snapshots are served",
    cluster.kubectl(["get", "volumesnapshots,volumesnapshotcontents,volumesnapshotclasses", "-A"]),
    ({ exitCode }) => exitCode === 0
  )
  return cluster
})

/** Which cluster was asked is no part of what is committed. */
const withoutCluster = (printed: string) => printed.replace(/; its resources as served by the cluster at [^\n]*/, ".")

/** As `roles.yaml` should be. */
export const rolesOf = Effect.fnUntraced(function*(overlay: string, kubeconfig: string, root?: string) {
  const args = [...rolesCommand, "--kubeconfig", kubeconfig]
  const { code, stderr, stdout } = yield* runCommand(args, overlayFolder(overlay, root))
  if (code !== 0) return yield* Effect.die(new Error(stderr))
  return withoutCluster(stdout)
}, Effect.scoped)
