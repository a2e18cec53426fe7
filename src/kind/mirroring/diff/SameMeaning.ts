/**
 * Whether two values mean the same to the API server, however they are spelt: it writes quantities in another way (`1000m` as `1`), and
 * leaves out what says nothing. Pure.
 */
import { isList, type Value } from "../../../kubernetes/fields/JsonValue.ts"
import { sameData } from "../../../manifest/edit/SameData.ts"
import { field, type FieldPath } from "../../../manifest/FieldPath.ts"
import type { FieldType } from "../../../manifest/FieldType.ts"
import type { Json } from "../../../manifest/Manifest.ts"
import { isObject } from "../../../manifest/ServerFields.ts"
import { says } from "../../fights/Spelling.ts"

/** Maps of a user's own text, where every character counts. */
const ownText: ReadonlySet<string> = new Set([
  "annotations",
  "binaryData",
  "data",
  "labels",
  "matchLabels",
  "metadata",
  "nodeSelector",
  "parameters",
  "stringData"
])

/** Fields that hold a quantity, and maps whose fields do. Schemas can't tell: an atomic list has none for what is in it. */
const quantities: ReadonlySet<string> = new Set([
  "averageValue",
  "capacity",
  "divisor",
  "maximumVolumeSize",
  "sizeLimit"
])
const mapsOfQuantities: ReadonlySet<string> = new Set([
  "capacity",
  "default",
  "defaultRequest",
  "hard",
  "limits",
  "max",
  "maxLimitRequestRatio",
  "min",
  "podFixed",
  "requests"
])

/** Numbers or texts, which mean the same. */
const numbersOrTexts: ReadonlySet<string> = new Set([
  "maxSurge",
  "maxUnavailable",
  "minAvailable",
  "port",
  "targetPort"
])

/** Fields that the server leaves out when they are `false`, `0` or empty, so that it can't tell that somebody wrote them. */
const leftOutWhenZero: ReadonlySet<string> = new Set([
  "apiGroup",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "initialDelaySeconds",
  "minReadySeconds",
  "paused",
  "publishNotReadyAddresses",
  "readOnly",
  "stdin",
  "stdinOnce",
  "subPath",
  "tty",
  "value",
  "workingDir"
])

const names = (path: FieldPath) => path.flatMap((step) => step._tag === "Field" ? [step.name] : [])

/** Whether the field holds a quantity. */
const isQuantity = (path: FieldPath): boolean => {
  const all = names(path)
  const [above, last] = [all.at(-2) ?? "", all.at(-1) ?? ""]
  if (all.some((name) => ownText.has(name))) return false
  return quantities.has(last) || mapsOfQuantities.has(above) || (above === "target" && last === "value")
}

/** Whether a number there means the same as its text. */
const isNumberOrText = (path: FieldPath, type: FieldType | undefined): boolean =>
  type?._tag === "Scalar" || numbersOrTexts.has(names(path).at(-1) ?? "")

/** Whether it is a map such as labels: one that is empty is as good as none. */
const isMapOfTexts = (type: FieldType | undefined) =>
  type?._tag === "Struct" && type.fields.size === 0 && type.rest?._tag === "Scalar"

/** Whether the server may leave out this value where it was written, as it says nothing. */
export const mayBeLeftOut = (value: Json, path: FieldPath, type: FieldType | undefined): boolean => {
  if (value === null) return true
  if (isList(value)) return value.length === 0
  if (isObject(value)) return isMapOfTexts(type) && Object.values(value).every((it) => it === null)
  if (value !== false && value !== 0 && value !== "") return false
  const last = path.at(-1)
  return last?._tag === "Field" && leftOutWhenZero.has(last.name) && !names(path).some((name) => ownText.has(name))
}

/** Whether it is what remains of labels, annotations or finalizers of which nothing is portable. */
export const isHusk = (value: Json, path: FieldPath): boolean => {
  const above = path.at(-2)
  return typeof value === "object" && value !== null && Object.keys(value).length === 0 &&
    above?._tag === "Field" && above.name === "metadata"
}

const sameText = (left: Json, right: Json) =>
  typeof left !== "object" && typeof right !== "object" && String(left) === String(right) &&
  typeof left !== "boolean" && typeof right !== "boolean"

/** Whether everything that is stated stands there too, however it is spelt; what else stands there doesn't matter. */
export const stands = (stated: Value, there: Value, path: FieldPath, type: FieldType | undefined): boolean => {
  if (stated === undefined || stated === null) return true
  if (there === undefined || there === null) return mayBeLeftOut(stated, path, type)
  if (isList(stated)) {
    return isList(there) && stated.length === there.length &&
      stated.every((item, index) => stands(item, there[index], [...path, { _tag: "Index", index }], undefined))
  }
  if (isObject(stated)) {
    return isObject(there) &&
      Object.keys(stated).every((name) => stands(stated[name], there[name], [...path, field(name)], undefined))
  }
  if (sameData(stated, there)) return true
  if (isQuantity(path)) return says(there, stated)
  return sameText(stated, there) && isNumberOrText(path, type)
}
