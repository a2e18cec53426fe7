/** The smallest fields a payload states that can be owned on their own, each beside its live value. Pure. */
import { hasKeys, isList } from "../../kubernetes/fields/JsonValue.ts"
import { field, type FieldPath, type Step } from "../../manifest/FieldPath.ts"
import { type FieldType, type KeyedList, stepToItem, typeAt, unknown } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export interface StatedField {
  readonly path: FieldPath
  readonly stated: Json
  /** `undefined`: the live object has no such field. */
  readonly live: Json | undefined
}

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind"])
const identityInMetadata: ReadonlySet<string> = new Set(["name", "namespace", "uid", "resourceVersion"])

const isEmpty = (value: Json) => typeof value === "object" && value !== null && Object.keys(value).length === 0

const at = (live: Json | undefined, name: string): Json | undefined =>
  isObject(live) && Object.hasOwn(live, name) ? live[name] : undefined

const inMap = (
  value: JsonObject,
  live: Json | undefined,
  type: FieldType,
  path: FieldPath,
  without: ReadonlySet<string>
) =>
  Object.keys(value).flatMap((name) => {
    const step = field(name)
    const below = typeAt(type, step) ?? unknown
    return without.has(name) ? [] : inValue(value[name] ?? null, at(live, name), below, [...path, step])
  })

/** An item that is not there is one field; of an item that is, its keys are none. */
const inItem = (item: Json, step: Step, live: ReadonlyArray<Json>, list: KeyedList, path: FieldPath) => {
  const keys = step._tag === "Item" ? step.keys : {}
  const present = live.find((candidate) => hasKeys(candidate, keys))
  const itself: StatedField = { path: [...path, step], stated: item, live: present }
  if (present === undefined || !isObject(item)) return [itself]
  const inside = inMap(item, present, list.item, itself.path, new Set(list.keys))
  return inside.length === 0 ? [itself] : inside
}

const inList = (
  items: ReadonlyArray<Json>,
  live: ReadonlyArray<Json>,
  list: Extract<FieldType, { _tag: "KeyedList" | "ValueSet" }>,
  path: FieldPath
): ReadonlyArray<StatedField> =>
  items.flatMap((item) => {
    const step = stepToItem(list, item)
    if (step === undefined) return []
    if (list._tag === "KeyedList") return inItem(item, step, live, list, path)
    return [{ path: [...path, step], stated: item, live: live.includes(item) ? item : undefined }]
  })

const inValue = (
  value: Json,
  live: Json | undefined,
  type: FieldType,
  path: FieldPath
): ReadonlyArray<StatedField> => {
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && isList(value))
    return inList(value, isList(live) ? live : [], type, path)
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(value) && !isEmpty(value))
    return inMap(value, live, type, path, new Set())
  return [{ path, stated: value, live }]
}

/** What says which object it is about is no field. */
export const statedFields = (payload: JsonObject, live: JsonObject, type: FieldType): ReadonlyArray<StatedField> =>
  Object.keys(payload).filter((name) => !identity.has(name)).flatMap((name) => {
    const step = field(name)
    const [value, below] = [payload[name] ?? null, typeAt(type, step) ?? unknown]
    return name === "metadata" && isObject(value)
      ? inMap(value, at(live, name), below, [step], identityInMetadata)
      : inValue(value, at(live, name), below, [step])
  })
