// A process that is stopped when its scope closes, and also when this process dies.
// It leads its own process group: signals reach its children too, and none of them outlives it.
import { Deferred, Effect, Schema, type Scope } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { type Exited, watchdog } from "./Watchdog.ts"

export interface ProcessSpec {
  /** A path, or a name looked up on PATH. */
  readonly command: string
  readonly args?: ReadonlyArray<string>
  /** Added to this process's environment; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The working directory, and where the two output files go. */
  readonly folder: string
  /** What the output files are called, without `.out` and `.err`. Default: the command's name. */
  readonly name?: string
  /** Where to work instead of in `folder`. */
  readonly cwd?: string
  /** How long SIGTERM may take before SIGKILL follows. Default: 5000. */
  readonly graceMillis?: number
}

export interface RunningProcess {
  readonly pid: number
  /** Waits for the end. */
  readonly exit: Effect.Effect<Exited>
  readonly hasExited: Effect.Effect<boolean>
  /** Sends a signal to the process and its children. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** SIGTERM, then SIGKILL after the grace; returns once it has ended. */
  readonly stop: Effect.Effect<Exited>
  /** All that was written so far. */
  readonly stdout: Effect.Effect<string>
  readonly stderr: Effect.Effect<string>
}

export class ProcessNotStarted extends Schema.TaggedError<ProcessNotStarted>()("ProcessNotStarted", {
  command: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.command} could not be started: ${this.reason}`
  }
}

/** Starts a process that only `stop`, or the end of this process, ends. */
export const launchProcess = (spec: ProcessSpec): Effect.Effect<RunningProcess, ProcessNotStarted> =>
  Effect.gen(function*() {
    const name = join(spec.folder, spec.name ?? basename(spec.command))
    const files = { stdout: `${name}.out`, stderr: `${name}.err` }
    const exited = Deferred.makeUnsafe<Exited>()
    const pid = yield* Effect.tryPromise({
      try: async () => {
        const answer = await watchdog().ask({
          start: {
            ...files,
            command: spec.command,
            args: spec.args ?? [],
            env: { ...process.env, ...spec.env },
            cwd: spec.cwd ?? spec.folder,
            graceMillis: spec.graceMillis ?? 5000
          }
        })
        watchdog().hold(1)
        watchdog().onExit(answer.pid!, (how) => {
          watchdog().hold(-1)
          Deferred.doneUnsafe(exited, Effect.succeed(how))
        })
        return answer.pid!
      },
      catch: (cause) => new ProcessNotStarted({ command: spec.command, reason: String(cause) })
    }).pipe(Effect.uninterruptible)
    const text = (file: string) => Effect.sync(() => existsSync(file) ? readFileSync(file, "utf8") : "")
    return {
      pid,
      exit: Deferred.await(exited),
      hasExited: Deferred.isDone(exited),
      signal: (signal) => Effect.promise(() => watchdog().ask({ signal, pid })).pipe(Effect.asVoid),
      stop: Effect.promise(() => watchdog().ask({ stop: pid })).pipe(Effect.andThen(Deferred.await(exited))),
      stdout: text(files.stdout),
      stderr: text(files.stderr)
    }
  })

/** Starts a process that ends with the scope. */
export const startProcess = (spec: ProcessSpec): Effect.Effect<RunningProcess, ProcessNotStarted, Scope.Scope> =>
  Effect.acquireRelease(launchProcess(spec), (running) => running.stop)
