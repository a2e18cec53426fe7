/** A place in an object while it is walked along `managedFields`: what is marked, stated and known of it. Pure. */
import { encodeStep, field } from "../../manifest/FieldPath.ts"
import { type FieldType, type KeyedList, stepToItem, typeAt } from "../../manifest/FieldType.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { isList } from "../fields/JsonValue.ts"
import { generalPath, type LeafPath } from "./Leaf.ts"
import { type Marks, ofField, ofItem } from "./Marks.ts"

export interface Place {
  readonly path: LeafPath
  readonly general: string
  readonly marks: Marks
  /** What `kubectl apply` stated here. */
  readonly applied: Json | undefined
  /** `undefined` where no schema says anything. */
  readonly type: FieldType | undefined
  /** Whether the server can have a default for the field itself: not for the entries of free maps. */
  readonly canDefault: boolean
  /** Whether it can have none for anything below. */
  readonly isFree: boolean
  /** Whether it was stated only as part of a list with one owner, who owns the server's defaults in it too. */
  readonly isInList: boolean
  /** The fields by which a list tells its items apart. */
  readonly keys: ReadonlyArray<string>
}

/** All of it was stated. */
export const whole: Marks = { stated: "whole", unclear: undefined, clientSide: undefined }

const each = (marks: Marks, move: (mark: Marks["stated"]) => Marks["stated"]): Marks =>
  marks === whole ? whole : {
    stated: move(marks.stated),
    unclear: move(marks.unclear),
    clientSide: move(marks.clientSide)
  }

/** Maps in which the server fills in nothing, also where no schema says so: inside of lists and maps with one owner. */
const freeMaps: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "requests",
  "selector"
])

/** Schemas have a default only for what they describe. */
const isDescribed = (type: FieldType | undefined, inside: FieldType | undefined): boolean =>
  type === undefined || type._tag === "Atomic" || (inside !== undefined && inside._tag !== "Unknown")

export const fieldPlace = (place: Place, name: string): Place => {
  const { applied, general, isFree, isInList, keys, marks, path, type } = place
  const named = type?._tag !== "Struct" || type.fields.has(name)
  const inside = type === undefined ? undefined : typeAt(type, field(name))
  const isOpaque = isFree || !isDescribed(type, inside)
  return {
    path: [...path, name],
    general: generalPath(general, named ? name : undefined),
    marks: each(marks, (mark) => ofField(mark, name)),
    applied: isObject(applied) && Object.hasOwn(applied, name) ? applied[name] : undefined,
    type: inside,
    canDefault: named && !isOpaque && !keys.includes(name),
    isFree: isOpaque || name === "metadata" || (inside === undefined && freeMaps.has(name)),
    isInList: isInList && marks !== whole,
    keys: []
  }
}

const sameItem = (type: KeyedList, left: Json, right: Json): boolean => {
  const [mine, theirs] = [stepToItem(type, left), stepToItem(type, right)]
  return mine !== undefined && theirs !== undefined && encodeStep(mine) === encodeStep(theirs)
}

const isAligned = (applied: Json | undefined, list: ReadonlyArray<Json>, type: FieldType | undefined) =>
  !isList(applied) || type?._tag === "KeyedList" || applied.length === list.length

/** Without these an item could not be told from others: a key that has a default can be left out. */
const keysOf = (type: FieldType | undefined): ReadonlyArray<string> =>
  type?._tag === "KeyedList" ? type.keys.filter((key) => !Object.hasOwn(type.defaults, key)) : []

/** @param at Which item it is in the form that is made. */
export const itemPlace = (place: Place, list: ReadonlyArray<Json>, index: number, at: number): Place => {
  const { applied, general, isFree, isInList, marks, path, type } = place
  const item = list[index] ?? null
  const mine = isList(applied)
    ? type?._tag === "KeyedList" ? applied.find((one) => sameItem(type, one, item)) : applied[index]
    : undefined
  return {
    path: [...path, at],
    general: generalPath(general, undefined),
    marks: isAligned(applied, list, type) ? each(marks, (mark) => ofItem(mark, item, index)) : whole,
    applied: mine,
    type: type?._tag === "KeyedList" ? type.item : undefined,
    canDefault: false,
    isFree,
    isInList: marks !== whole && (isInList || marks.stated === "whole"),
    keys: keysOf(type)
  }
}
