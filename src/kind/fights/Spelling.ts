/**
 * Whether a live value says what was sent: the API server writes quantities in another way (`1000m` as `1`), leaves out what is empty, and
 * adds defaults to maps. Pure.
 */
import { equal, isList, type Value } from "../../kubernetes/fields/JsonValue.ts"
import { isObject } from "../../manifest/ServerFields.ts"

const quantity = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

/** Of a quantity; the search in a longer text would take long. */
const longest = 40

/** More than the digits and the exponent of the smallest quantity in that length. */
const digits = 150

/** In units of 10^-150, so that equal quantities are equal numbers; `undefined` for what is none. */
const amount = (value: Value): bigint | undefined => {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") return undefined
  const text = String(value)
  if (text.length > longest) return undefined
  const [whole, sign, before = "", after = "", exponent, suffix = ""] = quantity.exec(text) ?? []
  if (whole === undefined || before + after === "") return undefined
  const shift = digits - after.length + Number(exponent ?? decimal[suffix] ?? 0)
  const size = BigInt(before + after) * 10n ** BigInt(shift) * 1024n ** BigInt(binary.indexOf(suffix) + 1)
  return sign === "-" ? -size : size
}

const isSameAmount = (sent: Value, live: Value) => {
  const [ours, theirs] = [amount(sent), amount(live)]
  return ours !== undefined && ours === theirs
}

const isNothing = (value: Value): boolean => {
  if (isList(value)) return value.length === 0
  if (isObject(value)) return Object.values(value).every(isNothing)
  return value === undefined || value === null || value === "" || value === false || value === 0
}

/** Whether everything that was sent stands in the live value, however it is spelt. */
export const says = (live: Value, sent: Value): boolean => {
  if (equal(sent, live) || isSameAmount(sent, live)) return true
  if (live === undefined || live === null) return isNothing(sent)
  if (isList(sent)) return isList(live) && sent.length === live.length && sent.every((it, at) => says(live[at], it))
  return isObject(sent) && isObject(live) && Object.keys(sent).every((name) => says(live[name], sent[name]))
}
