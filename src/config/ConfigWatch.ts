/**
 * Looks at the configuration file while we run. What it comes to say is handed out once it is read and found right;
 * what can't be followed is refused, and said for as long as it stands there.
 */
import { Context, Effect, FileSystem, Ref } from "effect"
import * as Config from "./Config.ts"
import * as ConfigMetrics from "./ConfigMetrics.ts"

/** Why the file as it stands is not followed; `undefined`: it is. */
export const ConfigRefusal = Context.Reference<Effect.Effect<string | undefined>>("gitops/config/ConfigRefusal", {
  defaultValue: () => Effect.succeed(undefined)
})

export interface ConfigWatch {
  /** What the file said at first. */
  readonly first: Config.Config
  /** Waits until the file is another one, and one that a process which began with the first can follow. */
  readonly next: Effect.Effect<Config.Config>
  /** See {@link ConfigRefusal}. */
  readonly refusal: Effect.Effect<string | undefined>
  /** What was handed out last can't be followed after all. */
  readonly refuse: (reason: string) => Effect.Effect<void>
}

const interval = "2 seconds"
/** Who writes the file may do it in pieces: it is read once it stood still for this long. */
const stillness = "200 millis"

const onOneLine = (text: string) => text.split("\n").join("; ")

/** Fails when the file can't be followed from the start. */
export const make = Effect.fnUntraced(function*(options: Config.LoadOptions) {
  const files = yield* FileSystem.FileSystem
  const refusal = yield* Ref.make<string | undefined>(undefined)
  /** By its content: a mounted ConfigMap changes behind a link. `undefined`: it can't be read. */
  const content = files.readFileString(options.file).pipe(Effect.orElseSucceed(() => undefined))

  let seen = yield* content
  const first = yield* Config.load(options)
  const follow = Config.follow(options, first).pipe(Effect.provideService(FileSystem.FileSystem, files))

  const refuse = Effect.fnUntraced(function*(reason: string) {
    yield* Ref.set(refusal, reason)
    yield* ConfigMetrics.reloaded("refused")
    yield* Effect.logError(`The configuration is refused, and the one before goes on: ${onOneLine(reason)}`)
  })

  const changed = Effect.gen(function*() {
    let before = seen
    while (true) {
      const now = yield* content
      if (now === before && now !== seen) break
      before = now
      yield* Effect.sleep(now === seen ? interval : stillness)
    }
    seen = before
  })

  const next = Effect.gen(function*() {
    while (true) {
      yield* changed
      const loaded = yield* Effect.result(follow)
      if (loaded._tag === "Failure") {
        yield* refuse(loaded.failure.message)
        continue
      }
      if ((yield* Ref.getAndSet(refusal, undefined)) !== undefined)
        yield* Effect.logInfo("The configuration file is in order again")
      return loaded.success
    }
  })

  return { first, next, refusal: Ref.get(refusal), refuse } satisfies ConfigWatch
})
