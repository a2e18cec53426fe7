/** Writes a value in one line, as it may stand within braces and brackets. */
import { encodeJson } from "../JsonText.ts"
import type { Json } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { doubleQuoted, isPlain } from "./YamlText.ts"

const endsInFlow = /[,?[\]{}]/

export const flowScalar = (value: Json): string =>
  typeof value !== "string"
    ? encodeJson(value)
    : isPlain(value) && !endsInFlow.test(value)
    ? value
    : doubleQuoted(value)

export const flowText = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`
  if (!isObject(value)) return flowScalar(value)
  return `{${Object.entries(value).map(([key, entry]) => `${flowScalar(key)}: ${flowText(entry)}`).join(", ")}}`
}
