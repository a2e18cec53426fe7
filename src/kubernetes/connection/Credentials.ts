/**
 * As whom we speak to the API server. Read once and kept: token files are read again each minute, plugins run again
 * 30 s before their token ends, and everything is read again when the server refuses it; by one caller while the others wait.
 */
import { Clock, Effect, FileSystem, Redacted, Semaphore } from "effect"
import { makeAuthProvider } from "./AuthProvider.ts"
import type { ClusterAccess, Pem } from "./ClusterAccess.ts"
import { CredentialsUnavailable, runExecPlugin } from "./ExecPlugin.ts"
import { type KubeConfigRequest, readKubeConfig } from "./KubeConfigFile.ts"

export interface Credential {
  readonly access: ClusterAccess
  /** The `Authorization` header. */
  readonly authorization: Redacted.Redacted<string> | undefined
  readonly certificate: Redacted.Redacted<string> | undefined
  readonly key: Redacted.Redacted<string> | undefined
  /** PEM of the authorities that may have signed the server's certificate. */
  readonly authority: string | undefined
  /** Milliseconds since the epoch: read again from then on. */
  readonly goodUntil: number
}

export interface Credentials {
  readonly current: Effect.Effect<Credential, CredentialsUnavailable>
  /** After the server refused `refused`: another one, read afresh. */
  readonly renew: (refused: Credential) => Effect.Effect<Credential, CredentialsUnavailable>
}

const tokenFileLife = 60_000
const providerLife = 60_000
const pluginMargin = 30_000
/** Also of what has ended by our clock, or could not be read again: the server is the one to judge. */
const shortestLife = 10_000

/** A plugin whose tokens are refused is not run for every request. */
const betweenPlugins = 5000

const bearer = (token: string) => Redacted.make(`Bearer ${token.trim()}`)

const readFile = Effect.fnUntraced(function*(path: string, access: ClusterAccess) {
  const files = yield* FileSystem.FileSystem
  return yield* files.readFileString(path).pipe(
    Effect.mapError(() =>
      new CredentialsUnavailable({
        message: `${path}, named by ${access.origin}, cannot be read; check that it is there and readable`
      })
    )
  )
})

const readPem = Effect.fnUntraced(function*(pem: Pem | undefined, access: ClusterAccess) {
  if (pem === undefined) return undefined
  return "data" in pem ? pem.data : Redacted.make(yield* readFile(pem.file, access))
})

const makeFetch = Effect.gen(function*() {
  const authProvider = yield* makeAuthProvider
  return Effect.fnUntraced(function*(access: ClusterAccess) {
    const { user } = access
    const now = yield* Clock.currentTimeMillis
    const authority = yield* readPem(access.authority, access)
    const base: Credential = {
      access,
      authorization: undefined,
      certificate: yield* readPem(user.certificate, access),
      key: yield* readPem(user.key, access),
      authority: authority === undefined ? undefined : Redacted.value(authority),
      goodUntil: Number.POSITIVE_INFINITY
    }
    if (user.tokenFile !== undefined)
      return { ...base, authorization: bearer(yield* readFile(user.tokenFile, access)), goodUntil: now + tokenFileLife }
    if (user.token !== undefined) return { ...base, authorization: bearer(Redacted.value(user.token)) }
    if (user.basic !== undefined) {
      const encoded = Buffer.from(Redacted.value(user.basic)).toString("base64")
      return { ...base, authorization: Redacted.make(`Basic ${encoded}`) }
    }
    if (user.exec !== undefined) {
      const given = yield* runExecPlugin(user.exec, access, base.authority)
      return {
        ...base,
        authorization: given.token === undefined ? undefined : bearer(Redacted.value(given.token)),
        certificate: given.certificate ?? base.certificate,
        key: given.key ?? base.key,
        goodUntil: given.expiresAt === undefined
          ? Number.POSITIVE_INFINITY
          : Math.max(now + shortestLife, given.expiresAt - pluginMargin)
      }
    }
    if (user.authProvider === undefined) return base
    return { ...base, authorization: yield* authProvider(access, user.authProvider), goodUntil: now + providerLife }
  })
})

/** Fails when there is no cluster to talk to, or no credentials for it, at the start. */
export const makeCredentials = Effect.fnUntraced(function*(request: KubeConfigRequest) {
  const context = yield* Effect.context<
    Effect.Services<ReturnType<typeof readKubeConfig>> | Effect.Services<ReturnType<Effect.Success<typeof makeFetch>>>
  >()
  const fetch = yield* makeFetch
  const lock = yield* Semaphore.make(1)
  let kept: Credential = yield* fetch(yield* readKubeConfig(request))
  let pluginAgainAt = Number.NEGATIVE_INFINITY

  const fetchAgain = readKubeConfig(request).pipe(
    Effect.mapError(({ message }) => new CredentialsUnavailable({ message })),
    Effect.flatMap(fetch),
    Effect.tap((credential) => Effect.sync(() => kept = credential)),
    Effect.provideContext(context)
  )

  const refreshed = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    if (now < kept.goodUntil) return kept
    return yield* fetchAgain.pipe(
      Effect.tapError((error) => Effect.logWarning(`Credentials could not be read again: ${error.message}`)),
      Effect.orElseSucceed(() => kept = { ...kept, goodUntil: now + shortestLife })
    )
  })

  const renewed = (refused: Credential) =>
    Effect.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      const tooSoon = kept.access.user.exec !== undefined && now < pluginAgainAt
      if (kept !== refused || tooSoon) return Effect.succeed(kept)
      pluginAgainAt = now + betweenPlugins
      return fetchAgain
    })

  return {
    current: Effect.clockWith((clock) =>
      clock.currentTimeMillisUnsafe() < kept.goodUntil ? Effect.succeed(kept) : lock.withPermit(refreshed)
    ),
    renew: (refused) => lock.withPermit(renewed(refused))
  } satisfies Credentials
})
