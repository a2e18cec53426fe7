/**
 * List items that the next apply takes out. An item goes whole with its list's owner: another field manager that names the item, to set one
 * field of it, would keep a torn rest of it in the list. So nobody else may own anything of it by then. Pure.
 */
import { decodeStep } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"

/** The items that we hold and the claim does not, where list and item are Git's. */
export const goingItems = (
  held: FieldsV1.FieldsV1,
  claim: FieldsV1.FieldsV1 | undefined,
  gitOwns: FieldScope
): FieldsV1.FieldsV1 => {
  const node: Record<string, FieldsV1.FieldsV1> = {}
  for (const segment of FieldsV1.segmentsOf(held)) {
    const [step, inside] = [decodeStep(segment), FieldsV1.below(held, segment)]
    if (step === undefined || inside === undefined) continue
    const [claimed, scope] = [FieldsV1.below(claim, segment), gitOwns.at(step)]
    if (step._tag === "Item" && claimed === undefined && gitOwns.includes && scope.includes)
      node[segment] = FieldsV1.leaf
    else {
      const below = goingItems(inside, claimed, scope)
      if (!FieldsV1.isEmpty(below)) node[segment] = below
    }
  }
  return node
}

/** What of the fields stands in these items. */
export const within = (fields: FieldsV1.FieldsV1, items: FieldsV1.FieldsV1): FieldsV1.FieldsV1 => {
  const node: Record<string, FieldsV1.FieldsV1> = {}
  for (const segment of FieldsV1.segmentsOf(items)) {
    const [item, inside] = [FieldsV1.below(items, segment), FieldsV1.below(fields, segment)]
    if (item === undefined || inside === undefined) continue
    const found = FieldsV1.isEmpty(item) ? inside : within(inside, item)
    if (FieldsV1.isEmpty(item) || !FieldsV1.isEmpty(found)) node[segment] = found
  }
  return node
}
