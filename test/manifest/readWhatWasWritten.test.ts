import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { decodeObject, encodeJson } from "../../src/manifest/JsonText.ts"
import type { Json } from "../../src/manifest/Manifest.ts"
import { readYaml } from "../../src/manifest/Yaml.ts"
import { authors, values, writeYaml } from "./writeYaml.ts"

/** Zero has no sign in what the API server is sent. */
const unsigned = (value: Json): Json => JSON.parse(JSON.stringify(value))

const read = (text: string): ReadonlyArray<Json> => {
  const reading = readYaml(text)
  if (reading._tag === "Broken") throw new Error(`${reading.message} at ${reading.offset} of ${text}`)
  return reading.documents.map(({ value }) => unsigned(value))
}

describe("reading what somebody wrote", () => {
  it("gives JSON back, however it is indented", () =>
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, 2, "\t"), (value, indent) =>
        assert.deepStrictEqual(read(JSON.stringify({ value }, null, indent)), [unsigned({ value })]))
    ))

  it("gives back the value of any layout", () =>
    fc.assert(
      fc.property(values, authors, (value, author) =>
        assert.deepStrictEqual(read(writeYaml({ value }, author())), [unsigned({ value })])),
      { numRuns: 500 }
    ))

  it("finds every document of a file", () =>
    fc.assert(fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), authors, (all, author) => {
      const choose = author()
      const text = all.map((value) => writeYaml({ value }, choose)).join("---\n")
      assert.deepStrictEqual(read(text), all.map((value) => unsigned({ value })))
    })))

  it("gives the same with Windows line ends, as long as no text spans lines", () =>
    fc.assert(
      fc.property(values, (value) =>
        assert.deepStrictEqual(read(JSON.stringify({ value }, null, 2).replaceAll("\n", "\r\n")), [
          unsigned({ value })
        ]))
    ))

  it("never fails but with a place in the text", () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab01:-?[]{},\"'#|>&*!%@`~<. \n\t\r\\yn") }), (text) => {
        const reading = readYaml(text)
        if (reading._tag === "Broken") assert.isTrue(reading.offset >= 0 && reading.offset <= text.length + 1)
      }),
      { numRuns: 3000 }
    ))
})

describe("JSON text", () => {
  it("keeps every integer of 64 bits", () =>
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), fc.boolean(), (value, beside) => {
      const text = `{"b":${value},"a":{"c":[${value}],"d":"e"}${beside ? `,"f":null` : ""}}`
      const reading = readYaml(text)
      assert.strictEqual(reading._tag, "Read")
      const written = encodeJson(reading._tag === "Read" ? reading.documents[0]?.value ?? null : null)
      assert.strictEqual(written, `{"a":{"c":[${value}],"d":"e"},"b":${value}${beside ? `,"f":null` : ""}}`)
      assert.strictEqual(encodeJson(decodeObject(written)), written)
    })))

  it("is read back as it was written", () =>
    fc.assert(
      fc.property(values, (value) =>
        assert.deepStrictEqual(unsigned(decodeObject(encodeJson({ value }))), unsigned({ value })))
    ))
})
