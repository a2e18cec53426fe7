/**
 * Maps and lists that the next apply states no more, and that are not only ours. The server is rough with them, seen in 1.37:
 * - one that another entry owns, without anything in it, becomes `null`, which schemas refuse: so nobody else may own it;
 * - one that we own goes whole, though another entry owns a field in it: so we may not own it.
 */
import { decodeStep } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"

/** @param stays What stays in it with others, besides what is marked already. */
type Mark = (had: FieldsV1.FieldsV1, stays: FieldsV1.FieldsV1, scope: FieldScope) => boolean

/** The maps and lists that we hold, or hold something in, and the claim has not, while something of them stays with others. */
const marking = (mark: Mark) => {
  const walk = (
    held: FieldsV1.FieldsV1,
    claim: FieldsV1.FieldsV1 | undefined,
    staying: FieldsV1.FieldsV1,
    gitOwns: FieldScope
  ): FieldsV1.FieldsV1 => {
    const node: Record<string, FieldsV1.FieldsV1> = {}
    for (const segment of FieldsV1.segmentsOf(held)) {
      const [step, had, stays] = [decodeStep(segment), FieldsV1.below(held, segment), FieldsV1.below(staying, segment)]
      if (step === undefined || had === undefined || stays === undefined) continue
      const [claimed, scope] = [FieldsV1.below(claim, segment), gitOwns.at(step)]
      const children = walk(had, claimed, stays, scope)
      const isMarked = step._tag === "Field" && claimed === undefined &&
        mark(had, FieldsV1.difference(stays, children), scope)
      if (isMarked) node[segment] = FieldsV1.isEmpty(children) ? FieldsV1.leaf : { ".": FieldsV1.leaf, ...children }
      else if (!FieldsV1.isEmpty(children)) node[segment] = children
    }
    return node
  }
  return walk
}

/** Those of Git's that nobody else may own, since nothing stays in them. */
export const emptiedMaps = marking((had, stays, scope) =>
  scope.includes && !FieldsV1.isEmpty(had) && FieldsV1.isEmpty(stays)
)

/** Those that we may not own, since something stays in them. */
export const sharedMaps = marking((had, stays) => FieldsV1.isMember(had) && !FieldsV1.isEmpty(stays))
