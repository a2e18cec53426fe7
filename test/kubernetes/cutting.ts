// An object cut to a scope of fields, or to what is outside of it, by what the schema says can be owned on its own.
import { field, formatStep } from "../../src/manifest/FieldPath.ts"
import { everything, type FieldScope } from "../../src/manifest/FieldScope.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../src/manifest/Manifest.ts"
import { isObject } from "../../src/manifest/ServerFields.ts"

type Keeps = (scope: FieldScope, path: string) => boolean

const always: Keeps = () => true

// Nobody owns the order: that of the last apply counts.
const byText = (left: Json, right: Json) => JSON.stringify(left) < JSON.stringify(right) ? -1 : 1

const cut = (
  value: Json,
  type: FieldType,
  scope: FieldScope,
  keeps: Keeps,
  keepsItem: Keeps,
  path: string
): Json | undefined => {
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && Array.isArray(value)) {
    const items = value.flatMap((item: Json) => {
      const step = stepToItem(type, item)
      if (step === undefined) return []
      const [there, where] = [scope.at(step), `${path}/${formatStep(step)}`]
      if (type._tag === "ValueSet") return keeps(there, where) ? [item] : []
      const kept = keepsItem(there, where) ? cut(item, type.item, there, keeps, keepsItem, where) : undefined
      if (kept === undefined) return []
      return isObject(kept) && step._tag === "Item" ? [{ ...step.keys, ...kept }] : []
    })
    return items.length === 0 ? undefined : items.toSorted(byText)
  }
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(value)) {
    const entries = Object.entries(value).flatMap(([name, below]) => {
      const step = field(name)
      const kept = cut(
        below,
        typeAt(type, step) ?? unknown,
        scope.at(step),
        keeps,
        keepsItem,
        `${path}/${formatStep(step)}`
      )
      return kept === undefined ? [] : [[name, kept] as const]
    })
    return entries.length === 0 ? undefined : Object.fromEntries(entries)
  }
  return keeps(scope, path) ? value : undefined
}

const cutObject = (
  object: JsonObject,
  type: FieldType,
  scope: FieldScope,
  keeps: Keeps,
  keepsItem = always
): JsonObject => {
  const kept = cut({ spec: object["spec"] ?? {} }, type, scope, keeps, keepsItem, "")
  return isObject(kept) ? kept : {}
}

/** The paths of all items of keyed lists. */
const itemsOf = (object: JsonObject, type: FieldType): ReadonlySet<string> => {
  const found = new Set<string>()
  cutObject(object, type, everything, (_, path) => {
    const parts = path.split("/")
    for (const [index, part] of parts.entries())
      if (part.startsWith("[")) found.add(parts.slice(0, index + 1).join("/"))
    return true
  })
  return found
}

/** What of the object is in scope. A list item keeps its keys, and is not made for the sake of a field. */
export const cutTo = (object: JsonObject, live: JsonObject, type: FieldType, scope: FieldScope): JsonObject => {
  const present = itemsOf(live, type)
  return cutObject(
    object,
    type,
    scope,
    ({ includes }) => includes,
    (there, path) => there.includes || present.has(path)
  )
}

/** What of the object is out of scope, without the items at these paths. */
export const outside = (
  object: JsonObject,
  type: FieldType,
  scope: FieldScope,
  gone: ReadonlySet<string>
): JsonObject =>
  cutObject(
    object,
    type,
    scope,
    ({ includes }, path) => !includes && ![...gone].some((item) => path === item || path.startsWith(`${item}/`))
  )
