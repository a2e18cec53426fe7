import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { makeParserPool, type ParsedBlob, ParserPool } from "../../src/manifest/ParserPool.ts"
import { startParserThread } from "../../src/manifest/ParserThread.ts"

const config = (name: string) => Buffer.from(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`)

const blobs = (count: number) => Array.from({ length: count }, (_, at) => ({ blob: `b${at}`, path: `${at}.yaml` }))

const mortal = new URL("./mortalWorker.ts", import.meta.url)

const nameOf = ({ blob, parsed }: ParsedBlob) => `${blob} ${parsed.manifests[0]?.name}`

const inOrder = (names: ReadonlyArray<string>) =>
  [...names].sort((a, b) => Number(a.slice(1).split(" ")[0]) - Number(b.slice(1).split(" ")[0]))

describe("the parser pool", () => {
  it.live("gives manifests and payloads of each blob, of few as of many", () =>
    Effect.gen(function*() {
      const pool = yield* ParserPool
      for (const count of [0, 1, 16, 17, 2000]) {
        const parsed = yield* pool.parse(blobs(count), (blob) => Effect.succeed(config(`name-${blob}`))).pipe(
          Stream.runCollect
        )
        assert.deepStrictEqual(inOrder(parsed.map(nameOf)), blobs(count).map(({ blob }) => `${blob} name-${blob}`))
        assert.deepStrictEqual(
          parsed[0]?.payloads,
          count === 0
            ? undefined
            : [`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"name-${parsed[0]?.blob}"}}`]
        )
      }
    }).pipe(Effect.provide(ParserPool.layer)))

  it.live("starts no thread for a few small files", () =>
    Effect.gen(function*() {
      const pool = makeParserPool(new URL("./nowhere.ts", import.meta.url))
      const parsed = yield* pool.parse(blobs(3), () => Effect.succeed(config("a"))).pipe(Stream.runCollect)
      assert.strictEqual(parsed.length, 3)
    }).pipe(Effect.scoped))

  it.live("fails as a whole if no thread can be started, and blames no file", () =>
    Effect.gen(function*() {
      const pool = makeParserPool(new URL("./nowhere.ts", import.meta.url))
      const failure = yield* pool.parse(blobs(100), () => Effect.succeed(config("a"))).pipe(
        Stream.runCollect,
        Effect.flip
      )
      assert.match(failure.message, /^No parser thread could be started: Cannot find module .*nowhere\.ts/)
    }).pipe(Effect.scoped))

  it.live("passes on that a blob can't be read", () =>
    Effect.gen(function*() {
      const pool = yield* ParserPool
      const failure = yield* pool.parse(blobs(100), (blob) =>
        blob === "b70" ? Effect.fail("gone") : Effect.succeed(config("a")))
        .pipe(Stream.runCollect, Effect.flip)
      assert.strictEqual(failure, "gone")
    }).pipe(Effect.provide(ParserPool.layer)))

  it.live("reads only as many files ahead as there are threads for", () =>
    Effect.gen(function*() {
      const pool = yield* ParserPool
      let read = 0
      const large = Buffer.concat([config("a"), Buffer.alloc(100_000, "#")])
      yield* pool.parse(blobs(1000), () => Effect.sync(() => (read++, large))).pipe(Stream.take(1), Stream.runDrain)
      assert.isBelow(read, 100)
    }).pipe(Effect.provide(ParserPool.layer)))

  for (const [way, said] of [["death", "it exited with code 3"], ["failure", "it failed"]]) {
    it.live(`loses to a thread's ${way} only the file that brought it`, () =>
      Effect.gen(function*() {
        const pool = makeParserPool(mortal)
        const parsed = yield* pool.parse(blobs(40), (blob) => Effect.succeed(config(blob === "b7" ? `${way}` : blob)))
          .pipe(Stream.runCollect)
        const problems = parsed.filter(({ parsed }) => parsed.problems.length > 0)
        assert.deepStrictEqual(problems.map(({ blob, parsed }) => [blob, parsed]), [["b7", {
          manifests: [],
          problems: [{ message: `file could not be parsed (${said}); make it smaller or simpler` }],
          broken: { foreign: false }
        }]])
        assert.strictEqual(parsed.filter(({ parsed }) => parsed.manifests.length === 1).length, 39)
      }).pipe(Effect.scoped))
  }

  it.live("gives nobody the answer to a question that was given up", () =>
    Effect.gen(function*() {
      const pool = yield* ParserPool
      const asked = yield* Deferred.make<void>()
      const first = yield* pool.parse(blobs(500), (blob) =>
        Deferred.succeed(asked, undefined).pipe(Effect.as(config(`first-${blob}`)))).pipe(
          Stream.runDrain,
          Effect.forkChild({ startImmediately: true })
        )
      yield* Deferred.await(asked)
      yield* Fiber.interrupt(first)
      const parsed = yield* pool.parse(blobs(500), (blob) =>
        Effect.succeed(config(`second-${blob}`))).pipe(Stream.runCollect)
      assert.deepStrictEqual(
        inOrder(parsed.map(nameOf)),
        blobs(500).map(({ blob }) =>
          `${blob} second-${blob}`
        )
      )
    }).pipe(Effect.provide(ParserPool.layer)))
})

describe("a parser thread", () => {
  it.live("says so to everybody who asks once it has ended", () =>
    Effect.gen(function*() {
      const thread = yield* startParserThread(mortal)
      const first = yield* Effect.flip(thread.parse([config("death")]))
      const second = yield* Effect.flip(thread.parse([config("a")]))
      assert.strictEqual(first.message, "A parser thread stopped: it exited with code 3")
      assert.strictEqual(second.message, first.message)
    }).pipe(Effect.scoped))

  it.live("ends with its scope", () =>
    Effect.gen(function*() {
      const thread = yield* Effect.scoped(startParserThread(mortal))
      const failure = yield* Effect.flip(thread.parse([config("a")]))
      assert.strictEqual(failure._tag, "ParserStopped")
    }))
})
