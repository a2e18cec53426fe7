/**
 * The label by which members of our set are known, to us, to kubectl and to other tools.
 * Source: KEP-3659, "ApplySet: kubectl apply --prune redesign", labels and id format.
 */
import { createHash } from "node:crypto"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import { version } from "../version.ts"

export const memberLabel = "applyset.kubernetes.io/part-of"
export const parentLabel = "applyset.kubernetes.io/id"
export const toolingAnnotation = "applyset.kubernetes.io/tooling"
export const kindsAnnotation = "applyset.kubernetes.io/contains-group-kinds"
export const namespacesAnnotation = "applyset.kubernetes.io/additional-namespaces"

export interface Parent {
  readonly name: string
  readonly namespace: string
  readonly kind: string
  readonly group: string
}

/** The id of the set with this parent object: `applyset-<base64url(sha256("name.namespace.Kind.group"))>-v1`. */
export const idOf = ({ group, kind, name, namespace }: Parent): string =>
  `applyset-${createHash("sha256").update(`${name}.${namespace}.${kind}.${group}`).digest("base64url")}-v1`

const namespaceOf = (id: ObjectId) => id.slice(0, Math.max(0, id.indexOf("/")))

/** Labels and annotations of the parent: which kinds and namespaces its members are in. */
export const parentMetadata = (
  id: string,
  parentNamespace: string,
  members: ReadonlyMap<KindId, { keys(): Iterable<ObjectId> }>
): { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> } => {
  const namespaces = new Set<string>()
  for (const ids of members.values()) for (const member of ids.keys()) namespaces.add(namespaceOf(member))
  namespaces.delete("")
  namespaces.delete(parentNamespace)
  return {
    labels: { [parentLabel]: id },
    annotations: {
      [toolingAnnotation]: `gitops-controller/${version}`,
      [kindsAnnotation]: [...members.keys()].toSorted().join(","),
      [namespacesAnnotation]: [...namespaces].toSorted().join(",")
    }
  }
}
