/** What changes between two texts of a file, as `git diff` shows it and `git apply` takes it. Pure, and bounded for texts of any size. */
import { allLines, type Line } from "./PlanLineDiff.ts"

const context = 3

interface Text {
  readonly lines: ReadonlyArray<string>
  /** Whether the last line ends as lines do. */
  readonly isEnded: boolean
}

const textOf = (text: string): Text => {
  const lines = text.split("\n")
  const last = lines.pop() ?? ""
  return last === "" ? { lines, isEnded: true } : { lines: [...lines, last], isEnded: false }
}

const noEnd = "\\ No newline at end of file"

/** Lines that differ only in how the last one ends are two lines. */
const marked = ({ isEnded, lines }: Text): ReadonlyArray<string> =>
  isEnded ? lines : lines.map((line, index) => index === lines.length - 1 ? `${line}\n${noEnd}` : line)

/** Ranges of lines around what changes, each from its first to behind its last. */
const ranges = (lines: ReadonlyArray<Line>): ReadonlyArray<readonly [from: number, to: number]> => {
  const found: Array<[number, number]> = []
  for (const [index, [sign]] of lines.entries()) {
    if (sign === " ") continue
    const [from, to] = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)]
    const last = found.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else found.push([from, to])
  }
  return found
}

const count = (lines: ReadonlyArray<Line>, without: "-" | "+") => lines.filter(([sign]) => sign !== without).length

/** Git counts from 1, but an empty range from the line before it. */
const rangeText = (before: number, length: number) => `${length === 0 ? before : before + 1},${length}`

/** The hunks, each with its head; none when nothing changes. */
export const unifiedDiff = (before: string, after: string): ReadonlyArray<string> => {
  const lines = allLines(marked(textOf(before)), marked(textOf(after)))
  return ranges(lines).flatMap(([from, to]) => {
    const [above, hunk] = [lines.slice(0, from), lines.slice(from, to)]
    const old = rangeText(count(above, "+"), count(hunk, "+"))
    const fresh = rangeText(count(above, "-"), count(hunk, "-"))
    return [`@@ -${old} +${fresh} @@`, ...hunk.flatMap(([sign, text]) => `${sign}${text}`.split("\n"))]
  })
}
