/** Which fields an apply takes from other field managers: theirs that it states with another value. Pure. */
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { equal, hasKeys, isList, type Value } from "../../kubernetes/fields/JsonValue.ts"
import { entriesOf, fieldsOf } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { Taken } from "../../kubernetes/surgery/Surgery.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"

/** The item with these keys; a key that it leaves to its default may have any value. */
const itemWith = (list: Value, keys: JsonObject): Value =>
  isList(list)
    ? list.find((item) => hasKeys(item, keys)) ??
      list.find((item) =>
        isObject(item) &&
        Object.entries(keys).every(([key, value]) => item[key] === undefined || equal(item[key], value))
      )
    : undefined

const below = (segment: string, value: Value): Value => {
  const rest = segment.slice(2)
  if (segment.startsWith("f:")) return isObject(value) ? value[rest] : undefined
  if (segment.startsWith("k:")) return itemWith(value, JSON.parse(rest))
  return isList(value) ? value.find((item) => equal(item, JSON.parse(rest))) : undefined
}

const changed = (claim: FieldsV1.FieldsV1, payload: Value, live: Value): FieldsV1.FieldsV1 => {
  const node: Record<string, FieldsV1.FieldsV1> = {}
  for (const segment of FieldsV1.segmentsOf(claim)) {
    const inside = FieldsV1.below(claim, segment)
    if (inside === undefined) continue
    const [stated, found] = [below(segment, payload), below(segment, live)]
    if (FieldsV1.isEmpty(inside)) {
      if (!equal(stated, found)) node[segment] = FieldsV1.leaf
      continue
    }
    const children = changed(inside, stated, found)
    if (!FieldsV1.isEmpty(children)) node[segment] = children
  }
  return node
}

/**
 * Field managers that lose fields to an apply of this payload.
 * @param claim What the apply will own.
 */
export const overridden = (
  payload: JsonObject,
  claim: FieldsV1.FieldsV1,
  live: KubernetesObject,
  fieldManager: string
): ReadonlyArray<Taken> => {
  const lost = changed(claim, payload, live)
  return entriesOf(live).flatMap((entry) => {
    if (entry.manager === fieldManager || entry.apiVersion !== payload["apiVersion"]) return []
    const fields = FieldsV1.intersection(fieldsOf(entry), lost)
    return FieldsV1.isEmpty(fields) ? [] : [{ manager: entry.manager, operation: entry.operation, fields }]
  })
}
