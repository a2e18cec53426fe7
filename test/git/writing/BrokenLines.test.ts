// Connections that break anywhere, in either direction: the room goes on by itself, loses nothing and repeats nothing.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { appendFileSync } from "node:fs"
import type { Tip } from "../../../src/git/Tip.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { type Break, type BreakableLine, breakableLine, type Direction } from "../../remote/BreakableLine.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { startSshGitServer } from "../../remote/SshGitServer.ts"
import { named } from "../named.ts"
import { credentialsOf } from "../ssh/openSsh.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { history, put, text } from "./submitting.ts"

const parts = Array.from({ length: 20 }, (_, part) => part)
const directions: ReadonlyArray<Direction> = ["up", "down"]
/** So many lines break at once; most of their time they wait to try again. */
const atOnce = 10

/** Does not become smaller by packing, and looks like no number. */
const noise = (bytes: number) => `noise${randomBytes(bytes).toString("base64")}`

/** A repository, its server, and lines to it. */
const serve = Effect.fnUntraced(function*(way: "HTTPS" | "SSH") {
  const bare = yield* bareRepository({
    files: { ...named(), "a.yaml": text("a", noise(2000)), "b/note.txt": noise(20_000) }
  })
  if (way === "HTTPS") {
    const { credentials, origin, url } = yield* startHttpGitServer(bare)
    const line = Effect.map(breakableLine(Number(new URL(origin).port)), (line) => {
      const through = new URL(url)
      through.port = `${line.port}`
      return { line, url: through.href, login: { https: credentials } satisfies StartOptions }
    })
    return { bare, line }
  }
  const server = yield* startSshGitServer(bare)
  const line = Effect.map(breakableLine(server.port), (line) => {
    const host = `[127.0.0.1]:${line.port}`
    appendFileSync(server.knownHostsFile, server.hostKeys.map((key) => `${host} ${key}\n`).join(""))
    const url = server.url.replace(`:${server.port}/`, `:${line.port}/`)
    return { line, url, login: { ssh: credentialsOf(server) } satisfies StartOptions }
  })
  return { bare, line }
})

type Served = Effect.Success<ReturnType<typeof serve>>

interface Steps {
  readonly clone: (line: BreakableLine) => void
  readonly fetch: (line: BreakableLine) => void
  readonly push: (line: BreakableLine) => void
}

/** A clone, a fetch and a push on a line of its own, and what native Git says of the outcome. */
const life = Effect.fnUntraced(
  function*({ bare, line: newLine }: Served, branch: string, before: Steps, options: StartOptions = {}) {
    const first = yield* bare.git("rev-parse", "main")
    yield* bare.git("branch", branch, "main")
    const { line, login, url } = yield* newLine

    before.clone(line)
    const { git, until } = yield* startGit(url, { branch, ...login, ...options })
    yield* until(({ tip }) => tip?.commit === first)

    const persons = { ...named({ branch }), "a.yaml": text("a", noise(2000)) }
    const person = yield* bare.commit(persons, { branch, message: "person" })
    before.fetch(line)
    yield* Effect.exit(git.refresh)
    const { tip } = yield* until(({ tip }) => tip?.commit === person)

    const value = noise(2000)
    before.push(line)
    const answer = yield* git.submit("ConfigMap", [put(tip as Tip, "a", value)])
    assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip(branch)) ?? "" })
    assert.deepStrictEqual(
      (yield* bare.git("log", "--format=%s", branch)).split("\n"),
      ["Update ConfigMap shop/a", "person", "first"]
    )
    assert.strictEqual(yield* bare.git("show", `${branch}:a.yaml`), text("a", value).trimEnd().replaceAll("\"", ""))
    return { line }
  },
  Effect.scoped
)

/** What each step carries each way when nothing breaks. */
const measured = Effect.fnUntraced(function*(served: Served) {
  const marks: Array<{ readonly up: number; readonly down: number }> = []
  const mark = (line: BreakableLine) => void marks.push({ ...line.carried })
  const { line } = yield* life(served, "measured", { clone: mark, fetch: mark, push: mark })
  mark(line)
  const step = (index: number) => (direction: Direction) =>
    (marks[index + 1]?.[direction] ?? 0) - (marks[index]?.[direction] ?? 0)
  return { clone: step(0), fetch: step(1), push: step(2) }
})

const breaking =
  (bytes: (direction: Direction) => number, direction: Direction, part: number, how: Break["how"]) =>
  (line: BreakableLine) => line.breakOnce({ direction, after: Math.floor(bytes(direction) * part / parts.length), how })

describe.each(["HTTPS", "SSH"] as const)("a connection over %s", (way) => {
  it.live(
    "that is cut at any twentieth of a clone, a fetch and a push costs nothing but time",
    () =>
      Effect.gen(function*() {
        const served = yield* serve(way)
        const bytes = yield* measured(served)
        const places = directions.flatMap((direction) => parts.map((part) => ({ direction, part })))
        yield* Effect.forEach(places, ({ direction, part }) =>
          Effect.gen(function*() {
            const cut = (step: keyof typeof bytes) => breaking(bytes[step], direction, part, "cut")
            const { line } = yield* life(served, `${direction}-${part}`, {
              clone: cut("clone"),
              fetch: cut("fetch"),
              push: cut("push")
            })
            // The last bytes of a conversation may come when nobody waits for them any more.
            if (part < 16) assert.strictEqual(line.breaks(), 3, `${direction} ${part}`)
          }), { concurrency: atOnce, discard: true })
        yield* history(served.bare)
      }),
    120_000
  )

  it.live(
    "that goes silent anywhere within a push is given up, and the push is made once",
    () =>
      Effect.gen(function*() {
        const served = yield* serve(way)
        const bytes = yield* measured(served)
        const nothing = () => {}
        const places = directions.flatMap((direction) => [0, 4, 8, 12, 16].map((part) => ({ direction, part })))
        yield* Effect.forEach(places, ({ direction, part }) =>
          Effect.gen(function*() {
            const push = breaking(bytes.push, direction, part, "stall")
            const steps = { clone: nothing, fetch: nothing, push }
            const { line } = yield* life(served, `${direction}-${part}`, steps, { idleMillis: 1500 })
            assert.strictEqual(line.breaks(), 1, `${direction} ${part}`)
          }), { concurrency: atOnce, discard: true })
        yield* history(served.bare)
      }),
    120_000
  )
})
