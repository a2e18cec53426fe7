// Objects with whatever JSON can hold, and with text that is hard to write down.
import * as fc from "fast-check"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"

const pieces = [
  ["a", "yes", "0644", "1e3", "1:30", "null", "~", "-", "--", "---", "...", "- ", "? ", ": ", ":", "#", " #", "# "],
  ["'", "\"", "\\", "|", ">", "&x", "*x", "!t", "%", "@", "`", "{", "}", "[", "]", ",", "=", "<<", "."],
  [" ", "  ", "\t", "\n", "\n\n", "\n ", "\n\t", " \n", "\r", "\r\n", "\u0085", "\u00a0", "\u2028", "\u2029"],
  [
    "\ufeff",
    "\0",
    "\u007f",
    "\u202e",
    "é",
    "\u{1f600}",
    "\u{10ffff}",
    "word word",
    "x".repeat(90),
    "{{ .Values.x }}"
  ]
].flat()

const nasty = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(""))

export const texts = fc.oneof(
  { weight: 3, arbitrary: nasty },
  fc.string({ unit: "grapheme" }),
  fc.array(fc.string({ maxLength: 12 }), { maxLength: 5 }).map((lines) => lines.join("\n")),
  fc.constantFrom("k".repeat(1100), "line\n".repeat(30), "word ".repeat(50))
)

const number = fc.oneof(
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((value) =>
    Math.abs(value) < 1e18 || !Number.isInteger(value)
  ),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map((value) => exact(value)),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }).map((value) => exact(value))
)

/** As the reader gives it: a number where that has the very same digits. */
const exact = (value: bigint): Json => String(Number(value)) === String(value) ? Number(value) : value

const values: fc.Arbitrary<Json> = fc.letrec<{ readonly node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.oneof(fc.constant(null), fc.boolean(), number, texts),
    fc.array(tie("node"), { maxLength: 4 }),
    fc.dictionary(texts, tie("node"), { maxKeys: 4, noNullPrototype: true })
  )
})).node

export const objects: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.oneof(texts, fc.constantFrom("apiVersion", "metadata", "__proto__")),
  values,
  { minKeys: 1, maxKeys: 4, noNullPrototype: true }
)
