// `npm run demo [-- restore] [--once]`: a story on the terminal, with everything in it real. With --once it ends after the story.
import { Cause, Effect, Exit } from "effect"
import { parseArgs } from "node:util"
import { bothWays } from "./bothWays.ts"
import { restore } from "./restore.ts"

const { positionals, values: { once } } = parseArgs({
  allowPositionals: true,
  options: { once: { type: "boolean", default: false } }
})

const stories = { "both-ways": bothWays, restore } as const
const name = positionals[0] ?? "both-ways"
const story = Object.entries(stories).find(([known]) => known === name)?.[1]
if (story === undefined || positionals.length > 1) {
  process.stderr.write(`no story is called ${positionals.join(" ")}; there are ${Object.keys(stories).join(" and ")}\n`)
  process.exit(1)
}

const fiber = Effect.runFork<void, unknown>(story(once))
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fiber.interruptUnsafe())
fiber.addObserver((exit) => {
  if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
    process.stderr.write(`\nThe story broke off: ${Cause.pretty(exit.cause)}\n`)
    process.exitCode = 1
  }
})
