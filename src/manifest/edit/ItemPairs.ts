/**
 * Which item of a list becomes which, so that each keeps its text and its comments: by the keys that the schema names; where it names
 * none, by what stays the same, then by name and place.
 */
import { encodeStep } from "../FieldPath.ts"
import { type FieldType, stepToItem, unknown } from "../FieldType.ts"
import type { Json } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { alignment } from "./Alignment.ts"
import { canonical } from "./SameData.ts"

/** For each item wanted, the number of the one it is made of; `undefined`: it is new. */
export type ItemPairs = ReadonlyArray<number | undefined>

type Items = ReadonlyArray<Json>

const identities = (items: Items, type: FieldType): ReadonlyArray<string> | undefined => {
  if (type._tag !== "KeyedList" && type._tag !== "ValueSet") return undefined
  const all = items.flatMap((item) => {
    const step = stepToItem(type, item)
    return step === undefined ? [] : [encodeStep(step)]
  })
  return new Set(all).size === items.length ? all : undefined
}

const nameOf = (item: Json | undefined): string | undefined => {
  const name = isObject(item) ? item["name"] : undefined
  return typeof name === "string" ? name : undefined
}

const size = (value: Json): number => typeof value === "object" && value !== null ? Object.keys(value).length : -1

/** Whether the text of one can be changed into the other's bit by bit. */
const isAlike = (left: Json, right: Json): boolean =>
  isObject(left) === isObject(right) && Array.isArray(left) === Array.isArray(right) &&
  (size(left) === -1 || (size(left) > 0 && size(right) > 0))

const pairWhere = (
  pairs: Array<number | undefined>,
  free: Set<number>,
  isMatch: (index: number, at: number) => boolean
): void => {
  pairs.forEach((pair, at) => {
    if (pair !== undefined) return
    for (const index of free) {
      if (!isMatch(index, at)) continue
      pairs[at] = index
      free.delete(index)
      break
    }
  })
}

/** What is left between the same neighbours, if there are as many of them as before. */
const pairByPlace = (pairs: Array<number | undefined>, free: Set<number>, before: Items, wanted: Items): void => {
  let from = 0
  while (from < pairs.length) {
    let to = from
    while (to < pairs.length && pairs[to] === undefined) to++
    const above = from === 0 ? -1 : pairs[from - 1] ?? -1
    const below = to === pairs.length ? before.length : pairs[to] ?? before.length
    if (to > from && below - above - 1 === to - from) {
      for (let at = from; at < to; at++) {
        const index = above + 1 + at - from
        if (!free.has(index) || !isAlike(before[index] ?? null, wanted[at] ?? null)) continue
        pairs[at] = index
        free.delete(index)
      }
    }
    from = to + 1
  }
}

export const itemPairs = (before: Items, wanted: Items, type: FieldType): ItemPairs => {
  const keys = identities(before, type)
  const wantedKeys = identities(wanted, type)
  if (keys !== undefined && wantedKeys !== undefined) {
    const byKey = new Map(keys.map((key, index) => [key, index]))
    return wantedKeys.map((key) => byKey.get(key))
  }
  const texts = before.map(canonical)
  const wantedTexts = wanted.map(canonical)
  const pairs = alignment(texts, wantedTexts)
  const free = new Set(before.keys())
  for (const pair of pairs) if (pair !== undefined) free.delete(pair)
  pairWhere(pairs, free, (index, at) => texts[index] === wantedTexts[at])
  pairWhere(
    pairs,
    free,
    (index, at) => nameOf(wanted[at]) !== undefined && nameOf(before[index]) === nameOf(wanted[at])
  )
  pairByPlace(pairs, free, before, wanted)
  return pairs
}

/** Of the items of a list. */
export const itemType = (type: FieldType): FieldType => type._tag === "KeyedList" ? type.item : unknown
