import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { eventually } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { findGitea } from "./GiteaProgram.ts"

const program = fileURLToPath(new URL("hangingGitea.ts", import.meta.url))

/** Of all processes whose command names one of these. */
const commandsNaming = (names: ReadonlyArray<string>) =>
  execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).split("\n").filter((line) =>
    names.some((name) => line.includes(name))
  )

const start = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    yield* findGitea()
    const folder = yield* temporaryFolder("gitops-test-")
    const running = yield* startProcess({ command: process.execPath, args: [program, ...args], folder })
    const told = yield* eventually("a push hangs", running.stdout, (text) => text.endsWith("\n"), { within: 50_000 })
    const names = told.trim().split(" ")
    const left = Effect.sync(() => [...commandsNaming(names), ...names.filter((name) => existsSync(name))])
    return { running, names, nothingIsLeft: eventually("nothing is left", left, (it) => it.length === 0) }
  })

describe("Gitea", () => {
  it.live("leaves no process and no folder behind when its scope ends in the middle of a push", () =>
    Effect.gen(function*() {
      const { nothingIsLeft, running } = yield* start("end")
      assert.deepInclude(yield* running.exit, { code: 0 })
      yield* nothingIsLeft
    }))

  it.live("nor when what started it is killed", () =>
    Effect.gen(function*() {
      const { names, nothingIsLeft, running } = yield* start()
      const commands = commandsNaming(names).join("\n")
      for (const expected of [/gitea web/, /gitea .*serv key-/, /git-receive-pack/]) assert.match(commands, expected)
      yield* running.signal("SIGKILL")
      yield* nothingIsLeft
    }))
})
