/**
 * SSH by ssh2, and by nobody else in this room but for reading keys: one connection to a host whose key was accepted, and commands run over
 * it. Ends with its scope.
 */
import { Deferred, Effect, Redacted, type Scope } from "effect"
import { createConnection } from "node:net"
import ssh2, { type AnyAuthMethod, type ClientChannel } from "ssh2"
import type { HostKeyAlgorithm } from "./KnownHosts.ts"
import type { Offer } from "./Offer.ts"

export interface SshTarget {
  readonly host: string
  readonly port: number
  readonly username: string
}

export interface ConnectOptions extends SshTarget {
  /** Signatures to ask the host for, the best first. */
  readonly algorithms: ReadonlyArray<HostKeyAlgorithm>
  /** Whether the host may be talked to; asked before anything is sent to it. */
  readonly accepts: (hostKey: Buffer) => boolean
  readonly offers: ReadonlyArray<Offer>
}

/** How far we had come when it broke. */
export type Phase = "connect" | "login" | "session"

export interface SshBroken {
  readonly phase: Phase
  /** Node's, `""` without one. */
  readonly code: string
  readonly reason: string
  /** The host had none of the keys that it was asked for. */
  readonly noSuchHostKey: boolean
  /** Why an agent could not help, `""` if it could. */
  readonly agent: string
}

/** How a command ended; `code` is absent where it was killed, or where the server doesn't tell. */
export interface Ended {
  readonly code: number | undefined
  /** The beginning of what it wrote to stderr. */
  readonly said: string
}

/** A command that runs on the server. */
export interface SshCommand {
  /** The next bytes it writes, `undefined` at their end. */
  readonly read: Effect.Effect<Buffer | undefined, SshBroken>
  /** Returns once the server has room for them; also when the command doesn't read any more. */
  readonly write: (bytes: Buffer) => Effect.Effect<void>
  /** Nothing more will be written. */
  readonly close: Effect.Effect<void>
  readonly ended: Effect.Effect<Ended>
}

export interface SshConnection {
  readonly isOpen: Effect.Effect<boolean>
  readonly run: (
    command: string,
    env: Readonly<Record<string, string>>
  ) => Effect.Effect<SshCommand, SshBroken, Scope.Scope>
}

const readyTimeout = 20_000
/** A dead connection is noticed within a minute. */
const keepAlive = { keepaliveInterval: 15_000, keepaliveCountMax: 3 }
const longestSaid = 4000

const brokenIn = (phase: Phase, error: Error, agent = ""): SshBroken => ({
  phase,
  agent,
  code: "code" in error && typeof error.code === "string" ? error.code : "",
  reason: error.message,
  noSuchHostKey: error.message.includes("no matching host key format")
})

const method = (username: string, offer: Offer): AnyAuthMethod =>
  offer._tag === "Agent"
    ? { type: "agent", username, agent: offer.socket }
    : { type: "publickey", username, key: Redacted.value(offer.key.parsed) }

const command = (channel: ClientChannel, lost: Deferred.Deferred<never, SshBroken>): SshCommand => {
  const ended = Deferred.makeUnsafe<Ended>()
  let said = ""
  let code: number | undefined
  let isAtEnd = false
  channel.stderr.on("data", (piece: Buffer) => {
    if (said.length < longestSaid) said += piece.toString("utf8")
  })
  channel.on("exit", (status: number | null) => (code = status ?? undefined))
  channel.once("end", () => (isAtEnd = true))
  channel.once("close", () => Deferred.doneUnsafe(ended, Effect.succeed({ code, said })))
  channel.on("error", () => {}) // "close" follows

  /** Of a lost connection's commands ssh2 only says that they have ended. */
  const atEnd = Effect.suspend(() =>
    code === undefined && Deferred.isDoneUnsafe(lost) ? Deferred.await(lost) : Effect.succeed(undefined)
  )

  return {
    read: Effect.callback((resume) => {
      const look = () => {
        const piece: Buffer | null = channel.read()
        if (piece === null && !isAtEnd) return
        off()
        resume(piece === null ? atEnd : Effect.succeed(piece))
      }
      const off = () => void channel.off("readable", look).off("end", look)
      channel.on("readable", look).on("end", look)
      look()
      return Effect.sync(off)
    }),
    write: (bytes) =>
      Effect.raceFirst(
        Effect.callback<void>((resume) => void channel.write(bytes, () => resume(Effect.void))),
        Deferred.await(ended)
      ).pipe(Effect.asVoid),
    close: Effect.sync(() => channel.end()),
    ended: Deferred.await(ended)
  }
}

/** Connects, checks the host's key, and logs in. */
export const connect = Effect.fnUntraced(function*(options: ConnectOptions) {
  const { accepts, algorithms, host, offers, port, username } = options
  const lost = Deferred.makeUnsafe<never, SshBroken>()
  const ready = Deferred.makeUnsafe<void>()
  let phase: Phase = "connect"
  let agent = ""
  const lose = (error: Error) => Deferred.doneUnsafe(lost, Effect.fail(brokenIn(phase, error, agent)))

  const { client, sock } = yield* Effect.acquireRelease(
    Effect.sync(() => ({ client: new ssh2.Client(), sock: createConnection({ host, port, noDelay: true }) })),
    ({ client, sock }) =>
      Effect.sync(() => {
        client.end()
        sock.destroy()
      })
  )
  client
    .on("handshake", () => (phase = phase === "connect" ? "login" : phase))
    .on("ready", () => {
      phase = "session"
      Deferred.doneUnsafe(ready, Effect.void)
    })
    // An agent that can't be asked isn't the end: there may be other keys.
    .on("error", (error) => error.level === "agent" ? void (agent = error.message) : lose(error))
    .on("close", () => lose(new Error("the connection was closed")))
    .connect({
      sock,
      username,
      algorithms: { serverHostKey: [...algorithms] },
      hostVerifier: (key: Buffer) => accepts(key),
      authHandler: offers.map((offer) => method(username, offer)),
      readyTimeout,
      ...keepAlive
    })
  yield* Effect.raceFirst(Deferred.await(ready), Deferred.await(lost))

  const opened = (line: string, env: Readonly<Record<string, string>>) =>
    Effect.callback<{ readonly channel: ClientChannel; readonly started: SshCommand }, SshBroken>((resume) => {
      try {
        client.exec(line, { env: { ...env } }, (error, channel) => {
          // At once: the next packet may already say how it ended.
          if (error === undefined) resume(Effect.succeed({ channel, started: command(channel, lost) }))
          else resume(Effect.fail(brokenIn("session", error)))
        })
      } catch (error) {
        resume(Effect.fail(brokenIn("session", error instanceof Error ? error : new Error(String(error)))))
      }
    })

  return {
    isOpen: Effect.sync(() => !Deferred.isDoneUnsafe(lost)),
    run: (line, env) =>
      Effect.acquireRelease(
        Effect.raceFirst(opened(line, env), Deferred.await(lost)),
        ({ channel }) => Effect.sync(() => channel.close()),
        { interruptible: true }
      ).pipe(Effect.map(({ started }) => started))
  } satisfies SshConnection
})
