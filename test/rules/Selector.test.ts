import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as Selector from "../../src/rules/Selector.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"

type Labels = Readonly<Record<string, string>>

/** A requirement as text, and what it means, written down a second time in the plainest way. */
interface Sample {
  readonly text: string
  readonly holds: (labels: Labels) => boolean
}

const key = fc.constantFrom("app", "tier", "in", "notin", "keel.sh/policy", "a_b.c-D")
const value = fc.constantFrom("", "web", "api", "in", "1", "10", "v1.2_x")
const blank = fc.constantFrom("", " ", "\t", " \n")
const integer = fc.constantFrom("0", "1", "9", "10")

const spaced = (parts: ReadonlyArray<string>, blanks: ReadonlyArray<string>) =>
  parts.map((part, index) => `${blanks[index] ?? ""}${part}`).join("")

const blanks = fc.array(blank, { minLength: 12, maxLength: 12 })

const equality = fc.tuple(fc.constantFrom("=", "==", "!="), key, value, blanks).map((
  [operator, key, value, blanks]
): Sample => ({
  text: spaced([key, operator, value], blanks),
  holds: (labels) => (labels[key] === value) === (operator !== "!=")
}))

/** "()" is no set of one empty value: Kubernetes refuses it. */
const valueSet = fc.array(value, { minLength: 1, maxLength: 3 }).filter((values) => values.join(",") !== "")

const membership = fc.tuple(fc.boolean(), key, valueSet, blanks)
  .map(([isIn, key, values, blanks]): Sample => ({
    text: `${key} ${isIn ? "in" : "notin"}${
      spaced(["(", ...values.flatMap((value, index) => index === 0 ? [value] : [",", value]), ")"], blanks)
    }`,
    holds: (labels) => values.some((value) => labels[key] === value) === isIn
  }))

const presence = fc.tuple(fc.boolean(), key, blanks).map(([present, key, blanks]): Sample => ({
  text: spaced(present ? [key] : ["!", key], blanks),
  holds: (labels) => (key in labels) === present
}))

const order = fc.tuple(fc.boolean(), key, integer, blanks).map(([greater, key, limit, blanks]): Sample => ({
  text: spaced([key, greater ? ">" : "<", limit], blanks),
  holds: (labels) => {
    const label = labels[key]
    if (label === undefined || !/^\d+$/.test(label)) return false
    return greater ? Number(label) > Number(limit) : Number(label) < Number(limit)
  }
}))

const sample = fc.oneof(equality, membership, presence, order)
const labels = fc.dictionary(key, value)

const requirements = (text: string) => Result.getOrThrow(parse(text)).requirements

describe("A label selector", () => {
  it("selects what its requirements mean, all of them", () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 4 }), labels, (samples, labels) => {
        const selector = Result.getOrThrow(parse(samples.map(({ text }) => text).join(",")))
        return Selector.matches(selector, labels) === samples.every(({ holds }) => holds(labels))
      }),
      { numRuns: 5000 }
    )
  })

  it("never fails in another way than by saying why", () => {
    const anything = fc.string({
      unit: fc.constantFrom("a", "B", "1", "-", "/", ".", "!", "=", "<", ">", "(", ")", ",", " ", "in", "ä")
    })
    fc.assert(
      fc.property(anything, (text) =>
        Result.match(parse(text), {
          onFailure: (reason) => reason.length > 10,
          onSuccess: () => true
        })),
      {
        numRuns: 5000
      }
    )
  })

  it("does not take what every object inherits for a label", () => {
    expect(Selector.matches(Result.getOrThrow(parse("constructor")), {})).toBe(false)
    expect(Selector.matches(Result.getOrThrow(parse("!toString")), {})).toBe(true)
  })

  it("is read as Kubernetes reads it", () => {
    expect(requirements("")).toEqual([])
    expect(requirements("x in (foo,,baz),y,z notin (a)")).toEqual([
      { operator: "in", key: "x", values: ["", "baz", "foo"] },
      { operator: "exists", key: "y" },
      { operator: "notin", key: "z", values: ["a"] }
    ])
    expect(requirements("a==b, c!=d, e=, !f, g>1, h<2")).toEqual([
      { operator: "in", key: "a", values: ["b"] },
      { operator: "notin", key: "c", values: ["d"] },
      { operator: "in", key: "e", values: [""] },
      { operator: "absent", key: "f" },
      { operator: "gt", key: "g", value: "1" },
      { operator: "lt", key: "h", value: "2" }
    ])
  })

  const refused: ReadonlyArray<readonly [string, string]> = [
    ["a,", "it ends where the key of a label should follow"],
    [",a", `at character 1: found "," where the key of a label should stand`],
    ["a b", `at character 3: found "b" where one of "=", "!=", "in", "notin", ">", "<" or "," should stand`],
    ["a=b c", `at character 5: found "c" where "," should stand`],
    ["!a=b", `at character 3: found "=" where "," should stand`],
    ["a in", `it ends where "(" after "in" should follow`],
    ["a in b", `at character 6: found "b" where "(" after "in" should stand`],
    ["a in ()", `"in ()" holds no value`],
    ["a in (b", `it ends where "," or ")" should follow`],
    ["a in (b c)", `at character 9: found "c" where "," or ")" should stand`],
    ["a===b", `at character 4: found "=" where a value should stand`],
    ["a>b", `at character 3: found "b" where an integer should stand`],
    ["a>9223372036854775808", `at character 3: found "9223372036854775808" where an integer should stand`],
    ["-a", `at character 1: "-a" can't be the key of a label`],
    ["a/b/c", `at character 1: "a/b/c" can't be the key of a label`],
    ["A.b/c=d", `at character 1: "A.b/c" can't be the key of a label`],
    ["a=-b", `at character 3: "-b" can't be the value of a label (at most 63 letters, digits, "-", "_" and ".")`],
    [
      `a=${"x".repeat(64)}`,
      `at character 3: "${"x".repeat(64)}" can't be the value of a label (at most 63 letters, digits, "-", "_" and ".")`
    ]
  ]

  it.each(refused)("refuses %s", (text, reason) => {
    expect(parse(text)).toEqual(Result.fail(reason))
  })
})
