// The most memory a process ever held, as the kernel counts it.
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { realSleep } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

/** Peak resident memory in MiB; `undefined` where the system doesn't tell. */
export const peakMemory = (pid: number): Effect.Effect<number | undefined> =>
  Effect.sync(() => {
    try {
      const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
      return kib === undefined ? undefined : Number(kib) / 1024
    } catch {
      return undefined
    }
  })

/** What Node itself needs to do nothing. */
export const bareNodeMemory = Effect.gen(function*() {
  const folder = yield* temporaryFolder("gitops-bench-")
  const args = ["-e", "setTimeout(() => {}, 10_000)"]
  const { pid } = yield* startProcess({ command: process.execPath, args, folder })
  yield* realSleep(1000)
  return yield* peakMemory(pid)
}).pipe(Effect.scoped)
