/**
 * Changed fields as a commit message tells them: `/spec/replicas: 2 → 3`. Values only where they are short and no secret's; what comes from
 * people is made harmless. Pure.
 */
import type { FieldChange } from "../../manifest/FieldChange.ts"
import { type FieldPath, format } from "../../manifest/FieldPath.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { oneLine } from "./MessageText.ts"

/** Longer values are not told: cut off, the old and the new one often look the same. */
const longestValue = 120

/** Objects called so may hold what nobody shall read in a log, whoever's kind it is. */
export const isSecret = (kind: string): boolean => /secret/i.test(kind)

/** `undefined` for what is no short scalar. */
export const valueText = (value: Json | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value === "string") {
    if (value.length > longestValue || /[\r\n\u2028\u2029]/.test(value)) return undefined
    return value === "" ? `""` : oneLine(value, longestValue)
  }
  return typeof value === "object" && value !== null ? undefined : encodeJson(value)
}

const pathText = (path: FieldPath): string => path.length === 0 ? "/" : oneLine(format(path), 200)

const whatHappened = (change: FieldChange, isSecret: boolean): string => {
  switch (change._tag) {
    case "Arrange":
      return "put in another order"
    case "Remove": {
      const old = isSecret ? undefined : valueText(change.previous)
      return old === undefined ? "removed" : `removed (was ${old})`
    }
    case "Set": {
      const [old, now] = isSecret ? [] : [valueText(change.previous), valueText(change.value)]
      if (change.previous === undefined) return now === undefined ? "added" : `added as ${now}`
      return old === undefined || now === undefined ? "changed" : `${old} → ${now}`
    }
  }
}

export const fieldText = (change: FieldChange, isSecret: boolean): string =>
  `${pathText(change.path)}: ${whatHappened(change, isSecret)}`

/** What people call the field: `image`, `label tier`. */
export const fieldName = (path: FieldPath): string => {
  const names = path.flatMap((step) => step._tag === "Field" ? [step.name] : [])
  const last = names.at(-1)
  if (last === undefined) return "everything"
  const around = names.at(-2)
  const kind = around === "labels" ? "label " : around === "annotations" ? "annotation " : ""
  return `${kind}${oneLine(last, 63)}`
}
