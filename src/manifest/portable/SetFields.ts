/** Which fields of a live object anybody set, and which of them a person or tool: not the control plane, nor the object's own controller. */
import { sameData } from "../edit/SameData.ts"
import { decodeStep } from "../FieldPath.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { isControlPlane } from "./ControlPlaneManagers.ts"
import { valueAt } from "./Row.ts"

/** One step of the way to a field: its name, or the item of a list. */
export type SetStep = string | { readonly item: Json }

const text = (value: Json | undefined) => typeof value === "string" ? value : ""

const isOfStatus = (entry: JsonObject) => entry["subresource"] === "status"

export interface SetFields {
  /** The field sets of all but those who report the status. */
  readonly byAnybody: ReadonlyArray<JsonObject>
  /** Of these, those of persons and tools. */
  readonly byPeople: ReadonlyArray<JsonObject>
}

const fieldSetsOf = (entries: ReadonlyArray<JsonObject>) => entries.map(({ fieldsV1 }) => fieldsV1).filter(isObject)

/** `undefined` for what has no `managedFields`, as a manifest. */
export const setFields = (object: JsonObject): SetFields | undefined => {
  const managed = valueAt(object, ["metadata", "managedFields"])
  if (!Array.isArray(managed) || managed.length === 0) return undefined
  const entries: ReadonlyArray<JsonObject> = managed.filter(isObject)
  const reporters = new Set(entries.filter(isOfStatus).map(({ manager }) => text(manager)))
  const isOwnController = (manager: string) => reporters.has(manager) && !manager.startsWith("kubectl")
  const rest = entries.filter((entry) => !isOfStatus(entry))
  return {
    byAnybody: fieldSetsOf(rest),
    byPeople: fieldSetsOf(
      rest.filter(({ manager }) => !isControlPlane(text(manager)) && !isOwnController(text(manager)))
    )
  }
}

/**
 * A manifest may leave a key to its default, which stands first where two would fit (`TCP`).
 * @param segment As `managedFields` name the items of lists: by the values of their keys, or by the item itself.
 */
const isItem = (segment: string, item: Json): boolean => {
  const step = decodeStep(segment)
  if (step?._tag === "Value") return sameData(step.value, item)
  return step?._tag === "Item" && isObject(item) &&
    Object.entries(step.keys).every(([key, value]) => sameData(value, item[key] ?? value))
}

const below = (set: JsonObject, step: SetStep): Json | undefined => {
  if (typeof step === "string") return set[`f:${step}`]
  const segment = Object.keys(set).find((name) => isItem(name, step.item))
  return segment === undefined ? undefined : set[segment]
}

const isEmpty = (set: JsonObject) => Object.keys(set).length === 0

/** Whether the set holds the field, something of it, or something whole that it is part of. */
const holds = (set: JsonObject, path: ReadonlyArray<SetStep>): boolean => {
  let node = set
  for (const step of path) {
    const next = below(node, step)
    if (!isObject(next)) return false
    if (isEmpty(next)) return true
    node = next
  }
  return true
}

export const isSet = (sets: ReadonlyArray<JsonObject>, path: ReadonlyArray<SetStep>): boolean =>
  sets.some((set) => holds(set, path))
