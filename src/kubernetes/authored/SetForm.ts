/**
 * What of an object's portable form somebody set, or may have set: the form cut along `managedFields`, and its leaves, of which some may
 * be defaults of the server. Pure.
 */
import type { FieldType } from "../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { isList } from "../fields/JsonValue.ts"
import type { KubernetesObject } from "../KubernetesObject.ts"
import { lastApplied } from "./LastApplied.ts"
import type { Leaf } from "./Leaf.ts"
import { isMarked, type Marks, marksOf } from "./Marks.ts"
import { fieldPlace, itemPlace, type Place, whole } from "./Place.ts"

export interface SetForm {
  readonly form: JsonObject
  /** Of what the server could have a default for, and of what stands beside it. */
  readonly leaves: ReadonlyArray<Leaf>
}

const isAnywhere = ({ clientSide, stated, unclear }: Marks) =>
  clientSide !== undefined || stated !== undefined || unclear !== undefined

const isEmpty = (value: Json) => isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0

const isLeaf = (value: Json, type: FieldType | undefined): boolean => {
  if (isEmpty(value)) return true
  if (isList(value)) return value.every((item) => !isObject(item)) && type?._tag !== "ValueSet"
  return !isObject(value)
}

type Fate = "stated" | "unclear" | "unset"

const fateOf = ({ applied, canDefault, isInList, marks }: Place): Fate => {
  if (isMarked(marks.stated))
    return isInList && canDefault && applied === undefined && marks !== whole ? "unclear" : "stated"
  const isUnclear = isMarked(marks.unclear)
  if (!isUnclear && !isMarked(marks.clientSide)) return "unset"
  if (applied !== undefined || (isUnclear && !canDefault)) return "stated"
  return isUnclear ? "unclear" : "unset"
}

class Cutting {
  readonly leaves: Array<Leaf> = []

  /** `undefined`: nobody set anything of it. `live` is what the server says there, `undefined` where the portable form has something of its own. */
  cut(value: Json, live: Json | undefined, place: Place): Json | undefined {
    const here = live === undefined ? { ...place, marks: whole } : place
    if (isLeaf(value, here.type)) return this.#leaf(value, here)
    if (isList(value)) return isAnywhere(here.marks) ? this.#list(value, live, here) : undefined
    return isObject(value) ? this.#map(value, live, here) : value
  }

  #leaf(value: Json, place: Place): Json | undefined {
    const { canDefault, general, path } = place
    const fate = fateOf(place)
    if (fate === "unset") return undefined
    if (canDefault) this.leaves.push({ path, general, value, isUnclear: fate === "unclear" })
    return value
  }

  #map(value: JsonObject, live: Json | undefined, place: Place): JsonObject | undefined {
    const kept = Object.entries(value).flatMap(([name, entry]) => {
      const theirs = isObject(live) && Object.hasOwn(live, name) ? live[name] : undefined
      const left = this.cut(entry, theirs, fieldPlace(place, name))
      return left === undefined ? [] : [[name, left] as const]
    })
    return kept.length === 0 && place.applied === undefined ? undefined : Object.fromEntries(kept)
  }

  #list(list: ReadonlyArray<Json>, live: Json | undefined, place: Place): Json | undefined {
    const isSame = isList(live) && live.length === list.length
    const kept: Array<Json> = []
    for (const [index, item] of list.entries()) {
      const inside = itemPlace(place, list, index, kept.length)
      const theirs = isSame ? live[index] : live === undefined ? undefined : item
      const left = isObject(item) ? this.cut(item, theirs, inside) : isAnywhere(inside.marks) ? item : undefined
      if (left !== undefined) kept.push(isObject(item) ? withKeys(left, item, inside.keys) : left)
    }
    return kept.length === 0 ? undefined : kept
  }
}

/** The item with the fields that tell it from others, whoever set them. */
const withKeys = (left: Json, item: JsonObject, keys: ReadonlyArray<string>): Json => {
  if (!isObject(left) || keys.every((key) => Object.hasOwn(left, key) || !Object.hasOwn(item, key))) return left
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      Object.hasOwn(left, name) ? [[name, left[name] ?? null]] : keys.includes(name) ? [[name, value]] : []
    )
  )
}

const identity: ReadonlyArray<string> = ["apiVersion", "kind", "metadata"]
const identityInMetadata: ReadonlyArray<string> = ["name", "namespace"]

const named = (left: JsonObject, portable: JsonObject): JsonObject => {
  const form = withKeys(left, portable, identity)
  const [mine, metadata] = [left["metadata"] ?? {}, portable["metadata"]]
  return isObject(form) && isObject(metadata)
    ? { ...form, metadata: withKeys(mine, metadata, identityInMetadata) }
    : left
}

/**
 * @param us Our own field manager.
 * @param type Of the whole object.
 */
export const setForm = (object: KubernetesObject, portable: JsonObject, type: FieldType, us: string): SetForm => {
  const applied = lastApplied(object)
  const cutting = new Cutting()
  const left = cutting.cut(portable, object, {
    path: [],
    general: "",
    marks: marksOf(object, us, applied !== undefined),
    applied,
    type: type._tag === "Unknown" ? undefined : type,
    canDefault: false,
    isFree: false,
    isInList: false,
    keys: identity
  })
  return { form: named(isObject(left) ? left : {}, portable), leaves: cutting.leaves }
}
