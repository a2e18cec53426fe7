/**
 * Changes the text of a block scalar and keeps its style: of a literal one (`|`) only the lines that differ, of a folded one (`>`) only
 * the paragraphs. What can't be said in a style is said in the next one.
 */
import { readYaml } from "../Yaml.ts"
import { alignment } from "./Alignment.ts"
import { doubleQuoted } from "./YamlText.ts"

const headerOf = /^([|>])([-+]?)([1-9]?)([-+]?)/
const keepsBlank = /(?:^|\n)\n$/
const endsInBlanks = /(?:^|\n[ \t]+)[ \t\n]*$/
const narrowest = 60

/** With the old lines where they say the same. */
const spliced = (
  old: ReadonlyArray<string>,
  oldRaw: ReadonlyArray<string>,
  lines: ReadonlyArray<string>,
  write: (line: string) => string
): ReadonlyArray<string> => {
  if (old.length !== oldRaw.length) return lines.map(write)
  const pairs = alignment(old, lines)
  return lines.map((line, at) => oldRaw[pairs[at] ?? -1] ?? write(line))
}

const linesOf = (text: string): ReadonlyArray<string> => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")

const wrapped = (line: string, indent: string, width: number): string => {
  const rows: Array<string> = []
  for (const word of line.split(/(?<=[^ ]) (?=[^ ])/)) {
    const row = rows.at(-1)
    if (row === undefined || indent.length + row.length + 1 + word.length > width) rows.push(word)
    else rows[rows.length - 1] = `${row} ${word}`
  }
  return rows.map((row) => indent + row).join("\n")
}

interface Old {
  /** Lines ended by LF. */
  readonly raw: string
  readonly text: string
  /** Of the map or list that it stands in. */
  readonly column: number
  /** Whether blank lines follow that are none of its text. */
  readonly blankBehind: boolean
}

/** @returns Without the line break at its end. */
const candidate = (style: string, { column, raw, text }: Old, wanted: string, indicator: string): string => {
  const body = linesOf(raw.slice(raw.indexOf("\n") + 1))
  const indent = indicator === ""
    ? /^ +(?=\S)/m.exec(body.join("\n"))?.[0] ?? " ".repeat(column + 2)
    : " ".repeat(column + Number(indicator))
  const digit = indicator === "" && /^\n*[ \t]/.test(wanted) ? String(indent.length - column) : indicator
  const chomp = keepsBlank.test(wanted) ? "+" : wanted.endsWith("\n") ? "" : "-"
  const comment = raw.slice(headerOf.exec(raw)?.[0].length ?? 1, raw.indexOf("\n"))
  const head = `${style}${digit}${chomp}${comment}\n`
  const write = (line: string) => line === "" ? "" : indent + line
  if (style === "|")
    return head + spliced(linesOf(text), raw.startsWith("|") ? body : [], linesOf(wanted), write).join("\n")
  const width = Math.max(narrowest, ...body.map(({ length }) => length))
  const paragraphs = body.join("\n").split("\n\n")
  return head +
    spliced(linesOf(text), paragraphs, linesOf(wanted), (line) => wrapped(line, indent, width)).join("\n\n")
}

const saysSo = (scalar: string, column: number, wanted: string): boolean => {
  const reading = readYaml(`${column === 0 ? "" : "x:\n"}${" ".repeat(column)}x: ${scalar}\n`)
  if (reading._tag === "Broken") return false
  const [document] = reading.documents
  return JSON.stringify(document?.value) === JSON.stringify(column === 0 ? { x: wanted } : { x: { x: wanted } })
}

/** The scalar anew, its lines ended by LF, without the last line break. */
export const changedBlockScalar = (old: Old, wanted: string): string => {
  const [, style = "|", , indicator = ""] = headerOf.exec(old.raw) ?? []
  if (endsInBlanks.test(wanted) || (old.blankBehind && keepsBlank.test(wanted))) return doubleQuoted(wanted)
  const all = [style, "|"].map((one) => candidate(one, old, wanted, indicator))
  return all.find((scalar) => saysSo(scalar, old.column, wanted)) ?? doubleQuoted(wanted)
}
