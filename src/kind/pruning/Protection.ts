/** What is never deleted, or only where a rule says so in so many words. Pure. */
import { type KindId, kindId } from "../../manifest/ObjectKey.ts"
import * as KindScope from "../../rules/KindScope.ts"
import type { Rule } from "../../rules/Rule.ts"
import type { KindSpec } from "../KindSpec.ts"

/** They take data or other objects along. */
const protectedKinds: ReadonlySet<KindId> = new Set([
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "VolumeGroupSnapshot.groupsnapshot.storage.k8s.io",
  "VolumeGroupSnapshotContent.groupsnapshot.storage.k8s.io",
  "VolumeSnapshot.snapshot.storage.k8s.io",
  "VolumeSnapshotContent.snapshot.storage.k8s.io"
])

const systemNamespaces: ReadonlySet<string> = new Set(["kube-node-lease", "kube-public", "kube-system"])

/** Whether the rule takes also what nobody knows to be ours. */
export const isAlways = ({ prune, resources }: Rule): boolean => prune === "always" && resources.length > 0

const isOwn = (kind: KindId, namespace: string, name: string, stateNamespace: string): boolean =>
  namespace === stateNamespace || (kind === "Namespace" && name === stateNamespace)

/** Why an object stays although Git holds it no longer, whatever it looks like; `undefined`: it may go. */
export const protection = (
  { kind, own }: KindSpec,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  rule: Rule
): string | undefined => {
  const id = kindId(kind)
  const never = KindScope.neverSynced(id, namespace, name, own)
  if (never !== undefined) return never
  if (isOwn(id, namespace, name, own.stateNamespace)) return "it is where the controller keeps its own state"
  if (protectedKinds.has(id) && !(rule.resources.length > 0 && rule.isPruneWritten)) {
    return `data or other objects would go with it; it goes only by a rule that names its resource and has "prune" written out: ` +
      `{ resources: [${kind.plural}], syncTo: ${rule.syncTo}, prune: owned }`
  }
  return isAlways(rule) && systemNamespaces.has(namespace) && !rule.namespaces.includes(namespace)
    ? `"prune: always" doesn't reach into ${namespace} unless the rule names that namespace`
    : undefined
}
