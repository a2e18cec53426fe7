// Writes a value as YAML in one of the many ways in which people do: an author who knows nothing of our reader.
import * as fc from "fast-check"
import type { Json, JsonObject } from "../../src/manifest/Manifest.ts"

/** The next decision of the author: a number from 0 to below `options`. */
export type Choose = (options: number) => number

const plainWord = /^[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*$/
const special = /^(?:y|n|yes|no|on|off|true|false|null)$/i

const isMap = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value)

const scalar = (value: Json, choose: Choose): string => {
  if (typeof value !== "string") return JSON.stringify(value)
  const ways = [JSON.stringify(value)]
  if (/^[\x20-\x7e]*$/.test(value)) ways.push(`'${value.replaceAll("'", "''")}'`)
  if (plainWord.test(value) && !special.test(value)) ways.push(value)
  return ways[choose(ways.length)] ?? ""
}

const flow = (value: Json, choose: Choose): string => {
  const space = choose(2) === 0 ? " " : "\n      "
  if (Array.isArray(value))
    return `[${space}${value.map((item: Json) => flow(item, choose)).join(`,${space}`)}${space}]`
  if (!isMap(value)) return scalar(value, choose)
  return `{${space}${
    Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${flow(entry, choose)}`).join(`,${space}`)
  }${space}}`
}

const isBlockText = (value: Json): value is string =>
  typeof value === "string" && /^[!-~][\x20-\x7e]*(?:\n(?:[\x20-\x7e]*[!-~])?)*\n$/.test(value)

const literal = (text: string, indent: string): string => {
  const lines = text.slice(0, -1).split("\n")
  return `|+\n${lines.map((line) => line === "" ? "" : indent + line).join("\n")}`
}

/** What follows `key:` or `-`, up to but not with its line end. */
const after = (value: Json, indent: string, choose: Choose): string => {
  if (isBlockText(value) && choose(2) === 0) return ` ${literal(value, `${indent}  `)}`
  const isEmpty = typeof value !== "object" || value === null || Object.keys(value).length === 0
  if (isEmpty || choose(5) === 0) return ` ${flow(value, choose)}${choose(3) === 0 ? " # why" : ""}`
  const deeper = `${indent}${" ".repeat(1 + choose(4))}`
  return `${choose(4) === 0 ? " # why" : ""}\n${choose(4) === 0 ? "\n# why\n" : ""}${block(value, deeper, choose)}`
}

const block = (value: Json, indent: string, choose: Choose): string =>
  isMap(value)
    ? Object.entries(value).map(([key, entry]) => `${indent}${scalar(key, choose)}:${after(entry, indent, choose)}`)
      .join("\n")
    : Array.isArray(value)
    ? value.map((item: Json) => `${indent}-${after(item, indent, choose)}`).join("\n")
    : indent + flow(value, choose)

/** A whole document. */
export const writeYaml = (value: Json, choose: Choose): string => `${block(value, "", choose)}\n`

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 10 }),
  fc.constantFrom("name", "on", "y", "0644", "__proto__", "<<", "a b", "1")
)

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "yes",
    "0644",
    "~",
    "",
    " ",
    "a: b",
    "# no",
    "- x",
    "1e3",
    "<<",
    "a\nb",
    "line\n",
    "two\nlines\n\n",
    " x\n",
    "\u2028",
    "\ufeff"
  ),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 5 }).map((lines) => lines.join("\n") + "\n")
)

const number = fc.oneof(fc.integer(), fc.double({ noDefaultInfinity: true, noNaN: true }), fc.maxSafeInteger())

/** Maps and lists of anything that JSON can hold. */
export const values: fc.Arbitrary<Json> = fc.letrec<{ readonly node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.oneof(fc.constant(null), fc.boolean(), number, text),
    fc.array(tie("node"), { maxLength: 5 }),
    fc.dictionary(key, tie("node"), { maxKeys: 5, noNullPrototype: true })
  )
})).node

/** Decisions of an author, again and again the same ones. */
export const authors: fc.Arbitrary<() => Choose> = fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }).map(
  (tape) => () => {
    let at = 0
    return (options) => (tape[at++ % tape.length] ?? 0) % options
  }
)
