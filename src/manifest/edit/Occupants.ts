/** Which manifests a file holds and for which objects, as far as it can be told. */
import { type Candidate, candidates } from "../Candidates.ts"
import type { JsonObject } from "../Manifest.ts"
import { type Identity, readDocument } from "../ManifestDocument.ts"
import type { ObjectKey } from "../ObjectKey.ts"
import { isObject } from "../ServerFields.ts"
import type { YamlDocument } from "../Yaml.ts"

export interface Occupant extends Candidate {
  readonly value: JsonObject
  /** `undefined`: it is no valid manifest, and might be meant for any object. */
  readonly identity: Identity | undefined
}

/** What is neither a manifest nor meant as one is left out. */
export const occupants = (documents: ReadonlyArray<YamlDocument>): ReadonlyArray<Occupant> =>
  documents.flatMap(candidates).flatMap((candidate) => {
    const { value } = candidate
    const reading = isObject(value) ? readDocument(value) : undefined
    if (!isObject(value) || reading === undefined || reading._tag === "Other") return []
    return [{ ...candidate, value, identity: reading._tag === "Manifest" ? reading.identity : undefined }]
  })

/** A key without a namespace is a cluster-scoped object's, for which a namespace written is passed over. */
export const isFor = (identity: Identity, key: ObjectKey, defaultNamespace: string): boolean =>
  identity.kind === key.kind && identity.group === key.group && identity.name === key.name &&
  (key.namespace === "" || (identity.namespace ?? defaultNamespace) === key.namespace)

const address = ({ group, kind, name }: Pick<ObjectKey, "group" | "kind" | "name">): string =>
  JSON.stringify([group, kind, name])

/** Finds the manifests for an object. */
export const holders = (
  all: ReadonlyArray<Occupant>,
  defaultNamespace: string
): (key: ObjectKey) => ReadonlyArray<Occupant> => {
  const byAddress = Map.groupBy(all, ({ identity }) => identity === undefined ? "" : address(identity))
  return (key) =>
    (byAddress.get(address(key)) ?? []).filter(({ identity }) =>
      identity !== undefined && isFor(identity, key, defaultNamespace)
    )
}
