/** What an apply of a payload will own, foretold from the schema of its kind. Pure. */
import { field, type Step } from "../../manifest/FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { empty, type FieldsV1, isEmpty, leaf, segmentOf } from "./FieldsV1.ts"

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind"])
const identityInMetadata: ReadonlySet<string> = new Set(["name", "namespace", "uid", "resourceVersion"])

const isList = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)

const withItself = (node: FieldsV1): FieldsV1 => isEmpty(node) ? leaf : { ".": leaf, ...node }

/** Whether the field is one that the schema knows by its name; of others the server owns the field besides what is below it. */
const isNamed = (type: FieldType, name: string) => type._tag === "Struct" && type.fields.has(name)

const mapNode = (value: JsonObject, type: FieldType): FieldsV1 | undefined => {
  if (isEmpty(value)) return leaf
  const node: Record<string, FieldsV1> = {}
  for (const name of Object.keys(value)) {
    const claimed = nodeOf(value[name] ?? null, typeAt(type, field(name)) ?? unknown)
    const whole = isNamed(type, name) ? claimed : withItself(claimed ?? leaf)
    if (whole !== undefined) node[segmentOf(field(name))] = whole
  }
  return isEmpty(node) ? undefined : node
}

const itemsNode = (
  items: ReadonlyArray<Json>,
  stepTo: (item: Json) => Step | undefined,
  type: FieldType
): FieldsV1 | undefined => {
  const node: Record<string, FieldsV1> = {}
  for (const item of items) {
    const step = stepTo(item)
    if (step !== undefined) node[segmentOf(step)] = withItself(nodeOf(item, type) ?? leaf)
  }
  return isEmpty(node) ? undefined : node
}

/** `undefined`: the apply owns nothing there, as with an empty list whose items are owned one by one. */
const nodeOf = (value: Json, type: FieldType): FieldsV1 | undefined => {
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && isList(value)) {
    const item = type._tag === "KeyedList" ? type.item : unknown
    return itemsNode(value, (one) => stepToItem(type, one), item)
  }
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(value)) return mapNode(value, type)
  return leaf
}

const without = (value: JsonObject, keys: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)))

/** The fields that an apply of this payload will own; what says which object it is about is never owned. */
export const claimedFields = (payload: JsonObject, type: FieldType): FieldsV1 => {
  const { metadata, ...rest } = without(payload, identity)
  const stated = isObject(metadata) ? without(metadata, identityInMetadata) : {}
  return nodeOf(isEmpty(stated) ? rest : { ...rest, metadata: stated }, type) ?? empty
}
