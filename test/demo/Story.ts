// How the demo talks: what happens, what was seen through kubectl, and how long it took.
import { Effect } from "effect"

const dim = (text: string) => process.stdout.isTTY ? `\u001b[2m${text}\u001b[0m` : text
const bold = (text: string) => process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text
const green = (text: string) => process.stdout.isTTY ? `\u001b[32m${text}\u001b[0m` : text

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

export const title = (text: string): void => say(`\n${bold(text)}`)
export const note = (text: string): void => say(`  ${text}`)

/** A command as a person would type it, and what it printed. */
export const shown = (command: string, output: string): void => {
  say(`  ${dim(`$ ${command}`)}`)
  for (const line of output.trimEnd().split("\n")) say(`    ${line}`)
}

/** Something that was seen to be true, with the milliseconds it took. */
export const seen = (text: string, millis: number): void =>
  say(
    `  ${green("✓")} ${text} ${
      dim(`(${millis < 10_000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`})`)
    }`
  )

/** With the milliseconds it took. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => [value, performance.now() - start] as const)
  })
