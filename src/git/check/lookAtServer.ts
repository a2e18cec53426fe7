/**
 * What can be seen of an HTTP server from outside: whether it takes connections, and the certificate that it shows. Only seen, not judged:
 * whether the certificate is trusted is for the transport to say.
 */
import { DateTime, Duration, Effect, Option, type Scope } from "effect"
import { createConnection, isIP, type Socket } from "node:net"
import { connect, type TLSSocket } from "node:tls"
import type { HttpBroken } from "../https/HttpClient.ts"
import * as HttpFault from "../https/HttpFault.ts"
import { words } from "../wire/WireFault.ts"
import type { Endpoint } from "./Endpoint.ts"

const patience = Duration.seconds(10)
const noAnswer: HttpBroken = { code: "UND_ERR_CONNECT_TIMEOUT", reason: "" }

const connected = ({ host, port }: Endpoint): Effect.Effect<Socket, HttpBroken, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => createConnection({ host, port })),
    (socket) => Effect.sync(() => socket.destroy())
  ).pipe(
    Effect.flatMap((socket) =>
      Effect.callback<Socket, HttpBroken>((resume) => {
        socket.once("connect", () => resume(Effect.succeed(socket)))
        socket.on(
          "error",
          (error: NodeJS.ErrnoException) => resume(Effect.fail({ code: error.code ?? "", reason: error.message }))
        )
      })
    ),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(noAnswer) })
  )

const day = (time: string): string =>
  Option.match(DateTime.make(time), { onNone: () => time, onSome: DateTime.formatIsoDateUtc })

const described = (socket: TLSSocket): string => {
  const { issuer, subject, valid_to: end } = socket.getPeerCertificate()
  const by = issuer?.O ?? issuer?.CN ?? "nobody"
  return words(
    `${socket.getProtocol() ?? "TLS"}, a certificate of ${subject?.CN ?? "no name"} by ${by} until ${day(end ?? "?")}`
  )
}

/** `undefined` where there is no TLS, or none that works. */
const certificate = (socket: Socket, host: string): Effect.Effect<string | undefined> =>
  Effect.callback<string | undefined>((resume) => {
    const tls = connect({ socket, rejectUnauthorized: false, ...isIP(host) === 0 ? { servername: host } : {} })
    tls.once("secureConnect", () => resume(Effect.succeed(described(tls))))
    tls.on("error", () => resume(Effect.succeed(undefined)))
    tls.once("close", () => resume(Effect.succeed(undefined)))
  }).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(undefined) }))

const addressOf = ({ remoteAddress = "", remotePort = 0 }: Socket): string =>
  `${isIP(remoteAddress) === 6 ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`

/** A sentence for people. @param isTls whether the server speaks TLS; behind a proxy that isn't looked at */
export const lookAtServer = Effect.fnUntraced(function*(endpoint: Endpoint, isTls: boolean) {
  const { host, where } = endpoint
  const socket = yield* Effect.mapError(connected(endpoint), (broken) => HttpFault.fromBroken(where, broken))
  const address = addressOf(socket)
  if (where.proxy !== undefined) return `${address}, the proxy ${where.proxy.origin}`
  const shown = isTls ? yield* certificate(socket, host) : undefined
  return shown === undefined ? address : `${address}, ${shown}`
}, Effect.scoped)
