/**
 * A document on both sides, taken apart: the smallest fields that can be owned on their own, each with what Git and the cluster have of it.
 * Pure.
 */
import { isList, type Value } from "../../../kubernetes/fields/JsonValue.ts"
import { canonical } from "../../../manifest/edit/SameData.ts"
import { field, format } from "../../../manifest/FieldPath.ts"
import { type KeyedList, typeAt, type ValueSet } from "../../../manifest/FieldType.ts"
import { isObject } from "../../../manifest/ServerFields.ts"
import { isKeyed, itemsOf, type ListItems } from "./ListSteps.ts"
import { mayBeLeftOut } from "./SameMeaning.ts"
import { down, fieldsOf, isFieldwise, rootOf, type Sides, type Spot } from "./Spot.ts"

export interface Leaf {
  /** `Item`: whether the list has it. `Order`: in which order the list has its items. */
  readonly _tag: "Value" | "Item" | "Order"
  readonly spot: Spot
  /** Of what the leaf is about: no two have the same. */
  readonly id: string
  /** What Git states, as text: equal for equal values; `undefined`: nothing. */
  readonly git: string | undefined
  /** What is live. */
  readonly live: string | undefined
  /** Whether the scope holds it. */
  readonly isInScope: boolean
  /** Of an item: what is in it, but for its keys. */
  readonly inside: ReadonlyArray<Leaf>
}

const textOf = (value: Value) => value === undefined ? undefined : canonical(value)

const value = (spot: Spot, git = textOf(spot.git), live = textOf(spot.live)): Leaf => ({
  _tag: "Value",
  spot,
  id: format(spot.path),
  git,
  live,
  isInScope: spot.scope.includes && spot.scope.isUniform,
  inside: []
})

const isEmpty = (side: Value) => typeof side === "object" && side !== null && Object.keys(side).length === 0

/** Whether it may have nothing in it once it is live. */
const isBare = (side: Value, { path, type }: Spot) => {
  if (isList(side)) return side.length === 0
  if (!isObject(side)) return false
  return Object.entries(side).every(([name, below]) => {
    const step = field(name)
    const known = type === undefined ? undefined : typeAt(type, step)
    return known === undefined || mayBeLeftOut(below, [...path, step], known)
  })
}

/** That a map or list is there at all is something to say only where it has nothing in it. */
const presence = (spot: Spot): ReadonlyArray<Leaf> => {
  const text = (side: Value) => side === undefined ? undefined : isList(side) ? "[]" : "{}"
  const isSaid = spot.git === undefined
    ? isEmpty(spot.live) || isEmpty(spot.wanted)
    : isBare(spot.git, spot) || isBare(spot.live, spot)
  return isSaid ? [value(spot, text(spot.git), text(spot.live))] : []
}

const inMap = (spot: Spot, without: ReadonlyArray<string> = []): ReadonlyArray<Leaf> =>
  fieldsOf(spot, without).flatMap(leavesAt)

const inItem = (item: Spot, type: KeyedList | ValueSet): ReadonlyArray<Leaf> => {
  if (type._tag === "ValueSet" || (item.git === undefined && item.live === undefined)) return []
  return isFieldwise(item) ? inMap(item, type.keys) : []
}

/** Of the items that both sides have. */
const order = (spot: Spot, git: ListItems, live: ListItems): Leaf => ({
  ...value(
    spot,
    textOf([...git.keys()].filter((key) => live.has(key))),
    textOf([...live.keys()].filter((key) => git.has(key)))
  ),
  _tag: "Order",
  id: `${format(spot.path)} order`
})

const inList = (spot: Spot, type: KeyedList | ValueSet): ReadonlyArray<Leaf> | undefined => {
  const [git, live] = [itemsOf(spot.git, type), itemsOf(spot.live, type)]
  if (git === undefined || live === undefined) return undefined
  const [written, wanted] = [itemsOf(spot.written, type), itemsOf(spot.wanted, type)]
  const items = [...new Map([...git, ...live])].map(([key, { step }]): Leaf => {
    const item = down(spot, step, {
      written: written?.get(key)?.value,
      git: git.get(key)?.value,
      live: live.get(key)?.value,
      wanted: wanted?.get(key)?.value
    })
    return {
      ...value(item, item.git === undefined ? undefined : "", item.live === undefined ? undefined : ""),
      _tag: "Item",
      isInScope: spot.scope.includes && item.scope.includes,
      inside: inItem(item, type)
    }
  })
  return [...presence(spot), ...items, ...type._tag === "KeyedList" ? [order(spot, git, live)] : []]
}

const leavesAt = (spot: Spot): ReadonlyArray<Leaf> => {
  if (spot.git === undefined && spot.live === undefined) return []
  if (isFieldwise(spot)) return [...presence(spot), ...inMap(spot)]
  return (isKeyed(spot.type) ? inList(spot, spot.type) : undefined) ?? [value(spot)]
}

/** All that either side has, but for what says which object it is and for its status. */
export const leavesOf = (sides: Sides): ReadonlyArray<Leaf> => inMap(rootOf(sides))

/** The leaf and all in it. */
export const flattened = (leaf: Leaf): ReadonlyArray<Leaf> => [leaf, ...leaf.inside.flatMap(flattened)]

/** Whether the portable form leaves out what the manifest states there: nobody's business. */
export const isLeftOut = ({ spot: { git, written } }: Leaf): boolean =>
  git === undefined && written !== undefined && written !== null && !isObject(written) && !isList(written)
