/**
 * Requests with credentials: those of the moment are added to each, and one that is refused with 401 is sent once more
 * after they were read again. New certificates get new connections.
 */
import { Effect, Redacted, type Scope } from "effect"
import { ApiUnauthorized, ApiUnreachable, type RequestSubject } from "../ApiError.ts"
import { type Credential, makeCredentials } from "./Credentials.ts"
import type { CredentialsUnavailable } from "./ExecPlugin.ts"
import type { KubeConfigRequest } from "./KubeConfigFile.ts"
import type { OpenAnswer } from "./OpenAnswer.ts"
import { type HttpAnswer, type HttpRequest, makeTransport, type TransportTarget } from "./Transport.ts"
import type { TransportFault } from "./TransportFault.ts"

export interface SessionRequest extends Omit<HttpRequest, "headers"> {
  readonly subject: RequestSubject
  /** Name, value, name, value; without credentials. */
  readonly headers: ReadonlyArray<string>
}

export type SessionFailure = ApiUnreachable | ApiUnauthorized

export interface Session {
  /** The API server's address. */
  readonly server: string
  /** Where it was found, for people. */
  readonly origin: string
  readonly send: (request: SessionRequest) => Effect.Effect<HttpAnswer, SessionFailure>
  readonly open: (request: SessionRequest) => Effect.Effect<OpenAnswer, SessionFailure, Scope.Scope>
  readonly unreachable: (subject: RequestSubject, fault: TransportFault) => ApiUnreachable
}

const transportTarget = ({ access, authority, certificate, key }: Credential): TransportTarget => ({
  origin: new URL(access.server).origin,
  proxy: access.proxy,
  tls: {
    ca: authority,
    cert: certificate === undefined ? undefined : Redacted.value(certificate),
    key: key === undefined ? undefined : Redacted.value(key),
    servername: access.tlsServerName,
    rejectUnauthorized: !access.insecure
  }
})

const identityHeaders = ({ access, authorization }: Credential): ReadonlyArray<string> => [
  "User-Agent",
  "gitops-controller",
  ...(authorization === undefined ? [] : ["Authorization", Redacted.value(authorization)]),
  ...access.user.impersonate.flat()
]

const sameTarget = (a: TransportTarget, b: TransportTarget): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Ends with its scope. Fails when there is no cluster to talk to, or no credentials at the start. */
export const makeSession = Effect.fnUntraced(function*(request: KubeConfigRequest) {
  const credentials = yield* makeCredentials(request)
  let adopted = yield* credentials.current
  let target = transportTarget(adopted)
  let identity = identityHeaders(adopted)
  const transport = yield* makeTransport(target)
  const { origin, server } = adopted.access
  const prefix = new URL(server).pathname.replace(/\/$/, "")

  const adopt = (credential: Credential): Effect.Effect<void> => {
    adopted = credential
    identity = identityHeaders(credential)
    const next = transportTarget(credential)
    if (sameTarget(target, next)) return Effect.void
    target = next
    return transport.retarget(next)
  }

  const unreachable = (subject: RequestSubject, { kind, reason }: TransportFault) =>
    new ApiUnreachable({ server, subject, kind, reason })

  const encode = ({ body, headers, method, patience, path }: SessionRequest): HttpRequest => ({
    method,
    path: prefix + path,
    headers: [...identity, ...headers],
    patience,
    ...(body === undefined ? {} : { body })
  })

  const authenticated = <A extends { readonly status: number }, R>(
    { subject, ...rest }: SessionRequest,
    exchange: (request: HttpRequest) => Effect.Effect<A, TransportFault, R>
  ): Effect.Effect<A, SessionFailure, R> => {
    const once = (using: Effect.Effect<Credential, CredentialsUnavailable>) =>
      using.pipe(
        Effect.mapError(({ message }) => new ApiUnauthorized({ server, subject, reason: message })),
        Effect.flatMap((credential) => {
          const sent = Effect.suspend(() => exchange(encode({ subject, ...rest }))).pipe(
            Effect.mapError((fault) => unreachable(subject, fault))
          )
          return credential === adopted ? sent : Effect.andThen(adopt(credential), sent)
        })
      )
    return Effect.suspend(() => {
      const before = adopted
      return Effect.flatMap(
        once(credentials.current),
        (answer) => answer.status === 401 ? once(credentials.renew(before)) : Effect.succeed(answer)
      )
    })
  }

  return {
    server,
    origin,
    send: (request) => authenticated(request, transport.send),
    open: (request) => authenticated(request, transport.open),
    unreachable
  } satisfies Session
})
