// A line to a server on loopback that breaks when told to, once: after so many more bytes that go one way. Connections on it end
// with the scope; what the server does for one of them ends too.
import { Effect, type Scope } from "effect"
import { connect, createServer, type Server, type Socket } from "node:net"
import { freePort } from "../cluster/FreePort.ts"

/** `up` is what the client sends. */
export type Direction = "up" | "down"

export interface Break {
  readonly direction: Direction
  /** More bytes; whatever comes after them is lost. */
  readonly after: number
  /** A connection that stalls stays open and carries nothing any more, either way. */
  readonly how: "cut" | "stall"
}

export interface BreakableLine {
  readonly port: number
  /** Bytes so far, of all connections. */
  readonly carried: { readonly up: number; readonly down: number }
  /** One connection breaks; those after it work. */
  readonly breakOnce: (next: Break) => void
  /** How often it broke. */
  readonly breaks: () => number
}

const listen = (server: Server, port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const onError = () => resume(Effect.succeed(false))
    server.once("error", onError)
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.off("error", onError)
      resume(Effect.succeed(true))
    })
  })

export const breakableLine = (serverPort: number): Effect.Effect<BreakableLine, never, Scope.Scope> =>
  Effect.gen(function*() {
    const carried = { up: 0, down: 0 }
    const open = new Set<Socket>()
    let planned: Break | undefined
    let breaks = 0

    const relay = (client: Socket, there: Socket) => {
      let isDead = false
      const endBoth = () => {
        client.destroy()
        there.destroy()
      }
      const carry = (direction: Direction, from: Socket, to: Socket) => {
        from.on("end", () => isDead || to.end())
        from.on("data", (chunk: Buffer) => {
          if (isDead) return
          const left = planned?.direction === direction ? planned.after : Number.POSITIVE_INFINITY
          const part = chunk.subarray(0, left)
          carried[direction] += part.length
          if (part.length === chunk.length) {
            if (planned?.direction === direction) planned = { ...planned, after: left - part.length }
            if (to.write(part)) return
            from.pause()
            to.once("drain", () => from.resume())
            return
          }
          const isCut = planned?.how === "cut"
          planned = undefined
          isDead = true
          breaks++
          to.write(part, () => isCut && endBoth())
        })
      }
      for (const socket of [client, there]) {
        open.add(socket)
        socket.setNoDelay(true).on("error", endBoth).on("close", () => {
          open.delete(socket)
          endBoth()
        })
      }
      carry("up", client, there)
      carry("down", there, client)
    }

    const server = createServer(
      { allowHalfOpen: true },
      (client) => relay(client, connect({ port: serverPort, host: "127.0.0.1", allowHalfOpen: true }))
    )
    const stop = Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      for (const socket of open) socket.destroy()
    })
    const anyPort: Effect.Effect<number> = Effect.flatMap(
      freePort,
      (port) => Effect.flatMap(listen(server, port), (isOpen) => isOpen ? Effect.succeed(port) : anyPort)
    )
    const port = yield* Effect.acquireRelease(anyPort, () => stop)
    return { port, carried, breakOnce: (next) => void (planned = next), breaks: () => breaks }
  })
