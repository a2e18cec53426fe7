/**
 * What of the fields we hold is not Git's: that is let go of, and the values stay.
 * A value must not be left without an owner: an apply that empties the map around it takes it away. So what nobody else owns is kept by
 * an entry of the operation Update under a name of its own, which changes nothing and gives way to every later writer.
 */
import { decodeStep } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { fieldsOf } from "../fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../KubernetesObject.ts"
import { sharedMaps } from "./GoingMaps.ts"

/** The field manager under which released values are kept. */
export const releasedManager = "gitops-controller-released"

const itself = FieldsV1.leaf

const keysOf = (segment: string): ReadonlyArray<string> => {
  const step = decodeStep(segment)
  return step?._tag === "Item" ? Object.keys(step.keys).map((name) => FieldsV1.segmentOf({ _tag: "Field", name })) : []
}

/** What a kept field stands on, as far as we hold it: the maps and list items around it, with the items' keys. */
const withSurroundings = (kept: FieldsV1.FieldsV1, held: FieldsV1.FieldsV1): FieldsV1.FieldsV1 => {
  const node: Record<string, FieldsV1.FieldsV1> = {}
  for (const segment of FieldsV1.segmentsOf(kept)) {
    const [inside, had] = [FieldsV1.below(kept, segment), FieldsV1.below(held, segment)]
    if (inside === undefined || had === undefined) continue
    const keys = keysOf(segment).filter((key) => FieldsV1.below(had, key) !== undefined).map((key) => [key, itself])
    const children = { ...Object.fromEntries(keys), ...withSurroundings(inside, had) }
    node[segment] = FieldsV1.isMember(had) && !FieldsV1.isEmpty(children) ? { ".": itself, ...children } : children
  }
  return node
}

/**
 * What of the held fields stays ours.
 * @param claim What the next apply will own, if one follows: then what it needs to name a list item is known, and nothing else is kept.
 * @param staying What others own by then.
 */
export const keptOf = (
  held: FieldsV1.FieldsV1,
  gitOwns: FieldScope,
  claim: FieldsV1.FieldsV1 | undefined,
  staying: FieldsV1.FieldsV1
): FieldsV1.FieldsV1 => {
  const kept = FieldsV1.filter(held, gitOwns)
  if (claim === undefined) return withSurroundings(kept, held)
  const shared = sharedMaps(held, claim, staying, gitOwns)
  return FieldsV1.union(FieldsV1.difference(kept, shared), FieldsV1.intersection(held, claim))
}

/** The entry that keeps what was released, without what others own; none when they own all of it. */
export const keeperOf = (
  released: FieldsV1.FieldsV1,
  apiVersion: string | undefined,
  others: ReadonlyArray<ManagedFieldsEntry>
): ReadonlyArray<ManagedFieldsEntry> => {
  const fieldsV1 = others
    .filter((entry) => entry.apiVersion === apiVersion)
    .reduce((fields, entry) => FieldsV1.difference(fields, fieldsOf(entry)), released)
  const version = apiVersion === undefined ? {} : { apiVersion }
  return FieldsV1.isEmpty(fieldsV1)
    ? []
    : [{ manager: releasedManager, operation: "Update", fieldsType: "FieldsV1", fieldsV1, ...version }]
}
