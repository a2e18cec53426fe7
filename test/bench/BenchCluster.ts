// The control plane of a benchmark, one for each so that none inherits another's load, and what only benchmarks need of it.
import { Effect, type Scope } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { kubeconfigText } from "../cluster/Kubeconfig.ts"
import type { KubectlFailed } from "../cluster/Kubectl.ts"
import { startControlPlane, type StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { Generated } from "./Manifests.ts"

export interface BenchCluster extends StartedControlPlane {
  readonly serverVersion: string
}

export const startBenchCluster = Effect.gen(function*() {
  const cluster = yield* startControlPlane()
  const { body } = yield* cluster.request("/version")
  const { gitVersion }: { readonly gitVersion: string } = JSON.parse(body)
  return { ...cluster, serverVersion: gitVersion } satisfies BenchCluster
})

/** Deletes everything of a collection at once, so that the next run begins with as little as this one did. */
export const emptyCollection = (cluster: BenchCluster, collection: string): Effect.Effect<void, KubectlFailed> =>
  Effect.asVoid(cluster.kubectlOk(["delete", "--raw", collection]))

/** An admin's kubeconfig for the same API server on another port, such as a proxy's. */
export const kubeconfigVia = (cluster: BenchCluster, port: number): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function*() {
    const file = join(yield* temporaryFolder("gitops-bench-"), "kubeconfig")
    const { admin, authority } = cluster.address
    const text = kubeconfigText({ server: `https://127.0.0.1:${port}`, ca: authority.certificate, user: admin })
    yield* Effect.sync(() => writeFileSync(file, text, { mode: 0o600 }))
    return file
  })

/** The manifests as files on disk. */
export const manifestFolder = (manifests: ReadonlyArray<Generated>): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-bench-")
    yield* Effect.sync(() => {
      for (const { path, text } of manifests) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
    })
    return folder
  })

export const portOf = (cluster: BenchCluster): number => Number(new URL(cluster.server).port)

/** The kubeconfig's credentials, for bare connections. */
export const tlsOf = ({ address }: BenchCluster) => ({
  ca: address.authority.certificate,
  cert: address.admin.certificate,
  key: address.admin.key
})
