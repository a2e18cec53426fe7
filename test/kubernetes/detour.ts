// A way to a test's API server that can be closed and opened again: for a client, the server is gone for a while.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

/** The same kubeconfig with the detour as its server. Ends with its scope. */
export const detour = (original: string) =>
  Effect.gen(function*() {
    const text = readFileSync(original, "utf8")
    const server: string = JSON.parse(text).clusters[0].cluster.server
    const sockets = new Set<Socket>()
    let closed = false
    const keep = (socket: Socket) => {
      sockets.add(socket)
      socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy())
      return socket
    }
    const dropAll = Effect.sync(() => {
      for (const socket of sockets) socket.destroy()
    })
    const listener = createServer((client) => {
      if (closed) {
        client.destroy()
        return
      }
      const upstream = keep(connect(Number(new URL(server).port), "127.0.0.1"))
      keep(client).pipe(upstream).pipe(client)
      client.on("close", () => upstream.destroy())
      upstream.on("close", () => client.destroy())
    })
    yield* Effect.callback<void>((resume) => {
      listener.listen(0, "127.0.0.1", () => resume(Effect.void))
    })
    yield* Effect.addFinalizer(() => Effect.andThen(Effect.sync(() => listener.close()), dropAll))
    const folder = yield* temporaryFolder("gitops-detour-")
    const kubeconfig = join(folder, "kubeconfig")
    const { port } = listener.address() as AddressInfo
    yield* Effect.sync(() =>
      writeFileSync(kubeconfig, text.replace(server, `https://127.0.0.1:${port}`), { mode: 0o600 })
    )
    return {
      kubeconfig,
      close: Effect.andThen(Effect.sync(() => closed = true), dropAll),
      open: Effect.sync(() => closed = false)
    }
  })
