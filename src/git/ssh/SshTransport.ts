/**
 * Git over ssh:// and git@host:path: one connection kept and used again and again, one command on it for each conversation. The server
 * speaks first, so that each begins with an advertisement.
 */
import { Cause, Effect, Ref, Result, Stream } from "effect"
import type { SshCredentials } from "../../config/Config.ts"
import type { GitFailure } from "../GitError.ts"
import type { SshUrl } from "../GitUrl.ts"
import { type Compose, limited, type Transport } from "../Transport.ts"
import * as Greeting from "../wire/Greeting.ts"
import * as PktLine from "../wire/PktLine.ts"
import { makeKeptConnection, type Usable } from "./KeptConnection.ts"
import type { SshBroken } from "./SshConnection.ts"
import * as SshFault from "./SshFault.ts"

/** Written at once, in bytes: after each of them a slow line has shown that it moves. */
const pieceSize = 128 * 1024
/** A sign of life that is no answer. */
const alive = Buffer.alloc(0)

/** For a shell, in the way that `git-shell` understands, too. */
export const quoted = (path: string): string => `'${path.replace(/['!]/g, "'\\$&'")}'`

/** Servers that know nothing of it answer in version 0. */
const versionTwo = { GIT_PROTOCOL: "version=2" }

interface Program {
  readonly line: string
  readonly env: Readonly<Record<string, string>>
}

const cut = (bytes: Buffer): ReadonlyArray<Buffer> =>
  Array.from(
    { length: Math.ceil(bytes.length / pieceSize) },
    (_, index) => bytes.subarray(index * pieceSize, (index + 1) * pieceSize)
  )

export const makeSshTransport = Effect.fnUntraced(function*(target: SshUrl, credentials: SshCredentials = {}) {
  const { path, shown: url, username } = target
  const kept = yield* makeKeptConnection(target, credentials)

  const start = ({ line, env }: Program) => ({ connection, login }: Usable) => {
    const failureOf = (broken: SshBroken) => SshFault.fromBroken(url, username, login, broken)
    return Effect.gen(function*() {
      const command = yield* connection.run(line, env)
      return { command, first: yield* command.read, failureOf }
    }).pipe(Effect.mapError(failureOf))
  }

  /** A kept connection may have died without a sign; that shows now, before anything was said on it. */
  const begin = Effect.fnUntraced(function*(program: Program) {
    const usable = yield* kept.get
    const started = start(program)(usable)
    if (!usable.wasKept) return yield* started
    const again = Effect.flatMap(Effect.andThen(kept.drop, kept.get), start(program))
    return yield* started.pipe(Effect.catch(() => again))
  })

  /** Hangs up on an answer that isn't read to its end. */
  const converse = Effect.fnUntraced(function*(program: Program, compose: Compose) {
    let isAtEnd = false
    let greeting = Greeting.nothing
    let answered = 0
    yield* Effect.addFinalizer(() => isAtEnd ? Effect.void : kept.drop)
    const { command, failureOf, first } = yield* begin(program)
    isAtEnd = first === undefined

    const read = Effect.tap(
      Effect.mapError(command.read, failureOf),
      (piece) => Effect.sync(() => isAtEnd = piece === undefined)
    )

    const hear = (piece: Buffer | undefined): Effect.Effect<Buffer, GitFailure> => {
      if (piece === undefined) {
        return Effect.flatMap(
          command.ended,
          (ended) => Effect.fail(SshFault.refusal(url, ended, Greeting.refusalIn(greeting)))
        )
      }
      return Result.match(Greeting.take(greeting, piece), {
        onFailure: () => Effect.fail(SshFault.notGit(url, Buffer.concat([Greeting.bytesOf(greeting), piece]))),
        onSuccess: (next) => {
          greeting = next
          return Effect.succeed(alive)
        }
      })
    }

    const hearTheRest = Stream.fromEffectRepeat(Effect.flatMap(read, hear)).pipe(
      Stream.takeUntil(() => Greeting.isWhole(greeting))
    )

    const receive = Effect.flatMap(read, (piece) => {
      answered += piece?.length ?? 0
      return piece === undefined ? Cause.done() : Effect.succeed([piece] as const)
    })

    /** The words of a command that gave no answer at all. */
    const lookAtEnd = Effect.gen(function*() {
      if (answered > 0) return
      const ended = yield* command.ended
      if (ended.code !== undefined && ended.code !== 0)
        return yield* Effect.fail(SshFault.refusal(url, ended, undefined))
    })

    const answer = Effect.map(
      Effect.suspend(() => compose(Greeting.bytesOf(greeting))),
      (request) =>
        Stream.fromIterable(cut(request ?? PktLine.flush)).pipe(
          Stream.mapEffect((piece) => Effect.as(command.write(piece), alive)),
          Stream.concat(Stream.fromEffectDrain(command.close)),
          /** A server that refuses in the middle of a pack, or is lost then, reads no more of it. */
          Stream.merge(Stream.fromPull(Effect.succeed(receive))),
          Stream.concat(request === undefined ? Stream.empty : Stream.fromEffectDrain(lookAtEnd))
        )
    )

    return Stream.fromEffect(hear(first)).pipe(
      Stream.concat(Stream.suspend(() => Greeting.isWhole(greeting) ? Stream.empty : hearTheRest)),
      Stream.concat(Stream.unwrap(answer))
    )
  })

  const conversation = (program: Program, compose: Compose): Stream.Stream<Buffer, GitFailure> =>
    limited(url, Stream.unwrap(converse(program, compose))).pipe(Stream.filter((piece) => piece.length > 0))

  const uploadPack = { line: `git-upload-pack ${quoted(path)}`, env: versionTwo }
  const receivePack = { line: `git-receive-pack ${quoted(path)}`, env: {} }

  return {
    url,
    advertise: Effect.gen(function*() {
      const advertisement = yield* Ref.make<Buffer>(alive)
      const keep: Compose = (bytes) => Effect.as(Ref.set(advertisement, bytes), undefined)
      yield* Stream.runDrain(conversation(uploadPack, keep))
      return yield* Ref.get(advertisement)
    }),
    /** The flush after the request ends the command, which would wait for another one. */
    call: (request) => conversation(uploadPack, () => Effect.succeed(Buffer.concat([request, PktLine.flush]))),
    push: (compose) => conversation(receivePack, compose)
  } satisfies Transport
})
