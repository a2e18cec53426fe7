import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { eventually } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const program = fileURLToPath(new URL("stalledServers.ts", import.meta.url))

interface Listed {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Every process but those that have ended and wait to be looked at. */
const processes = (): ReadonlyArray<Listed> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n").flatMap((line) => {
    const [, pid, parent, state = "Z", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
  })

const familyOf = (ancestor: number): ReadonlyArray<Listed> => {
  const all = processes()
  const below = (pid: number): ReadonlyArray<Listed> =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)])
  return below(ancestor)
}

/** Runs the program until its clones hang. */
const start = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-left-")
    const temporary = join(folder, "tmp")
    mkdirSync(temporary)
    const running = yield* startProcess({
      command: process.execPath,
      args: [program, ...args],
      env: { TMPDIR: temporary },
      folder
    })
    yield* eventually("the clones hang", running.stdout, (text) => text.includes("ready"), { within: 30_000 })
    return { running, temporary }
  })

const nothingIn = (temporary: string) =>
  eventually("no folder is left", Effect.sync(() => readdirSync(temporary)), (names) => names.length === 0)

describe("the Git servers", () => {
  it.live("leave no process and no folder behind when what started them is killed in the middle", () =>
    Effect.gen(function*() {
      const { running, temporary } = yield* start()
      const family = familyOf(running.pid)
      const commands = family.map(({ command }) => command).join("\n")
      for (const expected of [/watchdog/, /sshd.* -D/, /git.http-backend/, /git.* clone/, /git.upload-pack '?\//])
        assert.match(commands, expected)
      yield* running.signal("SIGKILL")
      const left = Effect.sync(() => processes().filter(({ pid }) => family.some((it) => it.pid === pid)))
      yield* eventually("no process is left", left, (all) => all.length === 0, { within: 20_000 })
      yield* nothingIn(temporary)
    }))

  it.live("let what started them end, and leave nothing behind then", () =>
    Effect.gen(function*() {
      const { running, temporary } = yield* start("end")
      assert.deepStrictEqual(yield* running.exit, { code: 0, signal: null })
      assert.strictEqual(yield* running.stderr, "")
      yield* nothingIn(temporary)
    }))
})
