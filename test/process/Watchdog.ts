// The connection to this process's watchdog (watchdog.mjs), started when first needed.
// Everything it is asked for ends with this process, however this process ends.
import { type ChildProcess, spawn } from "node:child_process"
import type { Socket } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

export interface StartRequest {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Files the output is appended to; they may be the same one. */
  readonly stdout: string
  readonly stderr: string
  /** How long SIGTERM may take before SIGKILL follows. */
  readonly graceMillis: number
}

export interface Exited {
  readonly code: number | null
  readonly signal: string | null
}

type Request =
  | { readonly makeFolder: string }
  | { readonly removeFolder: string }
  | { readonly start: StartRequest }
  | { readonly signal: string; readonly pid: number }
  | { readonly stop: number }

interface Answer {
  readonly id?: number
  readonly error?: string
  readonly folder?: string
  readonly pid?: number
  readonly exited?: number
  readonly code?: number | null
  readonly signal?: string | null
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (cause: Error) => void
}

class Watchdog {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #exits = new Map<number, (exited: Exited) => void>()
  /** Ended before anybody could ask. */
  readonly #ended = new Map<number, Exited>()
  #lastId = 0
  #held = 0

  constructor() {
    this.#process = spawn(process.execPath, [fileURLToPath(new URL("watchdog.mjs", import.meta.url))], {
      detached: true,
      stdio: ["pipe", "pipe", "inherit"]
    })
    this.#process.stdin?.on("error", () => {})
    createInterface({ input: this.#process.stdout! }).on("line", (line) => this.#receive(JSON.parse(line)))
    this.#process.once("exit", () => this.#gone())
    this.#keepAlive(false)
  }

  /** The event loop is kept alive exactly while somebody holds something of the watchdog's. */
  hold(by: 1 | -1): void {
    this.#held += by
    this.#keepAlive(this.#held > 0)
  }

  ask(request: Request): Promise<Answer> {
    const id = ++this.#lastId
    this.hold(1)
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#process.stdin?.write(`${JSON.stringify({ id, ...request })}\n`)
    }).finally(() => this.hold(-1))
  }

  onExit(pid: number, listener: (exited: Exited) => void): void {
    const ended = this.#ended.get(pid)
    this.#ended.delete(pid)
    if (ended === undefined) this.#exits.set(pid, listener)
    else listener(ended)
  }

  #receive(answer: Answer): void {
    if (answer.exited !== undefined) {
      const ended = { code: answer.code ?? null, signal: answer.signal ?? null }
      const listener = this.#exits.get(answer.exited)
      this.#exits.delete(answer.exited)
      if (listener === undefined) this.#ended.set(answer.exited, ended)
      else listener(ended)
      return
    }
    const waiting = this.#waiting.get(answer.id ?? 0)
    this.#waiting.delete(answer.id ?? 0)
    if (answer.error === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(answer.error))
  }

  #gone(): void {
    current = undefined
    for (const waiting of this.#waiting.values()) waiting.reject(new Error("the watchdog of this test run was killed"))
    for (const [pid, listener] of this.#exits) {
      killGroup(pid)
      listener({ code: null, signal: "SIGKILL" })
    }
  }

  #keepAlive(yes: boolean): void {
    const handles = [this.#process, this.#process.stdin as Socket | null, this.#process.stdout as Socket | null]
    for (const handle of handles) {
      if (yes) handle?.ref()
      else handle?.unref()
    }
  }
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It has ended already.
  }
}

let current: Watchdog | undefined

/** This process's watchdog. */
export const watchdog = (): Watchdog => (current ??= new Watchdog())
