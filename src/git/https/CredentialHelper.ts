/**
 * The credentials that the user's own Git keeps: `git credential`, with whatever helper is configured there. It never asks a person, never
 * takes long, and whatever goes wrong with it is the same as having none.
 */
import { Duration, Effect, Option, Redacted, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

export interface Credential {
  readonly username: string
  readonly password: Redacted.Redacted
  /** As Git told it, to be handed back when it is approved or rejected. */
  readonly told: Redacted.Redacted
}

export interface CredentialHelper {
  /** `undefined`: there is none. */
  readonly fill: Effect.Effect<Credential | undefined>
  /** It worked: it may be kept. */
  readonly approve: (credential: Credential) => Effect.Effect<void>
  /** The server refused it: it should be forgotten. */
  readonly reject: (credential: Credential) => Effect.Effect<void>
}

/** A helper may open a keychain, or ask a token service. */
const patience = Duration.seconds(15)
const longest = 64 * 1024

/** Added to the user's own environment. */
const silent = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  SSH_ASKPASS: "",
  SSH_ASKPASS_REQUIRE: "never",
  GCM_INTERACTIVE: "never",
  GIT_TRACE: "0"
}

const valueOf = (told: string, key: string): string | undefined =>
  told.split("\n").find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)

const question = (url: string): string => {
  const { host, pathname, protocol } = new URL(url)
  return `protocol=${protocol.slice(0, -1)}\nhost=${host}\npath=${pathname.slice(1)}\n\n`
}

const credential = (told: string): Credential | undefined => {
  const username = valueOf(told, "username")
  const password = valueOf(told, "password")
  if (username === undefined || password === undefined || password === "") return undefined
  return {
    username,
    password: Redacted.make(password, { label: "credential helper" }),
    told: Redacted.make(`${told.trimEnd()}\n\n`, { label: "credential helper" })
  }
}

export const makeCredentialHelper = Effect.fnUntraced(function*(url: string) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner

  /** What it printed, if it did what it was asked. */
  const ask = (action: "fill" | "approve" | "reject", input: Redacted.Redacted) =>
    Effect.gen(function*() {
      const child = yield* spawner.spawn(ChildProcess.make("git", ["credential", action], {
        cwd: "/",
        env: silent,
        extendEnv: true,
        stdin: Stream.make(Buffer.from(Redacted.value(input))),
        stderr: "ignore",
        forceKillAfter: "1 second"
      }))
      const told = yield* child.stdout.pipe(
        Stream.decodeText(),
        Stream.runFold(() => "", (text, piece) => text.length > longest ? text : text + piece)
      )
      return (yield* child.exitCode) === 0 && told.length <= longest ? told : undefined
    }).pipe(
      Effect.scoped,
      Effect.timeoutOption(patience),
      Effect.map(Option.getOrUndefined),
      Effect.orElseSucceed(() => undefined)
    )

  return {
    fill: ask("fill", Redacted.make(question(url))).pipe(
      Effect.map((told) => told === undefined ? undefined : credential(told)),
      Effect.withSpan("CredentialHelper.fill")
    ),
    approve: ({ told }) => Effect.asVoid(ask("approve", told)),
    reject: ({ told }) => Effect.asVoid(ask("reject", told))
  } satisfies CredentialHelper
})
