import { describe, expect, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import * as fc from "fast-check"
import * as GoDuration from "../../src/config/GoDuration.ts"

const millis = (text: string) => Duration.toMillis(Result.getOrThrow(GoDuration.parse(text)))

describe("A Go duration", () => {
  it("reads back as what was written, to the nanosecond", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (nanos) => {
      const text = GoDuration.format(Duration.nanos(nanos))
      return Duration.toNanosUnsafe(Result.getOrThrow(GoDuration.parse(text))) === nanos
    }))
  })

  it("is the sum of its parts, in any order", () => {
    const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
    const part = fc.tuple(
      fc.integer({ min: 0, max: 999 }),
      fc.constantFrom("h" as const, "m" as const, "s" as const, "ms" as const)
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) =>
        millis(
          parts.map(([count, unit]) => `${count}${unit}`).join("")
        ) ===
          parts.reduce((sum, [count, unit]) => sum + count * units[unit], 0))
    )
  })

  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["0", 0],
    ["250us", 0.25],
    ["250µs", 0.25]
  ])(
    "reads %s",
    (text, expected) => expect(millis(text)).toBe(expected)
  )

  it.each([["1m30s", "90s"], ["1h", "60m"], ["1h1ms", "3600001ms"], ["0s", "0ms"], ["1us500ns", "1500ns"]])(
    "is written shortly: %s",
    (short, long) => expect(GoDuration.format(Result.getOrThrow(GoDuration.parse(long)))).toBe(short)
  )

  const example = `it must be a duration such as "30s", "1m30s" or "500ms"`

  it.each([
    ["30", `it has no unit: write "30s" for seconds`],
    ["1d", `"d" isn't a unit of durations: write hours, "24h" for a day`],
    ["", example],
    ["-5s", example],
    ["soon", example],
    ["5 s", example],
    ["5S", example],
    [".s", example],
    ["s", example],
    ["1s2", example],
    ["9999999h", "it is too long"]
  ])("refuses %s", (text, reason) => expect(GoDuration.parse(text)).toEqual(Result.fail(reason)))
})
