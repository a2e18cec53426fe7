// Figures of a benchmark as a table on the terminal, and as JSON on request.
import { type Figure, goalText, isMet, quantity, ratioOf, ratioText } from "./Figure.ts"

export interface BenchTable {
  readonly title: string
  /** Under which it was measured, a sentence each. */
  readonly conditions: ReadonlyArray<string>
  readonly figures: ReadonlyArray<Figure>
  /** Every single measurement, for the JSON file. */
  readonly runs: unknown
}

const mark = (met: boolean | undefined) => met === undefined ? " " : met ? "✓" : "✗"

const cells = (figure: Figure): ReadonlyArray<string> => [
  figure.what,
  quantity(figure.ours, figure.unit),
  figure.peer === undefined ? "" : quantity(figure.peer, figure.unit),
  ratioText(figure),
  goalText(figure),
  mark(isMet(figure))
]

const head = ["", "ours", "peer", "ratio", "goal", ""]

export const render = ({ conditions, figures, title }: BenchTable): string => {
  const rows = [head, ...figures.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`
  return [`\n${title}`, ...conditions.map((it) => `  ${it}`), "", ...rows.map((row) => line(row).trimEnd()), ""].join(
    "\n"
  )
}

export const toJson = (table: BenchTable): unknown => ({
  ...table,
  figures: table.figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), met: isMet(figure) }))
})
