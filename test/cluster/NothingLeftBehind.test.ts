import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { eventually } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

const read = (file: string) => {
  try {
    return readFileSync(file, "utf8").replaceAll("\0", " ")
  } catch {
    return "" // it has ended meanwhile
  }
}

/** Command and environment of every process. */
const allProcesses = () =>
  existsSync("/proc/self/environ")
    ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((id) =>
      `${read(`/proc/${id}/cmdline`)} ${read(`/proc/${id}/environ`)}`
    )
    : execFileSync("ps", ["axeww", "-o", "command="], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).split("\n")

/** The commands of all processes that were started with this in their environment. */
const processesWith = (mark: string) =>
  Effect.sync(() => allProcesses().filter((line) => line.includes(mark)).map((line) => line.slice(0, 200)))

describe("a test run that is ended from outside", () => {
  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    it.live(`leaves no process and no folder behind after ${signal}`, () =>
      Effect.gen(function*() {
        const mark = `RUN_MARK=${randomUUID()}`
        const folder = yield* temporaryFolder("gitops-test-")
        const temporary = join(folder, "tmp")
        const ready = join(folder, "ready")
        yield* Effect.sync(() => mkdirSync(temporary))
        const run = yield* startProcess({
          command: "vitest",
          args: ["run", "--config", "test/cluster/hanging/vitest.config.ts"],
          env: { TMPDIR: temporary, HANGING_READY: ready, RUN_MARK: mark.slice("RUN_MARK=".length), VITEST: undefined },
          folder,
          cwd: root
        })
        const progress = Effect.map(run.stdout, (output) => ({ isReady: existsSync(ready), output }))
        yield* eventually("the run is in its test", progress, ({ isReady }) => isReady, { within: 60_000 })
        const running = (yield* processesWith(mark)).join("\n")
        for (const part of ["kube-apiserver", "etcd", "watchdog.mjs", "sleep 600"]) expect(running).toContain(part)
        expect(readdirSync(temporary).length).toBeGreaterThan(0)

        yield* run.signal(signal)
        yield* run.exit
        yield* eventually("no process lives", processesWith(mark), (it) => it.length === 0, { within: 20_000 })
        expect(readdirSync(temporary)).toEqual([])
      }), 120_000)
  }
})
