/** Which kinds are left alone: some unless a rule names them, some always. */
import { type GroupKind, type KindId, kindId } from "../manifest/ObjectKey.ts"

const unsyncedByDefault: ReadonlySet<KindId> = new Set([
  "ControllerRevision.apps",
  "Endpoints",
  "EndpointSlice.discovery.k8s.io",
  "Event",
  "Event.events.k8s.io",
  "Lease.coordination.k8s.io",
  "Node",
  "Pod",
  "ReplicaSet.apps"
])

/** Made and unmade by the cluster itself: synced only when a rule names the resource. */
export const isUnsyncedByDefault = (kind: GroupKind): boolean => unsyncedByDefault.has(kindId(kind))

const nonPersistentGroups: ReadonlySet<string> = new Set(["authentication.k8s.io", "authorization.k8s.io"])
const nonPersistentKinds: ReadonlySet<KindId> = new Set(["Binding", "ComponentStatus", "Eviction.policy"])

/** Answers to questions rather than objects: nothing is stored, so there is nothing to sync. */
export const isNeverSynced = (kind: GroupKind): boolean =>
  nonPersistentGroups.has(kind.group) || nonPersistentKinds.has(kindId(kind))

/** Which objects are ours: the record, the Lease and the configuration. */
export interface Own {
  /** The namespace of the record and the Lease. */
  readonly stateNamespace: string
}

/** Why an object is never synced, whatever a rule says, or `undefined`. */
export const neverSynced = (kind: KindId, namespace: string, name: string, own: Own): string | undefined => {
  if (kind === "ConfigMap" && name === "kube-root-ca.crt") return "kube-root-ca.crt is kept by the cluster itself"
  if (namespace !== own.stateNamespace) return undefined
  const ours = (kind === "ConfigMap" || kind === "Lease.coordination.k8s.io") &&
    (name === "gitops-controller" || name.startsWith("gitops-controller."))
  return ours ? "it belongs to the controller itself" : undefined
}
