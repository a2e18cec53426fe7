// A cluster with real volumes, its namespace with a claim that holds a file, and the controller that writes snapshots to Git:
// what tests of volumes begin with.
import { Effect, type Scope } from "effect"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import type { CsiCluster } from "../../csi/CsiCluster.ts"
import { type Volumes, volumesOf } from "../../csi/Volumes.ts"
import { type Mirroring, mirroring, type MirroringOptions, type Rules } from "../mirroring/mirroring.ts"

export interface VolumesInGit extends Mirroring {
  readonly volumes: Volumes
}

const group = "snapshot.storage.k8s.io"

/** Snapshots with their contents, claims and ConfigMaps of a namespace, and all volumes. */
export const snapshotRules = (syncTo: "git" | "kubernetes") => (namespace: string): Rules => [
  { apiGroups: [group], resources: ["volumesnapshots"], namespaces: [namespace], syncTo },
  { apiGroups: [group], resources: ["volumesnapshotcontents"], syncTo },
  { apiGroups: [""], resources: ["persistentvolumeclaims", "configmaps"], namespaces: [namespace], syncTo },
  { apiGroups: [""], resources: ["persistentvolumes"], syncTo }
]

/** Starts no controller yet. */
export const mirrorVolumes = (
  cluster: CsiCluster,
  options: MirroringOptions = {}
): Effect.Effect<VolumesInGit, Effect.Error<ReturnType<typeof mirroring>>, Scope.Scope> =>
  mirroring({ rules: snapshotRules("git"), ...options }).pipe(
    Effect.provideService(ControlPlane, cluster),
    Effect.map((bed) => ({ ...bed, volumes: volumesOf(cluster, bed.namespace) }))
  )
