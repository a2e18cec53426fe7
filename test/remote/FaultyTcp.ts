// Stands in front of a server on loopback: counts its connections and breaks them. All of them end with the scope, and
// with this process; a server's process for one connection then ends too.
import { Effect, type Scope } from "effect"
import { connect, createServer, type Socket } from "node:net"
import { freePort } from "../cluster/FreePort.ts"

/** What happens to a connection: after so many bytes of the server's it goes silent, or is cut. */
export type TcpFault = { readonly stallAfter: number } | { readonly cutAfter: number }

export interface FaultyTcp {
  readonly port: number
  /** What the server has sent on each connection so far, in the order of connecting. Clear it by setting its length. */
  readonly connections: Array<{ readonly sentBytes: number }>
  /** Decides for each connection from now on. */
  readonly setFault: (plan: () => TcpFault | undefined) => void
  /** Nobody listens on the port any more, and open connections break. */
  readonly stop: Effect.Effect<void>
  /** On the same port again. */
  readonly start: Effect.Effect<void>
}

const limitOf = (fault: TcpFault | undefined) =>
  fault === undefined ? Number.POSITIVE_INFINITY : "stallAfter" in fault ? fault.stallAfter : fault.cutAfter

const relay = (client: Socket, server: Socket, fault: TcpFault | undefined, onSent: (bytes: number) => void) => {
  const limit = limitOf(fault)
  let sent = 0
  const endBoth = () => {
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) socket.setNoDelay(true).on("error", endBoth).on("close", endBoth)
  client.pipe(server)
  server.on("end", () => client.end())
  server.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, limit - sent)
    sent += part.length
    onSent(part.length)
    if (!client.write(part)) {
      server.pause()
      client.once("drain", () => server.resume())
    }
    if (part.length === chunk.length) return
    server.removeAllListeners("data").pause()
    if (fault !== undefined && "cutAfter" in fault) client.write("", endBoth)
  })
}

export const faultyTcp = (serverPort: number): Effect.Effect<FaultyTcp, never, Scope.Scope> =>
  Effect.gen(function*() {
    const connections: Array<{ sentBytes: number }> = []
    const open = new Set<Socket>()
    let planned: () => TcpFault | undefined = () => undefined
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const seen = { sentBytes: 0 }
      connections.push(seen)
      open.add(client.once("close", () => open.delete(client)))
      const there = connect({ port: serverPort, host: "127.0.0.1", allowHalfOpen: true })
      relay(client, there, planned(), (bytes) => (seen.sentBytes += bytes))
    })
    const listenOn = (port: number) =>
      Effect.callback<boolean>((resume) => {
        if (server.listening) return resume(Effect.succeed(true))
        const onError = () => resume(Effect.succeed(false))
        server.once("error", onError)
        server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
          server.off("error", onError)
          resume(Effect.succeed(true))
        })
      }).pipe(Effect.uninterruptible)
    const stop = Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      for (const socket of open) socket.destroy()
    })
    const anyPort: Effect.Effect<number> = Effect.flatMap(
      freePort,
      (port) => Effect.flatMap(listenOn(port), (isOpen) => isOpen ? Effect.succeed(port) : anyPort)
    )
    const port = yield* Effect.acquireRelease(anyPort, () => stop)
    return {
      port,
      connections,
      setFault: (plan) => void (planned = plan),
      stop,
      start: Effect.flatMap(
        listenOn(port),
        (isOpen) => isOpen ? Effect.void : Effect.die(new Error(`port ${port} was taken meanwhile`))
      )
    }
  })
