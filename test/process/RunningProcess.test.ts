import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { existsSync } from "node:fs"
import { eventually } from "./Eventually.ts"
import { startProcess } from "./RunningProcess.ts"
import { temporaryFolder } from "./TemporaryFolder.ts"

const shell = (folder: string, script: string, graceMillis = 200) =>
  startProcess({ command: "sh", args: ["-c", script], folder, graceMillis })

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe("a process", () => {
  it.live("tells its output and how it ended", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-test-")
      const running = yield* shell(folder, "echo out; echo err >&2; exit 3")
      expect(yield* running.exit).toEqual({ code: 3, signal: null })
      expect([yield* running.stdout, yield* running.stderr]).toEqual(["out\n", "err\n"])
      expect(yield* running.stop).toEqual({ code: 3, signal: null })
    }))

  it.live("ends with its scope, also when it ignores SIGTERM, and takes its children with it", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-test-")
      const scope = yield* Scope.make()
      const script = "trap '' TERM; sleep 600 & echo $!; wait; sleep 600"
      const running = yield* shell(folder, script).pipe(Scope.provide(scope))
      const child = Number(yield* eventually("its child's id", running.stdout, (it) => it.endsWith("\n")))
      expect([running.pid, child].map(isAlive)).toEqual([true, true])
      yield* Scope.close(scope, Exit.void)
      expect(yield* running.exit).toEqual({ code: null, signal: "SIGKILL" })
      yield* eventually("both are gone", Effect.sync(() => [running.pid, child].some(isAlive)), (alive) => !alive)
    }))

  it.live("that is no program is told as one sentence", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-test-")
      const failure = yield* Effect.flip(startProcess({ command: "no-such-program", folder }))
      expect(failure.message).toContain("no-such-program could not be started: ")
      expect(failure.message).toContain("ENOENT")
    }))
})

describe("a temporary folder", () => {
  it.live("goes with its scope", () =>
    Effect.gen(function*() {
      const folder = yield* Effect.scoped(
        Effect.tap(temporaryFolder("gitops-test-"), (it) => Effect.sync(() => expect(existsSync(it)).toBe(true)))
      )
      expect(existsSync(folder)).toBe(false)
    }))
})
