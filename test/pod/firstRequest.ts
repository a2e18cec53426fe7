// How much work a start is, until an API server hears of it.
import { Effect, type Scope } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

/** Answers 503 to all; tells of the first. */
const unavailableServer = (onRequest: () => void): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((_, response) => {
        onRequest()
        response.writeHead(503).end()
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.sync(() => server.close())
  ).pipe(Effect.map((server) => {
    const address = server.address()
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
  }))

const kubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "none", cluster: { server } }],
    users: [{ name: "nobody", user: {} }],
    contexts: [{ name: "none", context: { cluster: "none", user: "nobody" } }],
    "current-context": "none"
  })

const ticksPerSecond = 100

/** Milliseconds that a process has kept processors busy, all its threads together. Linux tells. */
const busyMillis = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number)
  return ((user + system) * 1000) / ticksPerSecond
}

/**
 * Milliseconds of work from starting the process to its first request. On a machine with nothing else to do that is
 * about how long it takes; on a busy one it stays the same.
 */
export const firstRequest = (program: string) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-start-")
    const asked = Promise.withResolvers<void>()
    const server = yield* unavailableServer(asked.resolve)
    writeFileSync(join(folder, "kubeconfig"), kubeconfig(server))
    writeFileSync(join(folder, "config.yaml"), JSON.stringify({ http: { port: 0 }, rules: [{ syncTo: "kubernetes" }] }))
    const { pid } = yield* startProcess({
      command: process.execPath,
      args: [program, `file://${folder}/none.git`, "--kubeconfig", "kubeconfig"],
      folder
    })
    yield* Effect.promise(() => asked.promise)
    return busyMillis(pid)
  }).pipe(Effect.scoped, Effect.timeout("30 seconds"))
