// A way to a test's API server that can be closed and opened again: for a client, the server is gone for a while.
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { kubeconfigText } from "../cluster/Kubeconfig.ts"
import type { StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

type Reachable = Pick<StartedControlPlane, "address">

/** An admin's kubeconfig whose server is the detour. Ends with its scope. */
export const detour = (cluster: Reachable) =>
  Effect.gen(function*() {
    const { authority, admin, server } = cluster.address
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
    const text = kubeconfigText({ server: `https://127.0.0.1:${port}`, ca: authority.certificate, user: admin })
    yield* Effect.sync(() => writeFileSync(kubeconfig, text, { mode: 0o600 }))
    return {
      kubeconfig,
      close: Effect.andThen(Effect.sync(() => closed = true), dropAll),
      open: Effect.sync(() => closed = false)
    }
  })
