// A proxy as companies run it: tunnels by CONNECT, plain HTTP by the whole URL, and perhaps a user and a password. Ends with its scope.
import { Effect, type Scope } from "effect"
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import { connect, type Socket } from "node:net"
import type { KeyPair } from "../cluster/Certificates.ts"
import type { Login } from "./HttpCredentials.ts"

export interface ConnectProxy {
  /** `127.0.0.1:port` */
  readonly host: string
  readonly url: string
  /** What was asked for, in order: `CONNECT host:port` or `GET http://…`. Clear it by setting its length. */
  readonly asked: Array<string>
  /** From now on everybody is answered with this status instead of a connection; `undefined`: no longer. */
  readonly refuse: (status: number | undefined) => void
  /** From now on it takes requests for tunnels and says nothing. */
  readonly stall: () => void
}

/**
 * @param login whom it lets through; absent: everybody
 * @param certificate what it shows over HTTPS; absent: it speaks plain HTTP
 */
export const startConnectProxy = (
  login?: Login,
  certificate?: KeyPair
): Effect.Effect<ConnectProxy, never, Scope.Scope> =>
  Effect.gen(function*() {
    const asked: Array<string> = []
    const open = new Set<Socket>()
    let refused: number | undefined
    let stalls = false
    const wanted = login === undefined
      ? undefined
      : `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`
    const statusFor = ({ headers }: IncomingMessage): number | undefined =>
      refused ?? (wanted !== undefined && headers["proxy-authorization"] !== wanted ? 407 : undefined)

    const pass = (request: IncomingMessage, response: ServerResponse) => {
      asked.push(`${request.method} ${request.url}`)
      const status = statusFor(request)
      if (status !== undefined) return void response.writeHead(status, { "content-type": "text/plain" }).end("no\n")
      const { "proxy-authorization": _, ...headers } = request.headers
      const there = forward(request.url ?? "", { method: request.method ?? "GET", headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      there.on("error", () => response.destroy())
      request.pipe(there)
    }
    const server = certificate === undefined
      ? createServer(pass)
      : createHttpsServer({ cert: certificate.certificate, key: certificate.key }, pass)
    server.on("connection", (socket) => open.add(socket.once("close", () => open.delete(socket))))
    server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
      asked.push(`CONNECT ${request.url}`)
      client.on("error", () => client.destroy())
      if (stalls) return
      const status = statusFor(request)
      if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
      const [host = "", port = ""] = (request.url ?? "").split(/:(?=\d+$)/)
      const there = connect(Number(port), host, () => {
        client.write("HTTP/1.1 200 Connected\r\n\r\n")
        there.write(head)
        there.pipe(client).pipe(there)
      })
      open.add(there.once("close", () => client.destroy()).on("error", () => client.destroy()))
      client.once("close", () => there.destroy())
    })
    const port = yield* Effect.acquireRelease(
      Effect.callback<number>((resume) => {
        server.listen({ port: 0, host: "127.0.0.1" }, () => {
          const address = server.address()
          resume(
            typeof address === "object" && address !== null
              ? Effect.succeed(address.port)
              : Effect.die(new Error("the proxy has no port"))
          )
        })
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of open) socket.destroy()
        })
    )
    const host = `127.0.0.1:${port}`
    return {
      host,
      url: `${certificate === undefined ? "http" : "https"}://${host}`,
      asked,
      refuse: (status) => void (refused = status),
      stall: () => void (stalls = true)
    }
  })
