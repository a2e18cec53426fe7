// Owns what a test run starts outside itself: processes and temporary folders.
// Holds a pipe to the process that started it. When the pipe closes, for whatever reason,
// it stops the processes, the youngest first, removes the folders and ends.
import { spawn } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

/** Process group id → how to stop it, in the order of starting. */
const children = new Map()
const folders = new Set()

const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended already.
  }
}

const removeFolder = (folder) => {
  folders.delete(folder)
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  } catch (cause) {
    process.stderr.write(`could not remove ${folder}: ${cause.message}\n`)
  }
}

const start = (id, { command, args, env, cwd, stdout, stderr, graceMillis }) => {
  const out = openSync(stdout, "a")
  const err = stderr === stdout ? out : openSync(stderr, "a")
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", out, err] })
  closeSync(out)
  if (err !== out) closeSync(err)
  child.once("error", (cause) => answer({ id, error: cause.message }))
  child.once("spawn", () => {
    const ended = new Promise((resolve) =>
      child.once("exit", (code, signal) => {
        children.delete(child.pid)
        signalGroup(child.pid, "SIGKILL")
        answer({ exited: child.pid, code, signal })
        resolve()
      })
    )
    children.set(child.pid, { ended, graceMillis })
    answer({ id, pid: child.pid })
  })
}

const stop = async (pid) => {
  const child = children.get(pid)
  if (child === undefined) return
  signalGroup(pid, "SIGTERM")
  const late = setTimeout(() => signalGroup(pid, "SIGKILL"), child.graceMillis)
  await child.ended
  clearTimeout(late)
}

const receive = (line) => {
  const { id, ...request } = JSON.parse(line)
  try {
    if (request.makeFolder !== undefined) {
      const folder = mkdtempSync(join(tmpdir(), request.makeFolder))
      folders.add(folder)
      answer({ id, folder })
    } else if (request.removeFolder !== undefined) {
      removeFolder(request.removeFolder)
      answer({ id })
    } else if (request.start !== undefined)
      start(id, request.start)
    else if (request.signal !== undefined) {
      if (children.has(request.pid)) signalGroup(request.pid, request.signal)
      answer({ id })
    } else if (request.stop !== undefined) {
      void stop(request.stop).then(() => answer({ id }))
    }
  } catch (cause) {
    answer({ id, error: cause.message })
  }
}

const end = async () => {
  for (const pid of [...children.keys()].toReversed()) await stop(pid)
  for (const folder of folders) removeFolder(folder)
  process.exit(0)
}

// Only the pipe decides: a Ctrl-C reaches the whole terminal, and the parent may want to finish first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {})
process.stdout.on("error", () => {})
createInterface({ input: process.stdin }).on("line", receive).on("close", () => void end())
