// Servers that answer a push with anything but Git's answer, or die over it: the change is on the remote exactly once in the end.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { type Fault, type FaultPlan, htmlPage, onCommand, onPush, onPushing, times } from "../../remote/HttpFault.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { startSshGitServer } from "../../remote/SshGitServer.ts"
import { named } from "../named.ts"
import { credentialsOf } from "../ssh/openSsh.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { history, put, text } from "./submitting.ts"

const repository = bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })

const serve = Effect.fnUntraced(function*(options: StartOptions = {}) {
  const bare = yield* repository
  const http = yield* startHttpGitServer(bare)
  const room = yield* startGit(http.url, { https: http.credentials, interval: 1000, ...options })
  return { ...room, bare, http, tip: yield* room.git.refresh }
})

/** Only what has to do with pushing, and only so often. */
const atFirst = (count: number, on: (fault: Fault) => FaultPlan, fault: Fault): FaultPlan => {
  const limited = times(count, fault)
  return (request) => on(fault)(request) === undefined ? undefined : limited(request)
}

const text500 = { status: 500, headers: { "content-type": "text/plain" }, body: "tired\n" }

describe("a server that answers a push", () => {
  const answers: ReadonlyArray<readonly [name: string, fault: Fault, says: string]> = [
    ["with a failure of its own", text500, "refused (500): tired"],
    ["with a page to sign in", htmlPage, "answers with text/html instead of Git's protocol"],
    ["with nothing", { hangUp: true }, "the connection was cut"],
    [
      "with something that looks like Git",
      { status: 200, headers: { "content-type": "application/x-git-receive-pack-result" }, body: "0008NAK\n" },
      "its answer was cut off before it said what became of the push"
    ]
  ]
  describe.each([["at its end", onPush], ["already when it is greeted", onPushing]] as const)("%s", (_, on) => {
    it.live.each(answers)("%s gets the change once it is well, and once", ([, fault, says]) =>
      Effect.gen(function*() {
        const { bare, git, http, log, tip } = yield* serve()
        http.setFault(atFirst(3, on, fault))
        const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
        assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
        assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
        if (on === onPush || !("body" in fault && fault.body === "0008NAK\n"))
          assert.include(log.join("\n"), `Warn: A push did not come through: ${http.url}`)
        if (on === onPush) assert.include(log.join("\n"), says)
      }))
  })

  it.live(
    "with the same failure for a long time is left alone between looks, and gets the change when it is well",
    () =>
      Effect.gen(function*() {
        const { bare, git, http, tip, until } = yield* serve({ interval: 500 })
        http.setFault(onPushing(htmlPage))
        const { trouble } = (yield* Effect.raceFirst(
          git.submit("ConfigMap", [put(tip, "a", "2")]).pipe(Effect.andThen(Effect.die("committed by a page"))),
          until(({ writing }) => writing.trouble !== undefined)
        )).writing
        assert.include(trouble ?? "", "answers with text/html instead of Git's protocol")
        assert.strictEqual((yield* history(bare)).length, 1)
        http.setFault(() => undefined)
        yield* until(({ writing }) => writing.waiting === 0 && writing.trouble === undefined)
        assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      }),
    30_000
  )
})

describe("a server that asks to be left alone for two seconds", () => {
  const busy: Fault = { status: 429, headers: { "content-type": "text/plain", "retry-after": "2" }, body: "slow down" }

  /** When each request came, and whether it was the one that was sent away. */
  const watched = (plan: FaultPlan) => {
    const seen: Array<{ readonly at: number; readonly isSentAway: boolean }> = []
    const watching: FaultPlan = (request) => {
      const fault = plan(request)
      seen.push({ at: performance.now(), isSentAway: fault !== undefined })
      return fault
    }
    const pause = () => {
      const sentAway = seen.findIndex(({ isSentAway }) => isSentAway)
      return (seen[sentAway + 1]?.at ?? Number.NaN) - (seen[sentAway]?.at ?? Number.NaN)
    }
    return { pause, watching }
  }

  it.live.each([["a push", onPush], ["the beginning of a push", onPushing]] as const)(
    "is asked nothing earlier after %s",
    ([, on]) =>
      Effect.gen(function*() {
        const { bare, git, http, tip } = yield* serve({ interval: 60_000 })
        const { pause, watching } = watched(atFirst(1, on, busy))
        http.setFault(watching)
        yield* git.submit("ConfigMap", [put(tip, "a", "2")])
        assert.isAtLeast(pause(), 2000)
        assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      })
  )

  it.live.each(["ls-refs", "fetch"] as const)(
    "is asked nothing earlier after a look, at its %s",
    (command) =>
      Effect.gen(function*() {
        const { bare, git, http, until } = yield* serve({ interval: 60_000 })
        const { pause, watching } = watched(atFirst(1, (fault) => onCommand(command, fault), busy))
        http.setFault(watching)
        const commit = yield* bare.commit({ "a.yaml": text("a", "2") })
        yield* Effect.flip(git.refresh)
        yield* until(({ tip }) => tip?.commit === commit)
        assert.isAtLeast(pause(), 2000)
      })
  )
})

/** Kills the server's process once, wherever that hook runs. */
const killIn = (bare: BareRepository, hook: string, when: string) => {
  const folder = join(bare.path, "hooks")
  mkdirSync(folder, { recursive: true })
  const file = join(folder, hook)
  const script = `if ${when} && mkdir "${bare.path}/killed" 2>/dev/null; then kill -9 $PPID; fi`
  writeFileSync(file, `#!/bin/sh\n${script}\nexit 0\n`)
  chmodSync(file, 0o755)
  return Effect.sync(() => existsSync(join(bare.path, "killed")))
}

describe.each(["HTTPS", "SSH", "file"])("a server that is killed during a push over %s", (way) => {
  const open = Effect.gen(function*() {
    const bare = yield* repository
    if (way === "file") return { bare, room: yield* startGit(bare.url) }
    if (way === "HTTPS") {
      const { credentials, url } = yield* startHttpGitServer(bare)
      return { bare, room: yield* startGit(url, { https: credentials }) }
    }
    const server = yield* startSshGitServer(bare)
    return { bare, room: yield* startGit(server.url, { ssh: credentialsOf(server) }) }
  })

  it.live.each(
    [
      ["before the branch moved", "pre-receive", "true"],
      ["at the branch", "update", "true"],
      ["after the branch moved", "post-receive", "true"],
      ["just after the branch moved", "reference-transaction", "[ \"$1\" = committed ]"]
    ] as const
  )("%s has the change once", ([, hook, when]) =>
    Effect.gen(function*() {
      const { bare, room: { git } } = yield* open
      const tip = yield* git.refresh
      const isKilled = killIn(bare, hook, when)
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      assert.isTrue(yield* isKilled)
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "3")])
      assert.strictEqual((yield* history(bare)).length, 3)
    }))
})

it.live(
  "a server that is killed while it holds the branch's lock is told about, and has the change once that is gone",
  () =>
    Effect.gen(function*() {
      const { bare, git, latest, tip, until } = yield* serve()
      const isKilled = killIn(bare, "reference-transaction", "[ \"$1\" = prepared ]")
      const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      yield* until(({ writing }) => writing.trouble?.includes("main.lock") === true)
      assert.isTrue(yield* isKilled)
      for (const lock of ["HEAD.lock", "refs/heads/main.lock"]) rmSync(join(bare.path, lock), { force: true })
      assert.deepStrictEqual(yield* Fiber.join(answer), { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      assert.isUndefined((yield* latest).writing.trouble)
    }),
  60_000
)
