import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Metric, PlatformError, Ref } from "effect"
import { TestClock } from "effect/testing"
import * as ConfigMetrics from "../../src/config/ConfigMetrics.ts"
import * as ConfigWatch from "../../src/config/ConfigWatch.ts"

const written = (...lines: ReadonlyArray<string>) => ["gitUrl: file:///srv/git/a.git", ...lines, ""].join("\n")
const right = written("rules:", "  - syncTo: kubernetes")
const ignoring = written("rules:", "  - syncTo: ignore")
const broken = written("rules:", "  - synTo: kubernetes", "    suspend: maybe")

/** A file system of one file, whose content a test sets; `undefined`: there is none. */
const oneFile = (content: Ref.Ref<string | undefined>) =>
  FileSystem.layerNoop({
    readFileString: (file) =>
      Effect.flatMap(Ref.get(content), (text) =>
        text === undefined
          ? Effect.fail(PlatformError.systemError({
            _tag: "NotFound",
            module: "FileSystem",
            method: "readFileString",
            pathOrDescriptor: file
          }))
          : Effect.succeed(text))
  })

const setUp = Effect.gen(function*() {
  const content = yield* Ref.make<string | undefined>(right)
  const watch = yield* ConfigWatch.make({ file: "config.yaml" }).pipe(Effect.provide(oneFile(content)))
  const write = (text: string | undefined) => Ref.set(content, text).pipe(Effect.andThen(TestClock.adjust("3 seconds")))
  const directionOf = (fiber: Fiber.Fiber<ConfigWatch.ConfigWatch["first"]>) =>
    Effect.map(Fiber.join(fiber), ({ rules }) => rules[0]?.syncTo)
  return { content, watch, write, directionOf }
})

describe("the configuration file while we run", () => {
  it.effect("is handed out when it says something else, and not before", () =>
    Effect.gen(function*() {
      const { directionOf, watch, write } = yield* setUp
      assert.strictEqual(watch.first.rules[0]?.syncTo, "kubernetes")
      const next = yield* Effect.forkChild(watch.next)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(next.pollUnsafe(), "nothing while it stays as it is")
      yield* write(ignoring)
      assert.strictEqual(yield* directionOf(next), "ignore")
    }))

  it.effect("is refused with every mistake while it is broken, and no longer once it is mended", () =>
    Effect.gen(function*() {
      const { directionOf, watch, write } = yield* setUp
      const next = yield* Effect.forkChild(watch.next)
      const refusals = Metric.value(Metric.withAttributes(ConfigMetrics.reloads, { outcome: "refused" }))
      const before = yield* refusals
      yield* write(broken)
      assert.deepStrictEqual((yield* watch.refusal)?.split("\n"), [
        "config.yaml:3:5: unknown key \"synTo\", did you mean \"syncTo\"?",
        "config.yaml:3:5: missing key \"syncTo\"; allowed: git, kubernetes, ignore, both",
        "config.yaml:4:14: \"suspend\" is \"maybe\"; it must be true or false"
      ])
      assert.isUndefined(next.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* refusals).count, before.count + 1, "it is refused once, not at every look")
      yield* write(ignoring)
      assert.strictEqual(yield* directionOf(next), "ignore")
      assert.isUndefined(yield* watch.refusal)
    }))

  it.effect("is refused while it says that we are somebody else, and followed again once it doesn't", () =>
    Effect.gen(function*() {
      const { directionOf, watch, write } = yield* setUp
      const next = yield* Effect.forkChild(watch.next)
      yield* write(ignoring + "name: another\n")
      assert.include(yield* watch.refusal, `config.yaml:4:1: "name" can't change from "default" to "another"`)
      assert.isUndefined(next.pollUnsafe(), "nor are its new rules followed")
      yield* write(ignoring)
      assert.strictEqual(yield* directionOf(next), "ignore")
      assert.isUndefined(yield* watch.refusal)
    }))

  it.effect("is refused while it is away, and the same one is handed out when it is back", () =>
    Effect.gen(function*() {
      const { directionOf, watch, write } = yield* setUp
      const next = yield* Effect.forkChild(watch.next)
      yield* write(undefined)
      assert.include(yield* watch.refusal, "config.yaml: there is no such file")
      yield* write(right)
      assert.strictEqual(yield* directionOf(next), "kubernetes")
      assert.isUndefined(yield* watch.refusal)
    }))

  it.effect("is not read while it is being written", () =>
    Effect.gen(function*() {
      const { content, directionOf, watch } = yield* setUp
      const next = yield* Effect.forkChild(watch.next)
      yield* TestClock.adjust("1 second")
      yield* Ref.set(content, written("rules:", "  - { names: [a], syncTo: kubernetes }"))
      yield* TestClock.adjust("1100 millis")
      assert.isUndefined(next.pollUnsafe(), "half of it is right too, but not meant")
      yield* Ref.set(content, written("rules:", "  - { names: [a], syncTo: ignore }", "  - { syncTo: kubernetes }"))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* directionOf(next), "ignore")
    }))

  it.effect("stays refused when what was handed out cannot be followed after all, until it changes again", () =>
    Effect.gen(function*() {
      const { directionOf, watch, write } = yield* setUp
      const first = yield* Effect.forkChild(watch.next)
      yield* write(ignoring)
      yield* directionOf(first)
      yield* watch.refuse("Port 80 can't be listened on")
      const next = yield* Effect.forkChild(watch.next)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(next.pollUnsafe())
      assert.strictEqual(yield* watch.refusal, "Port 80 can't be listened on")
      yield* write(right)
      assert.strictEqual(yield* directionOf(next), "kubernetes")
      assert.isUndefined(yield* watch.refusal)
    }))
})
