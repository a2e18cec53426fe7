// A way to a test's API server on which it has no OpenAPI v3, until it is given back.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { Agent, request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const decoded = (base64: string) => Buffer.from(base64, "base64")

/** The same cluster and user, at an address of its own. Ends with its scope. */
export const withoutOpenApi = (original: string) =>
  Effect.gen(function*() {
    const config = JSON.parse(readFileSync(original, "utf8"))
    const [{ cluster }] = config.clusters
    const [{ user }] = config.users
    const agent = new Agent({
      keepAlive: true,
      ca: decoded(cluster["certificate-authority-data"]),
      cert: decoded(user["client-certificate-data"]),
      key: decoded(user["client-key-data"])
    })
    let hidden = true
    const refused: Array<string> = []
    const listener = createServer((call, answer) => {
      const url = call.url ?? "/"
      if (hidden && url.startsWith("/openapi/v3")) {
        refused.push(url)
        answer.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n")
        return
      }
      const { method, headers: { host: _, ...headers } } = call
      const forwarded = request(new URL(url, cluster.server), { method, headers, agent }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        // A watch says nothing for long after its head
        answer.flushHeaders()
        response.pipe(answer)
      })
      forwarded.on("error", () => answer.destroy())
      answer.on("close", () => forwarded.destroy())
      call.pipe(forwarded)
    })
    yield* Effect.callback<void>((resume) => {
      listener.listen(0, "127.0.0.1", () => resume(Effect.void))
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        listener.close()
        listener.closeAllConnections()
        agent.destroy()
      })
    )
    const kubeconfig = join(yield* temporaryFolder("gitops-proxy-"), "kubeconfig")
    const { port } = listener.address() as AddressInfo
    const proxied = {
      ...config,
      clusters: [{ name: config.clusters[0].name, cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: config.users[0].name, user: {} }]
    }
    yield* Effect.sync(() => writeFileSync(kubeconfig, JSON.stringify(proxied), { mode: 0o600 }))
    return {
      kubeconfig,
      /** What was asked for in vain. */
      refused: Effect.sync(() => [...refused]),
      give: Effect.sync(() => hidden = false)
    }
  })
