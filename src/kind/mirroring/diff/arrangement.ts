/** In which order the items of a list shall stand in Git, so that they follow the live ones. Pure. */
import { encodeStep, type Step } from "../../../manifest/FieldPath.ts"
import type { FieldScope } from "../../../manifest/FieldScope.ts"

export interface ListOrder {
  /** As they stand in Git. */
  readonly before: ReadonlyArray<Step>
  /** Which of them go, by their text. */
  readonly gone: ReadonlySet<string>
  /** Which come after them. */
  readonly come: ReadonlyArray<Step>
  /** The live items, by their text. */
  readonly live: ReadonlyArray<string>
  readonly scope: FieldScope
}

/**
 * `undefined`: as they stand, or not all of them are the cluster's to arrange. An item that is not live stays behind the one before it.
 */
export const arrangement = ({ before, come, gone, live, scope }: ListOrder): ReadonlyArray<Step> | undefined => {
  const after = [...before.filter((step) => !gone.has(encodeStep(step))), ...come]
  if (!scope.includes || !after.every((step) => scope.at(step).includes)) return undefined
  const places = new Map(live.map((key, place) => [key, place]))
  let last = -1
  const placed = after.map((step) => {
    last = places.get(encodeStep(step)) ?? last
    return { step, place: last }
  })
  const arranged = placed.toSorted((left, right) => left.place - right.place)
  return arranged.every((item, index) => item === placed[index]) ? undefined : arranged.map(({ step }) => step)
}
