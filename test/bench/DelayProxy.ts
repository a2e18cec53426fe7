// A TCP proxy that holds back what goes to the server for some milliseconds: a network that is far away, on which nothing
// else is slow. Ends with its scope.
import { Effect, type Scope } from "effect"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

const passOn = (from: Socket, to: Socket, millis: number) => {
  const later = (act: () => void) => millis === 0 ? act() : void setTimeout(act, millis)
  from.on("data", (chunk) => later(() => to.writable && to.write(chunk)))
  from.on("end", () => later(() => to.end()))
  from.on("error", () => to.destroy())
  from.on("close", () => later(() => to.destroySoon()))
}

/** Listens on loopback and answers its port. Adds `millis` to every round trip, to that of connecting too. */
export const delayProxy = (port: number, millis: number): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sockets = new Set<Socket>()
      const server = createServer({ noDelay: true }, (client) => {
        const upstream = connect({ port, host: "127.0.0.1", noDelay: true })
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          socket.once("close", () => sockets.delete(socket))
        }
        passOn(client, upstream, millis)
        passOn(upstream, client, 0)
      })
      server.listen(0, "127.0.0.1", () => {
        const close = () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        }
        resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ port: listening }) => listening))
