import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Glob from "../../src/rules/Glob.ts"

const model = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\/]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`)

describe("A glob", () => {
  it("matches what the same regular expression matches", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "-", ".", "*", "?"), maxLength: 8 })
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-", "."), maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, (pattern, text) => Glob.matches(pattern, text) === model(pattern).test(text)),
      { numRuns: 5000 }
    )
  })

  it("without wildcards matches only itself", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z.[\]()+-]*$/),
        fc.string(),
        (pattern, text) => Glob.matches(pattern, pattern) && Glob.matches(pattern, text) === (pattern === text)
      )
    )
  })

  it("takes a pattern made to be slow without being slow", () => {
    expect(Glob.matches("*a".repeat(200) + "b", "a".repeat(20_000))).toBe(false)
  })

  it("covers another one only when it matches all that the other does", () => {
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 5 })
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 7 })
    fc.assert(
      fc.property(
        glob,
        glob,
        fc.array(text, { minLength: 20 }),
        (above, below, texts) =>
          !Glob.covers(above, below) ||
          texts.every((text) => !Glob.matches(below, text) || Glob.matches(above, text))
      ),
      { numRuns: 3000 }
    )
    expect(Glob.covers("team-*", "team-a*")).toBe(true)
    expect(Glob.covers("?", "*")).toBe(false)
    expect(Glob.covers("a?", "a*")).toBe(false)
    expect(Glob.covers("*", "")).toBe(true)
  })
})
