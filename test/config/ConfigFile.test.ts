import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as ConfigFile from "../../src/config/ConfigFile.ts"

const gitUrl = "file:///srv/git/cluster.git"

const check = (text: string) => ConfigFile.check("config.yaml", text, gitUrl)

/** Every mistake is somewhere in the text. */
const isPlaced = (text: string) => {
  const checked = check(text)
  if (Result.isSuccess(checked)) return true
  const lines = text.split(/\r?\n|\r/)
  return checked.failure.mistakes.length > 0 &&
    checked.failure.mistakes.every(({ column = 1, line = 1 }) =>
      line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? "").length + 1
    )
}

const word = fc.constantFrom(
  "rules",
  "syncTo",
  "kubernetes",
  "ignore",
  "namespaces",
  "lease",
  "renew",
  "15s",
  "http",
  "port",
  "credentials",
  "https",
  "gitUrl",
  "*",
  "&a",
  "*a",
  "!",
  "?",
  "|",
  ">",
  "'",
  "\"",
  "#",
  "%",
  "@",
  "~",
  "0",
  "1",
  "true",
  "null",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  ": ",
  "- ",
  "-",
  " ",
  "  ",
  "\t",
  "\n",
  "\n  ",
  "\n- ",
  "---\n",
  "\r\n",
  "\uFEFF",
  "ä",
  "😀",
  "\u0000"
)

describe("A configuration file", () => {
  it("that holds anything at all is valid or wrong at a place in it", () => {
    fc.assert(fc.property(fc.array(word, { maxLength: 30 }), (words) => isPlaced(words.join(""))), { numRuns: 3000 })
  })

  it("that holds any JSON at all is valid or wrong at a place in it", () => {
    const key = fc.constantFrom(
      "rules",
      "syncTo",
      "namespaces",
      "lease",
      "renew",
      "http",
      "port",
      "credentials",
      "https",
      "__proto__",
      "x"
    )
    const leaf = fc.constantFrom<unknown>("kubernetes", "ignore", "15s", 5, true, null, "", "*")
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(key, tie("json"), { maxKeys: 4 })
      )
    }))
    fc.assert(fc.property(json, (value) => isPlaced(JSON.stringify(value, null, 1))), { numRuns: 2000 })
  })

  it("never shows what stands below its credentials", () => {
    const place = fc.constantFrom("username", "passwordFile", "caFile", "keyFile", "password", "token")
    const shape = fc.constantFrom(
      (word: string) => word,
      (word: string) => `~/${word}`,
      (word: string) => `[${word}]`,
      (word: string) => `{ ${"x"}: ${word} }`
    )
    fc.assert(fc.property(place, shape, fc.stringMatching(/^[A-Z]{8}$/), (key, shape, secret) => {
      const checked = check(`rules: [{ syncTo: ignore }]\ncredentials:\n  https:\n    ${key}: ${shape(secret)}\n`)
      return Result.isSuccess(checked) || !checked.failure.message.includes(secret)
    }))
  })

  it("is wrong where the typo is, wherever it is", () => {
    fc.assert(fc.property(fc.nat(5), fc.nat(8), fc.boolean(), (lines, indent, onOneLine) => {
      const before = "# a comment\n".repeat(lines)
      const pad = " ".repeat(indent)
      const text = onOneLine
        ? `${before}rules: ${pad}[{ syncto: ignore }]\n`
        : `${before}rules:\n${pad}- syncto: ignore\n`
      const checked = check(text)
      const typo = Result.isFailure(checked)
        ? checked.failure.mistakes.find(({ message }) => message.startsWith("unknown"))
        : undefined
      const at = text.indexOf("syncto")
      const lead = text.slice(0, at).split("\n")
      expect(typo).toMatchObject({ line: lead.length, column: (lead.at(-1) ?? "").length + 1 })
    }))
  })
})
