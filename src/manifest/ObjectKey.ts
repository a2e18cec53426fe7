/**
 * The identity of an object: group, kind, namespace and name, never the version.
 * Two manifests with the same key describe the same object, whatever file or API version they stand in.
 */

export interface GroupKind {
  /** API group, `""` for the core group. */
  readonly group: string
  readonly kind: string
}

export interface ObjectKey extends GroupKind {
  /** `""` for a cluster-scoped object. */
  readonly namespace: string
  readonly name: string
}

/** A {@link GroupKind} as text, as kubectl writes it: `Deployment.apps`, `ConfigMap`. Usable as a map key. */
export type KindId = string

/** An {@link ObjectKey} within its kind as text: `shop/web`, or `web` when cluster-scoped. Usable as a map key. */
export type ObjectId = string

export const kindId = ({ group, kind }: GroupKind): KindId => group === "" ? kind : `${kind}.${group}`

export const groupKind = (id: KindId): GroupKind => {
  const dot = id.indexOf(".")
  return dot === -1 ? { group: "", kind: id } : { group: id.slice(dot + 1), kind: id.slice(0, dot) }
}

export const objectId = (namespace: string, name: string): ObjectId => namespace === "" ? name : `${namespace}/${name}`

/** For people: `Deployment.apps shop/web`. */
export const formatKey = (key: ObjectKey): string => `${kindId(key)} ${objectId(key.namespace, key.name)}`
