/**
 * The way to one server over HTTP: its certificates and our credentials as their files are now, the proxy of the environment. A server that
 * asks who we are is answered, once or twice.
 */
import { Effect, Exit, Redacted, Ref, Result, Scope, Stream } from "effect"
import type { HttpsCredentials } from "../../config/Config.ts"
import * as SecretFile from "../../config/SecretFile.ts"
import { CredentialUnreadable, type GitFailure, RemoteUnreachable } from "../GitError.ts"
import type { HttpUrl } from "../GitUrl.ts"
import { agent } from "../wire/LsRefs.ts"
import { type HttpAnswer, type HttpClient, type HttpRequest, makeHttpClient } from "./HttpClient.ts"
import * as HttpFault from "./HttpFault.ts"
import { makeHttpLogin, type Shown } from "./HttpLogin.ts"
import * as HttpProxy from "./HttpProxy.ts"

export interface HttpRequested extends HttpRequest {
  /** Sent again when a kept connection turns out to be closed. */
  readonly repeatable: boolean
}

export interface HttpGiven extends Omit<HttpAnswer, "body">, Pick<Shown, "hide" | "who"> {
  readonly body: Stream.Stream<Buffer, GitFailure>
}

export interface HttpConnection {
  readonly where: HttpFault.Where
  /** Hangs up when the scope closes. */
  readonly send: (request: HttpRequested) => Effect.Effect<HttpGiven, GitFailure, Scope.Scope>
}

interface Connected {
  readonly client: HttpClient
  readonly files: ReadonlyArray<Redacted.Redacted | undefined>
  readonly scope: Scope.Closeable
}

const sameFiles = (left: Connected["files"], right: Connected["files"]) =>
  left.every((file, index) => file === right[index])

/** What belongs into which file. */
const contents = {
  caFile: "the certificates to trust (PEM)",
  certFile: "the client certificate (PEM)",
  keyFile: "the key of the client certificate (PEM)"
} as const

/** With a helper, the second may be an old password that it gave, the third what it gives after forgetting that one. */
const mostLogins = 3

export const makeHttpConnection = Effect.fnUntraced(
  function*({ href, shown: url }: HttpUrl, credentials: HttpsCredentials) {
    const { caFile } = credentials
    const proxy = HttpProxy.proxyFor(href, yield* HttpProxy.proxyVariables)
    const through = Result.getOrElse(proxy, () => undefined)
    const where: HttpFault.Where = {
      url,
      ...caFile === undefined ? {} : { caFile },
      ...through === undefined ? {} : { proxy: { origin: through.origin, variable: through.variable } }
    }
    const login = yield* makeHttpLogin(href, credentials)
    const tlsFiles = yield* Effect.forEach(["caFile", "certFile", "keyFile"] as const, (key) => {
      const file = credentials[key]
      return file === undefined ? Effect.succeed(undefined) : SecretFile.make(file, contents[key])
    })
    const connection = yield* Ref.make<Connected | undefined>(undefined)
    /** Of now, not of the first connection: whoever asks begins later, and so is stopped before. */
    const outer = yield* Scope.fork(yield* Effect.scope)

    const read = Effect.forEach(tlsFiles, (file) => file === undefined ? Effect.succeed(undefined) : file.read)
      .pipe(
        Effect.mapError((error) => new CredentialUnreadable({ url, reason: error.message }))
      )

    /** The client of the certificates as they are now. */
    const connected = Effect.gen(function*() {
      if (Result.isFailure(proxy)) return yield* new RemoteUnreachable({ url, reason: proxy.failure })
      const files = yield* read
      const current = yield* Ref.get(connection)
      if (current !== undefined && sameFiles(current.files, files)) return current.client
      if (current !== undefined) {
        yield* Ref.set(connection, undefined)
        yield* Scope.close(current.scope, Exit.void)
      }
      const scope = yield* Scope.fork(outer)
      const [ca, cert, key] = files.map((file) => file === undefined ? undefined : Redacted.value(file))
      const trust = {
        ...ca === undefined ? {} : { ca },
        ...cert === undefined ? {} : { cert },
        ...key === undefined ? {} : { key }
      }
      const client = yield* makeHttpClient(trust, through).pipe(
        Scope.provide(scope),
        Effect.mapError((broken) => HttpFault.fromBroken(where, broken))
      )
      yield* Ref.set(connection, { client, files, scope })
      return client
    })

    const once = Effect.fnUntraced(function*({ repeatable, ...request }: HttpRequested, { header }: Shown) {
      const client = yield* connected
      const headers = {
        "accept-encoding": "gzip",
        "user-agent": agent,
        ...request.headers,
        ...header === undefined ? {} : { authorization: Redacted.value(header) }
      }
      return yield* client.send({ ...request, headers }).pipe(
        Effect.retry({ times: repeatable ? 1 : 0, while: HttpFault.isLost }),
        Effect.mapError((broken) => HttpFault.fromBroken(where, broken))
      )
    })

    const send = Effect.fnUntraced(function*(request: HttpRequested) {
      const outermost = yield* Effect.scope
      for (let logins = 1;; logins++) {
        const shown = yield* login.current
        const scope = yield* Scope.fork(outermost)
        const answer = yield* once(request, shown).pipe(Scope.provide(scope))
        if (answer.status === 401 && (yield* login.refused(shown)) && logins < mostLogins) {
          yield* Scope.close(scope, Exit.void)
          continue
        }
        if (answer.status < 300) yield* login.accepted
        const body = Stream.mapError(answer.body, (broken) => HttpFault.fromBroken(where, broken))
        return { ...answer, body, who: shown.who, hide: shown.hide }
      }
    })

    return { where, send } satisfies HttpConnection
  }
)
