// A way to a test's API server on which each request can be met: answered by the test, sent on changed, or watched as it passes.
// What is asked on it is asked as the kubeconfig's user.
import { Effect, type Scope } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Agent, request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export interface Call {
  readonly method: string
  /** Path and query. */
  readonly url: string
}

/** What becomes of a call that isn't simply sent on. */
export interface Meeting {
  /** Instead of sending it on. */
  readonly answer?: (to: ServerResponse) => void
  /** Sent on only then. */
  readonly after?: Promise<void>
  /** Asked for at another place. */
  readonly url?: string
  /** Takes the server's answer, and passes of it on what it wants. */
  readonly pass?: (from: IncomingMessage, to: ServerResponse) => void
}

export interface ApiProxy {
  /** The same cluster and user, at the proxy's address. */
  readonly kubeconfig: string
  /** Every connection that is open breaks now. */
  readonly breakAll: Effect.Effect<void>
}

const decoded = (base64: string) => Buffer.from(base64, "base64")

/** Ends with its scope. @param meet `undefined`: the call is sent on, and answered as the server answers. */
export const apiProxy = (
  original: string,
  meet: (call: Call) => Meeting | undefined
): Effect.Effect<ApiProxy, never, Scope.Scope> =>
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
    const sendOn = (call: IncomingMessage, answer: ServerResponse, met: Meeting | undefined) => {
      const { headers, method = "GET", url = "/" } = call
      const { host: _, ...others } = headers
      // What is looked into must not come compressed.
      const { "accept-encoding": __, ...plain } = others
      const target = new URL(met?.url ?? url, cluster.server)
      const forwarded = request(
        target,
        { method, headers: met?.pass === undefined ? others : plain, agent },
        (response) => {
          const { "content-length": _, ...open } = response.headers
          response.on("error", () => answer.destroy())
          answer.writeHead(response.statusCode ?? 502, met?.pass === undefined ? response.headers : open)
          // A watch says nothing for long after its head.
          answer.flushHeaders()
          if (met?.pass === undefined) response.pipe(answer)
          else met.pass(response, answer)
        }
      )
      forwarded.on("error", () => answer.destroy())
      answer.on("close", () => forwarded.destroy())
      call.pipe(forwarded)
    }
    const listener = createServer((call, answer) => {
      const { method = "GET", url = "/" } = call
      const met = meet({ method, url })
      if (met?.answer !== undefined) return met.answer(answer)
      if (met?.after === undefined) return sendOn(call, answer, met)
      met.after.then(() => sendOn(call, answer, met))
    })
    yield* Effect.callback<void>((resume) => {
      listener.listen(0, "127.0.0.1", () => resume(Effect.void))
    })
    const breakAll = Effect.sync(() => listener.closeAllConnections())
    yield* Effect.addFinalizer(() =>
      Effect.andThen(
        Effect.sync(() => {
          listener.close()
          agent.destroy()
        }),
        breakAll
      )
    )
    const kubeconfig = join(yield* temporaryFolder("gitops-way-"), "kubeconfig")
    const { port } = listener.address() as AddressInfo
    const proxied = {
      ...config,
      clusters: [{ name: config.clusters[0].name, cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: config.users[0].name, user: {} }]
    }
    yield* Effect.sync(() => writeFileSync(kubeconfig, JSON.stringify(proxied), { mode: 0o600 }))
    return { kubeconfig, breakAll }
  })
