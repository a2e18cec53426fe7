/**
 * Which manifest speaks for which object of a kind. Two manifests for one object cancel each other out: neither is
 * applied until one of them is gone, for nobody can know which of them was meant.
 */
import { formatPlace, type ManifestProblem, type ManifestRef } from "./Manifest.ts"
import { type ObjectId, objectId } from "./ObjectKey.ts"

export type Claim =
  | { readonly _tag: "Declared"; readonly ref: ManifestRef }
  /** Several manifests describe the object; they differ in place, and may differ in API version. */
  | { readonly _tag: "Contested"; readonly refs: ReadonlyArray<ManifestRef> }

const namespaceOf = (ref: ManifestRef, namespaced: boolean | undefined, defaultNamespace: string): string => {
  if (namespaced === false) return ""
  return ref.manifest.namespace ?? (namespaced === true ? defaultNamespace : "")
}

/**
 * @param refs The manifests of one kind.
 * @param namespaced Whether the kind is; `undefined` while the cluster doesn't serve it: then namespaces count as
 * written. A namespace written on a cluster-scoped object is passed over, as kubectl does.
 * @param defaultNamespace For namespaced manifests that name none.
 */
export const claims = (
  refs: ReadonlyArray<ManifestRef>,
  namespaced: boolean | undefined,
  defaultNamespace: string
): ReadonlyMap<ObjectId, Claim> => {
  const found = new Map<ObjectId, Claim>()
  const rivals = new Map<ObjectId, Array<ManifestRef>>()
  for (const ref of refs) {
    const id = objectId(namespaceOf(ref, namespaced, defaultNamespace), ref.manifest.name)
    const claim = found.get(id)
    if (claim === undefined) found.set(id, { _tag: "Declared", ref })
    else if (claim._tag === "Contested") rivals.get(id)?.push(ref)
    else {
      const both = [claim.ref, ref]
      rivals.set(id, both)
      found.set(id, { _tag: "Contested", refs: both })
    }
  }
  return found
}

const placeOf = ({ manifest, path }: ManifestRef): string => formatPlace({ path, line: manifest.line })

const others = (refs: ReadonlyArray<ManifestRef>, ref: ManifestRef): string => {
  const places = refs.filter((other) => other !== ref).map(placeOf)
  return places.length <= 3
    ? places.join(" and ")
    : `${places.slice(0, 2).join(", ")} and ${places.length - 2} more places`
}

/** One problem for each place that describes a contested object. */
export const contests = (claims: ReadonlyMap<ObjectId, Claim>): ReadonlyArray<ManifestProblem> =>
  [...claims].flatMap(([id, claim]) =>
    claim._tag === "Declared" ? [] : claim.refs.map((ref) => ({
      path: ref.path,
      line: ref.manifest.line,
      message: `${ref.manifest.kind} ${id} is described here and in ${
        others(claim.refs, ref)
      }, so neither is applied; keep one of them`
    }))
  )
