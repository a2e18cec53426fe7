/** Git on this machine: `git upload-pack` as a child process, in an environment where nobody's configuration can change what it does. */
import { Config, Effect, Fiber, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { type GitFailure, GitMissing, RemoteError, RepositoryNotFound } from "./GitError.ts"
import type { FileUrl } from "./GitUrl.ts"
import { limited, type Transport, whole } from "./Transport.ts"
import { words } from "./WireFault.ts"

/** The configuration put in by hand is the only one: owners of repositories differ in containers, and `upload-pack` runs nothing of theirs. */
const environment = (path: string): Record<string, string> => ({
  PATH: path,
  HOME: "/nonexistent",
  LC_ALL: "C",
  GIT_PROTOCOL: "version=2",
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "safe.directory",
  GIT_CONFIG_VALUE_0: "*",
  GIT_CONFIG_KEY_1: "core.hooksPath",
  GIT_CONFIG_VALUE_1: "/dev/null",
  GIT_NO_LAZY_FETCH: "1",
  GIT_NO_REPLACE_OBJECTS: "1"
})

const searchPath = Config.String("PATH").pipe(Config.withDefault("/usr/local/bin:/usr/bin:/bin"))

const refusal = (url: string, said: string): GitFailure =>
  /does not appear to be a git repository|not a git repository/.test(said)
    ? new RepositoryNotFound({ url, reason: "no Git repository is in that directory" })
    : new RemoteError({ url, words: words(said.replace(/^fatal: /, "")) || "git upload-pack ended without a word" })

export const makeFileTransport = Effect.fnUntraced(function*({ path, shown: url }: FileUrl) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const env = environment(yield* Effect.orDie(searchPath))
  const missing = (error: { readonly message: string }) => new GitMissing({ url, reason: words(error.message) })

  const run = (args: ReadonlyArray<string>, input: Stream.Stream<Uint8Array>): Stream.Stream<Buffer, GitFailure> =>
    Stream.unwrap(Effect.gen(function*() {
      const command = ChildProcess.make("git", ["upload-pack", "--stateless-rpc", ...args, path], {
        cwd: "/",
        env,
        stdin: input,
        forceKillAfter: "2 seconds"
      })
      const child = yield* Effect.mapError(spawner.spawn(command), missing)
      const said = yield* child.stderr.pipe(
        Stream.decodeText(),
        Stream.runFold(() => "", (text, piece) => text.length > 4000 ? text : text + piece),
        Effect.orElseSucceed(() => ""),
        Effect.forkScoped
      )
      const ending = Stream.fromEffectDrain(Effect.gen(function*() {
        const code = yield* Effect.orElseSucceed(child.exitCode, () => -1)
        if (code !== 0) return yield* refusal(url, yield* Fiber.join(said))
      }))
      return child.stdout.pipe(
        Stream.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
        Stream.mapError(missing),
        Stream.concat(ending)
      )
    }))

  return {
    url,
    advertise: whole(limited(url, run(["--advertise-refs"], Stream.empty))),
    call: (request) => limited(url, run([], Stream.make(request)))
  } satisfies Transport
})
