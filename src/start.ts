/** The first to run, small enough for any limit: refuses one in which loading all the rest would end in a kill without a word. */
import { memoryRefusal } from "./memoryRefusal.ts"

const refusal = memoryRefusal(process.constrainedMemory())

if (refusal === undefined) await import("./main.ts")
else {
  process.stderr.write(`${refusal}\n`)
  process.exitCode = 1
}
