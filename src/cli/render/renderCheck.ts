/** The steps of `git check` as lines for a terminal. Pure. */
import { type CheckStep, stepNames } from "../../git/check/CheckStep.ts"

const signs = { passed: "✓", noted: "!", failed: "✗", unknown: "?", "not tried": "·" } as const

const nameWidth = Math.max(...stepNames.map((name) => name.length))
const timeWidth = "10.0 s".length + 1

const time = (millis: number | undefined): string => {
  if (millis === undefined) return ""
  return millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`
}

/** Without the last line break; what is wrong and what to do has a line of its own. */
export const renderStep = ({ cure, detail, millis, name, outcome }: CheckStep): string => {
  const head = `${signs[outcome]} ${name.padEnd(nameWidth)} ${time(millis).padStart(timeWidth)}  `
  const said = [outcome === "not tried" ? "not tried" : detail, cure ?? ""].filter((text) => text !== "")
  return `${head}${said.join(`\n${" ".repeat(head.length)}`)}`.trimEnd()
}
