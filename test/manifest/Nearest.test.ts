import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { distance, nearest } from "../../src/manifest/Nearest.ts"

describe("The nearest name", () => {
  it.each([
    ["syncto", "syncTo"],
    ["snycTo", "syncTo"],
    ["ruels", "rules"],
    ["namespaces", "namespace"],
    ["SUSPEND", "suspend"],
    ["sus", "suspend"]
  ])("to %s is %s", (word, name) => expect(nearest(word, ["rules", "syncTo", "namespace", "suspend"])).toBe(name))

  it("is nothing when nothing is near", () => {
    expect(nearest("banana", ["rules", "syncTo"])).toBe(undefined)
    expect(nearest("xyz", ["abc"])).toBe(undefined)
  })

  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 })

  it("is measured the same from both ends, and is 0 only between equals", () => {
    fc.assert(
      fc.property(
        word,
        word,
        (left, right) =>
          distance(left, right) === distance(right, left) && (distance(left, right) === 0) === (left === right)
      )
    )
  })

  it("counts one for each single mistake of the hand", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 2, maxLength: 8 }),
        fc.nat(6),
        fc.constantFrom("x", "y"),
        (text, at, letter) => {
          const i = Math.min(at, text.length - 2)
          const swapped = text.slice(0, i) + text.charAt(i + 1) + text.charAt(i) + text.slice(i + 2)
          return [
            text.slice(0, i) + text.slice(i + 1),
            text.slice(0, i) + letter + text.slice(i),
            text.slice(0, i) + letter + text.slice(i + 1),
            swapped
          ]
            .every((typo) => distance(text, typo) <= 1)
        }
      )
    )
  })
})
