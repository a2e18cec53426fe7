/** The items of a list by their steps, as far as they can be told apart. Pure. */
import { isList, type Value } from "../../../kubernetes/fields/JsonValue.ts"
import { encodeStep, type Step } from "../../../manifest/FieldPath.ts"
import { type FieldType, type KeyedList, stepToItem, type ValueSet } from "../../../manifest/FieldType.ts"
import type { Json } from "../../../manifest/Manifest.ts"

export interface ListItem {
  readonly step: Step
  readonly value: Json
}

/** In the order of the list, by the text of the step. */
export type ListItems = ReadonlyMap<string, ListItem>

const none: ListItems = new Map()

export const isKeyed = (type: FieldType | undefined): type is KeyedList | ValueSet =>
  type?._tag === "KeyedList" || type?._tag === "ValueSet"

/** `undefined`: no list, or two items that are the same, or one without keys; such a list can only be taken whole. */
export const itemsOf = (list: Value, type: KeyedList | ValueSet): ListItems | undefined => {
  if (list === undefined || list === null) return none
  if (!isList(list)) return undefined
  const items = new Map<string, ListItem>()
  for (const value of list) {
    const step = stepToItem(type, value)
    if (step === undefined) return undefined
    items.set(encodeStep(step), { step, value })
  }
  return items.size === list.length ? items : undefined
}
