// A way to a test's API server that breaks answers as a bad network or a sick server does: instead of an answer an error,
// half an answer, an end in the middle. What is asked on it is asked as the kubeconfig's user.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import { Agent, request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"

export type Fault =
  | { readonly _tag: "Instead"; readonly status: number; readonly body: string }
  /** So many lines of the answer; then it ends as if that were all, or its connection breaks. */
  | { readonly _tag: "Lines"; readonly count: number; readonly ending: "clean" | "broken" }
  /** So many bytes of the answer; then its connection breaks. */
  | { readonly _tag: "Bytes"; readonly count: number }
  /** Asked for at another place. */
  | { readonly _tag: "Elsewhere"; readonly url: string }

const decoded = (base64: string) => Buffer.from(base64, "base64")

const firstLines = (from: NodeJS.ReadableStream, to: ServerResponse, fault: Fault & { readonly _tag: "Lines" }) => {
  let left = fault.count
  const lines = createInterface({ input: from })
  lines.on("line", (line) => {
    if (left-- > 0) to.write(`${line}\n`)
    else if (fault.ending === "clean") lines.close()
    else to.destroy()
  })
  lines.on("close", () => to.end())
  lines.on("error", () => to.destroy())
}

const firstBytes = (from: NodeJS.ReadableStream, to: ServerResponse, count: number) => {
  let left = count
  from.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, left)
    left -= part.length
    to.write(part)
    if (left === 0) to.destroy()
  }).on("end", () => to.destroy())
}

/** The same cluster and user, at an address of its own. Ends with its scope. */
export const brokenWay = (original: string) =>
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
    let planned: (url: string) => Fault | undefined = () => undefined
    const listener = createServer((call, answer) => {
      const url = call.url ?? "/"
      const fault = planned(url)
      if (fault?._tag === "Instead") {
        answer.writeHead(fault.status, { "content-type": "application/json" }).end(fault.body)
        return
      }
      const { method, headers: { host: _, "accept-encoding": __, ...headers } } = call
      const target = new URL(fault?._tag === "Elsewhere" ? fault.url : url, cluster.server)
      const forwarded = request(target, { method, headers, agent }, (response) => {
        const { "content-length": _, ...others } = response.headers
        answer.writeHead(response.statusCode ?? 502, fault === undefined ? response.headers : others)
        // A watch says nothing for long after its head
        answer.flushHeaders()
        response.on("error", () => answer.destroy())
        if (fault?._tag === "Lines") firstLines(response, answer, fault)
        else if (fault?._tag === "Bytes") firstBytes(response, answer, fault.count)
        else response.pipe(answer)
      })
      forwarded.on("error", () => answer.destroy())
      answer.on("close", () => forwarded.destroy())
      call.pipe(forwarded)
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
    return {
      kubeconfig,
      /** Every connection that is open breaks now. */
      breakAll,
      /** Decides for each request from now on, by its path and query. */
      setFault: (plan: typeof planned) => Effect.sync(() => void (planned = plan))
    }
  })
