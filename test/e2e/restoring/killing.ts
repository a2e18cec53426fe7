// Kills the controller with -9 at what it writes, on either side: before the write gets there, or before its answer comes back.
import { Effect } from "effect"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { apiProxy, type Call } from "../../cluster/ApiProxy.ts"
import { type BareRepository } from "../../remote/BareRepository.ts"

type Moment = "before" | "after"

/** Of what is asked in between, and of the Lease, nothing depends on the restore. */
const isWrite = ({ method, url }: Call) => method !== "GET" && !/[?&]dryRun=|\/leases\b|\/events\b|reviews\b/.test(url)

const named = ({ method, url }: Call) => `${method} ${url.split("?")[0]}`

const hook = (folder: string, moment: Moment) =>
  `#!/bin/sh
cd "${folder}"
if [ -e ${moment} ]; then
  rm ${moment}
  kill -9 "$(cat pid)"
  ${moment === "before" ? "exit 1" : "exit 0"}
fi
`

/** Ends with its scope. */
export const killing = Effect.fnUntraced(function*(kubeconfig: string, repository: BareRepository, folder: string) {
  const killed: Array<string> = []
  const met = new Set<string>()
  let pid: number | undefined
  const kill = (what: string) => {
    if (pid === undefined) return
    process.kill(pid, "SIGKILL")
    pid = undefined
    killed.push(what)
  }
  /** Whether it is killed there now: once for each write and moment. */
  const isDue = (moment: Moment, write: string) => {
    const what = `${moment} ${write}`
    if (pid === undefined || met.has(what)) return false
    met.add(what)
    return true
  }
  const way = yield* apiProxy(kubeconfig, (call) => {
    if (!isWrite(call)) return undefined
    const write = named(call)
    if (isDue("before", write)) {
      kill(`before ${write}`)
      return { answer: (to) => void to.destroy() }
    }
    if (!isDue("after", write)) return undefined
    return {
      pass: (from, to) => {
        from.resume()
        from.on("end", () => {
          kill(`after ${write}`)
          to.destroy()
        })
      }
    }
  })
  mkdirSync(join(repository.path, "hooks"), { recursive: true })
  for (const [moment, name] of [["before", "pre-receive"], ["after", "post-receive"]] as const)
    writeFileSync(join(repository.path, "hooks", name), hook(folder, moment), { mode: 0o755 })
  return {
    kubeconfig: way.kubeconfig,
    /** Where it was killed so far. */
    killed,
    /** A new life began. */
    watch: (alive: number) =>
      Effect.sync(() => {
        pid = alive
        writeFileSync(join(folder, "pid"), String(alive))
      }),
    /** Its next push is its last act, if it comes to one in this life. */
    atPush: (moment: Moment) => Effect.sync(() => writeFileSync(join(folder, moment), "")),
    /** From now on it lives. */
    stop: Effect.sync(() => {
      pid = undefined
      for (const moment of ["before", "after"]) rmSync(join(folder, moment), { force: true })
    })
  }
})
