/**
 * What a YAML scalar means to kubectl: YAML 1.1 as go-yaml v2 reads it, which is neither the specification's 1.1 nor
 * 1.2. `yes` is true, `0644` is 420, `08` is 8, `1:30` is text. No number is ever changed: what can't be kept exactly
 * is refused.
 */

/** An integer whose digits a number would lose is a bigint. */
export type Scalar = null | boolean | number | bigint | string

/** Why a scalar has no meaning here; the only object among the results, so one `typeof` tells it apart. */
export interface Refusal {
  readonly refused: string
}

export const isRefusal = (result: Scalar | Refusal): result is Refusal => typeof result === "object" && result !== null

const notFinite: Refusal = {
  refused: "infinity and not-a-number can't be written as JSON; put it in quotes if it is text"
}

const words = new Map<string, Scalar | Refusal>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["", "+", "-"].flatMap((sign) => [".inf", ".Inf", ".INF"].map((word) => [sign + word, notFinite] as const)),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, notFinite] as const)
])

const smallInteger = /^-?(?:0|[1-9][0-9]{0,14})$/
const integer = /^([+-]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const oddBinary = /^0b([+-][01]+)$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const wholeNumber = /^[-+]?[0-9]+$/
const fraction = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/

const minInteger = -(2n ** 63n)
const maxSigned = 2n ** 63n - 1n
const maxInteger = 2n ** 64n - 1n

const tooLarge: Refusal = {
  refused: "this number is too large to be kept exactly (64 bits at most); put it in quotes if it is text"
}

/** A number where its text would have the very same digits. */
const fromBigInt = (value: bigint): number | bigint => {
  const number = Number(value)
  return String(number) === value.toString() ? number : value
}

/** `undefined`: no integer. Underscores are already gone. */
const readInteger = (plain: string): number | bigint | Refusal | undefined => {
  const odd = oddBinary.exec(plain)?.[1]
  const found = integer.exec(odd === undefined ? plain : `${odd.charAt(0)}0b${odd.slice(1)}`)
  if (found === null) return undefined
  const [, sign, hexadecimal, binary, octal, digits] = found
  const size = BigInt(hexadecimal ?? binary ?? (octal === undefined ? digits ?? "0" : `0o${octal}`))
  const value = sign === "-" ? -size : size
  const kept = fromBigInt(value)
  if (value >= minInteger && value <= (sign === "" ? maxInteger : maxSigned)) return kept
  if (digits !== undefined && typeof kept === "number") return kept
  return hexadecimal === undefined && binary === undefined ? tooLarge : undefined
}

const readNumber = (text: string): Scalar | Refusal => {
  if (smallInteger.test(text)) return Number(text) + 0
  const plain = text.replaceAll("_", "")
  const whole = readInteger(plain)
  if (whole !== undefined) return whole
  if (!decimal.test(plain)) return text
  const value = Number(plain)
  if (!Number.isFinite(value)) return text
  return wholeNumber.test(plain) && !Number.isSafeInteger(value) ? tooLarge : value
}

const readFraction = (text: string): Scalar => {
  const value = fraction.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN
  return Number.isFinite(value) ? value : text
}

/** The meaning of an unquoted scalar without a tag. */
export const readPlain = (text: string): Scalar | Refusal => {
  if (text === "") return null
  switch (text.charCodeAt(0)) {
    case 0x2b: // +
    case 0x2d: // -
    case 0x30: // 0 to 9
    case 0x31:
    case 0x32:
    case 0x33:
    case 0x34:
    case 0x35:
    case 0x36:
    case 0x37:
    case 0x38:
    case 0x39:
      return words.get(text) ?? readNumber(text)
    case 0x2e: // .
      return words.get(text) ?? readFraction(text)
    case 0x46: // F N O T Y f n o t y ~
    case 0x4e:
    case 0x4f:
    case 0x54:
    case 0x59:
    case 0x66:
    case 0x6e:
    case 0x6f:
    case 0x74:
    case 0x79:
    case 0x7e: {
      const word = text.length <= 5 ? words.get(text) : undefined
      return word === undefined ? text : word
    }
    default:
      return text
  }
}

/** As Go writes a 32-bit float with `%g`: that is how kubectl turns a fractional key into text. */
const floatText = (value: number): string => {
  const float = Math.fround(value)
  if (!Number.isFinite(float)) return float > 0 ? ".inf" : "-.inf"
  if (float === 0) return Object.is(float, -0) ? "-0" : "0"
  let digits = 1
  while (Math.fround(Number(float.toExponential(digits - 1))) !== float) digits++
  const [mantissa = "", exponent = "0"] = float.toExponential(digits - 1).split("e")
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${power}`))
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`
}

/** The text a map key becomes in JSON, where all keys are text. */
export const keyText = (value: Scalar, text: string): string | Refusal => {
  if (typeof value === "string") return value
  if (value === null) return { refused: "null can't be a key; put it in quotes" }
  if (typeof value === "bigint" && value > maxSigned)
    return { refused: "this number is too large for a key; put it in quotes" }
  if (typeof value !== "number" || readInteger(text.replaceAll("_", "")) !== undefined) return String(value)
  return floatText(value)
}

const coreTag = "tag:yaml.org,2002:"
const timestamp =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})|\x20[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const readBinary = (text: string): Scalar | Refusal => {
  const encoded = text.replace(/[\r\n]/g, "")
  if (!base64.test(encoded)) return { refused: "!!binary holds something that isn't base64" }
  const bytes = Buffer.from(encoded, "base64")
  const decoded = bytes.toString("utf8")
  if (Buffer.from(decoded, "utf8").equals(bytes)) return decoded
  return {
    refused: "!!binary bytes that aren't UTF-8 text can't be written as JSON; leave out !!binary where base64 is wanted"
  }
}

/**
 * The meaning of a scalar with an explicit tag, quoted or not. `tag` is the full name, such as `tag:yaml.org,2002:int`.
 */
export const readTagged = (tag: string, text: string): Scalar | Refusal => {
  const name = tag.startsWith(coreTag) ? tag.slice(coreTag.length) : undefined
  const mismatch = (): Refusal => ({ refused: `this value can't be read as !!${name}` })
  const value = name === "bool" || name === "int" || name === "float" || name === "null" ? readPlain(text) : text
  if (isRefusal(value)) return value
  switch (name) {
    case "binary":
      return readBinary(text)
    case "timestamp":
      return timestamp.test(text) ? text : mismatch()
    case "bool":
      return typeof value === "boolean" ? value : mismatch()
    case "null":
      return value === null ? value : mismatch()
    case "int":
      return typeof value === "bigint" ||
          (typeof value === "number" && readInteger(text.replaceAll("_", "")) !== undefined)
        ? value
        : mismatch()
    case "float":
      return typeof value === "number" ? value : mismatch()
    default:
      return text
  }
}
