/**
 * Git on this machine: `git upload-pack` and `git receive-pack` as child processes, in an environment where nobody's configuration but the
 * repository's own can change what they do. Hooks of the repository run when something is pushed, as for any local push.
 */
import { Config, Deferred, Effect, Fiber, Result, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { type GitFailure, GitMissing, RemoteError, RepositoryNotFound } from "./GitError.ts"
import type { FileUrl } from "./GitUrl.ts"
import { type Compose, limited, type Transport, whole } from "./Transport.ts"
import * as Greeting from "./wire/Greeting.ts"
import * as PktLine from "./wire/PktLine.ts"
import { words } from "./wire/WireFault.ts"

type Service = "upload-pack" | "receive-pack"

/** Owners of repositories differ in containers; the configuration names this one, and so trusts it. */
const trusted = [["safe.directory", "*"]] as const
/** Reading runs nothing of the repository's. */
const hookless = [["core.hooksPath", "/dev/null"]] as const

/** What is put in by hand is the only configuration beside the repository's. */
const environment = (path: string, service: Service): Record<string, string> => {
  const settings = service === "upload-pack" ? [...trusted, ...hookless] : trusted
  return {
    PATH: path,
    HOME: "/nonexistent",
    LC_ALL: "C",
    ...service === "upload-pack" ? { GIT_PROTOCOL: "version=2" } : {},
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_COUNT: `${settings.length}`,
    ...Object.fromEntries(settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value]
    ])),
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1"
  }
}

const searchPath = Config.String("PATH").pipe(Config.withDefault("/usr/local/bin:/usr/bin:/bin"))

const refusal = (url: string, service: Service, said: string): GitFailure =>
  /does not appear to be a git repository|not a git repository/.test(said)
    ? new RepositoryNotFound({ url, reason: "no Git repository is in that directory" })
    : new RemoteError({ url, words: words(said.replace(/^fatal: /, "")) || `git ${service} ended without a word` })

export const makeFileTransport = Effect.fnUntraced(function*({ path, shown: url }: FileUrl) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const search = yield* Effect.orDie(searchPath)
  const missing = (error: { readonly message: string }) => new GitMissing({ url, reason: words(error.message) })

  const run = (service: Service, args: ReadonlyArray<string>, input: Stream.Stream<Uint8Array>) =>
    Stream.unwrap(Effect.gen(function*() {
      const command = ChildProcess.make("git", [service, ...args, path], {
        cwd: "/",
        env: environment(search, service),
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
        if (code !== 0) return yield* refusal(url, service, yield* Fiber.join(said))
      }))
      return child.stdout.pipe(
        Stream.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
        Stream.mapError(missing),
        Stream.concat(ending)
      )
    }))

  /** One process for the whole conversation: what it advertised is what it compares with. */
  const push = (compose: Compose): Stream.Stream<Buffer, GitFailure> =>
    Stream.unwrap(Effect.gen(function*() {
      const request = yield* Deferred.make<Buffer>()
      const answer = run("receive-pack", [], Stream.fromEffect(Deferred.await(request)))
      return Stream.mapAccumEffect(
        answer,
        (): Greeting.Greeting | undefined => Greeting.nothing,
        Effect.fnUntraced(function*(greeting, bytes) {
          if (greeting === undefined) return [undefined, [bytes]] as const
          const heard = Greeting.take(greeting, bytes)
          if (Result.isSuccess(heard) && !Greeting.isWhole(heard.success)) return [heard.success, []] as const
          // What isn't Git's protocol is the reader's to tell.
          const advertisement = Buffer.concat([Greeting.bytesOf(greeting), bytes])
          yield* Deferred.succeed(request, (yield* compose(advertisement)) ?? PktLine.flush)
          return [undefined, []] as const
        })
      )
    }))

  return {
    url,
    advertise: whole(limited(url, run("upload-pack", ["--stateless-rpc", "--advertise-refs"], Stream.empty))),
    call: (request) => limited(url, run("upload-pack", ["--stateless-rpc"], Stream.make(request))),
    push: (compose) => limited(url, push(compose))
  } satisfies Transport
})
