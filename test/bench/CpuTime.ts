// What a process has worked so far, as the kernel counts it.
import { Effect } from "effect"
import { readFileSync } from "node:fs"

/** Hundredths of a second on every Linux that Node runs on. */
const tick = 10

/** In milliseconds, its threads and not its children; `undefined` where the system doesn't tell. */
export const cpuTime = (pid: number): Effect.Effect<number | undefined> =>
  Effect.sync(() => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, "").split(" ")
      return (Number(fields[11]) + Number(fields[12])) * tick
    } catch {
      return undefined
    }
  })
