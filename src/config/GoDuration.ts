/** Durations as Go and Kubernetes write them: `500ms`, `30s`, `1m30s`, `1h`. Exact to the nanosecond, never negative. */
import { Duration, Option, Result, Schema, SchemaTransformation } from "effect"

const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
  ["s", 1_000_000_000n],
  ["ms", 1_000_000n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ns", 1n]
])

const largest = 2n ** 63n - 1n

const example = `a duration such as "30s", "1m30s" or "500ms"`

const partNanos = (whole: string, fraction: string, unit: bigint) =>
  BigInt(whole === "" ? "0" : whole) * unit +
  BigInt(fraction === "" ? "0" : fraction) * unit / 10n ** BigInt(fraction.length)

/** Reads a duration. The failure completes the sentence "…; " with what is wrong and what to write. */
export const parse = (text: string): Result.Result<Duration.Duration, string> => {
  if (text === "0") return Result.succeed(Duration.zero)
  if (text.length > 100) return Result.fail(`it must be ${example}`)
  const parts = Array.from(text.matchAll(/(\d*)(?:\.(\d*))?([^\d.]+)/gy))
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text)
    return Result.fail(/^[\d.]+$/.test(text) ? `it has no unit: write "${text}s" for seconds` : `it must be ${example}`)
  let total = 0n
  for (const [, whole = "", fraction = "", unit = ""] of parts) {
    const nanos = nanosPerUnit.get(unit)
    if (nanos === undefined && /^(d|days?|w)$/.test(unit))
      return Result.fail(`"${unit}" isn't a unit of durations: write hours, "24h" for a day`)
    if (nanos === undefined || whole + fraction === "") return Result.fail(`it must be ${example}`)
    total += partNanos(whole, fraction, nanos)
  }
  if (total > largest) return Result.fail("it is too long")
  return Result.succeed(total % 1_000_000n === 0n ? Duration.millis(Number(total / 1_000_000n)) : Duration.nanos(total))
}

/** The shortest text for a duration, from hours down to nanoseconds: `1m30s`, `0s`. */
export const format = (duration: Duration.Duration): string => {
  let rest = Duration.toNanosUnsafe(duration)
  let text = ""
  for (const unit of ["h", "m", "s", "ms", "us", "ns"]) {
    const nanos = nanosPerUnit.get(unit) ?? 1n
    if (rest >= nanos) text += `${rest / nanos}${unit}`
    rest %= nanos
  }
  return text === "" ? "0s" : text
}

const text = Schema.String.annotate({ expected: example }).check(
  Schema.makeFilter((written: string) => Option.getOrUndefined(Result.getFailure(parse(written))), {
    toJsonSchema: () => [{ pattern: "^(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(h|m|s|ms|us|µs|ns))+)$" }, true]
  })
)

/** A duration in a file, as text. */
export const schema = text.pipe(Schema.decodeTo(
  Schema.Duration,
  SchemaTransformation.transform({ decode: (written: string) => Result.getOrThrow(parse(written)), encode: format })
))
