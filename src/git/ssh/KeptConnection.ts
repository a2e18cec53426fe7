/**
 * One connection, kept from use to use: opened when it is needed, anew when it has died or when what vouches for either side has changed on
 * disk. A host that isn't trusted is never logged in to.
 */
import { Effect, Exit, Option, Ref, Scope } from "effect"
import type { SshCredentials } from "../../config/Config.ts"
import type { GitFailure } from "../GitError.ts"
import type { SshUrl } from "../GitUrl.ts"
import { refusalOf } from "./HostKeyRefusal.ts"
import { hostName } from "./HostPattern.ts"
import { algorithmsFor, allAlgorithms, type HostKeyAlgorithm, judge, lookUp } from "./KnownHosts.ts"
import { type Login, makeLogin } from "./Login.ts"
import type { Offer } from "./Offer.ts"
import { connect, type SshConnection } from "./SshConnection.ts"
import * as SshFault from "./SshFault.ts"
import { desk } from "./Surroundings.ts"
import { makeTrust, type Trust } from "./Trust.ts"

interface Kept {
  readonly connection: SshConnection
  readonly login: Login
  readonly trust: Trust
  readonly scope: Scope.Closeable
}

export interface Usable {
  readonly connection: SshConnection
  readonly login: Login
  /** It was there before, so that it may have died without anybody noticing. */
  readonly wasKept: boolean
}

export interface KeptConnection {
  readonly get: Effect.Effect<Usable, GitFailure>
  /** Hangs up; the next use connects anew. */
  readonly drop: Effect.Effect<void>
}

const sameOffer = (left: Offer, right: Offer | undefined): boolean =>
  left._tag === "Agent" ? right?._tag === "Agent" : right?._tag === "Key" && left.key === right.key

const sameLogin = (left: Login, right: Login): boolean =>
  left.offers.length === right.offers.length &&
  left.offers.every((offer, index) => sameOffer(offer, right.offers[index]))

export const makeKeptConnection = Effect.fnUntraced(function*(url: SshUrl, credentials: SshCredentials) {
  const surroundings = yield* desk
  const currentLogin = yield* makeLogin(url.shown, credentials, surroundings)
  const currentTrust = yield* makeTrust(url.shown, credentials, surroundings)
  const kept = yield* Ref.make<Kept | undefined>(undefined)
  const outer = yield* Effect.scope

  const drop = Effect.flatMap(
    Ref.getAndSet(kept, undefined),
    (before) => before === undefined ? Effect.void : Scope.close(before.scope, Exit.void)
  )

  const attempt = Effect.fnUntraced(
    function*(trust: Trust, login: Login, algorithms: ReadonlyArray<HostKeyAlgorithm>) {
      const host = lookUp(trust.lines, hostName(url.host, url.port))
      let refusal = Option.none<GitFailure>()
      return yield* connect({
        host: url.host,
        port: url.port,
        username: url.username,
        offers: login.offers,
        algorithms,
        accepts: (shown) => {
          const judgement = judge(host, shown)
          if (judgement._tag !== "Trusted") refusal = Option.some(refusalOf(url, trust, shown, judgement))
          return judgement._tag === "Trusted"
        }
      }).pipe(Effect.mapError((broken) => ({
        noSuchHostKey: broken.noSuchHostKey,
        failure: Option.getOrElse(refusal, () => SshFault.fromBroken(url.shown, url.username, login, broken))
      })))
    }
  )

  const open = Effect.fnUntraced(function*(login: Login, trust: Trust) {
    const asked = algorithmsFor(lookUp(trust.lines, hostName(url.host, url.port)))
    const others = allAlgorithms.filter((name) => !asked.includes(name))
    const scope = yield* Scope.fork(outer)
    const connection = yield* attempt(trust, login, asked).pipe(
      /** It has none of the keys that are known: what it has instead is looked at to be refused by name. */
      Effect.catchIf(
        ({ noSuchHostKey }) => noSuchHostKey && others.length > 0,
        () => attempt(trust, login, others)
      ),
      Scope.provide(scope),
      Effect.mapError(({ failure }) => failure),
      Effect.onExit((exit) => Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))
    )
    yield* Ref.set(kept, { connection, login, trust, scope })
    return { connection, login, wasKept: false } satisfies Usable
  })

  const get = Effect.gen(function*() {
    const login = yield* currentLogin
    const trust = yield* currentTrust
    const before = yield* Ref.get(kept)
    if (
      before !== undefined && before.trust === trust && sameLogin(before.login, login) &&
      (yield* before.connection.isOpen)
    ) {
      return { connection: before.connection, login, wasKept: true } satisfies Usable
    }
    yield* drop
    return yield* open(login, trust)
  })

  return { get, drop } satisfies KeptConnection
})
