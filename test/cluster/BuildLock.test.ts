import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { buildLock } from "./BuildLock.ts"

describe("the build lock", () => {
  it.live("is held by one at a time, and whoever waits is told for whom", () =>
    Effect.gen(function*() {
      const lock = join(yield* temporaryFolder("gitops-test-"), "below", "lock")
      const first = yield* Scope.make()
      yield* buildLock(lock).pipe(Scope.provide(first))
      const order: Array<string> = []
      const second = buildLock(lock, (owner) => void order.push(`waits for ${owner}`)).pipe(
        Effect.andThen(Effect.sync(() => order.push("has it"))),
        Effect.scoped
      )
      const release = Effect.sync(() => order.push("released")).pipe(Effect.andThen(Scope.close(first, Exit.void)))
      yield* Effect.all([second, Effect.delay(release, "300 millis")], { concurrency: 2 })
      expect(order).toEqual([`waits for ${process.pid}`, "released", "has it"])
      expect(existsSync(lock)).toBe(false)
    }))

  it.live("of a process that died is taken over at once", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-test-")
      const lock = join(folder, "lock")
      const dead = yield* startProcess({ command: "true", folder })
      yield* dead.exit
      yield* Effect.sync(() => writeFileSync(lock, `${dead.pid}`))
      yield* buildLock(lock)
      expect(readFileSync(lock, "utf8")).toBe(`${process.pid}`)
    }))

  it.live("of a process that showed nothing for a minute is taken over, whoever has its id now", () =>
    Effect.gen(function*() {
      const lock = join(yield* temporaryFolder("gitops-test-"), "lock")
      const longAgo = new Date(Date.now() - 61_000)
      yield* Effect.sync(() => writeFileSync(lock, `${process.ppid}`))
      yield* Effect.sync(() => utimesSync(lock, longAgo, longAgo))
      yield* buildLock(lock)
      expect(readFileSync(lock, "utf8")).toBe(`${process.pid}`)
    }))
})
