// The controller as its users start it: a process of its own, with a configuration file.
import { Effect, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Status } from "../../src/http/Status.ts"
import { eventually, type NeverHappened, type Patience } from "../process/Eventually.ts"
import { ProcessNotStarted, type RunningProcess, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export const program = fileURLToPath(new URL("../../src/gitops-controller.mjs", import.meta.url))

export interface ControllerOptions {
  /** Default: none, and it finds its cluster as a pod does. */
  readonly kubeconfig?: string
  /** On the command line. */
  readonly gitUrl?: string
  /** The configuration file, as a value; `http.port`, `stateNamespace` and `interval` have defaults for tests. */
  readonly config?: Readonly<Record<string, unknown>>
  /** The configuration file word for word. */
  readonly configText?: string
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What is run, with its first arguments. Default: the program as it stands in the source. */
  readonly command?: readonly [string, ...ReadonlyArray<string>]
}

export interface Controller {
  readonly process: RunningProcess
  readonly folder: string
  /** What it logged, one JSON object a line. */
  readonly log: Effect.Effect<string>
  /** Where it listens now. */
  readonly address: Effect.Effect<string>
  /** Replaces its configuration file, word for word. */
  readonly rewrite: (configText: string) => Effect.Effect<void>
  readonly get: (path: string) => Effect.Effect<{ readonly status: number; readonly body: string }>
  readonly status: Effect.Effect<Status>
  /** Waits until the status is as wanted. */
  readonly until: (
    what: string,
    wanted: (status: Status) => boolean,
    patience?: Patience
  ) => Effect.Effect<Status, NeverHappened>
  /** Waits until it is in step with a commit. */
  readonly inStepWith: (commit: string, patience?: Patience) => Effect.Effect<Status, NeverHappened>
}

/** The program finds the Node of these tests first. */
const withThisNode = [dirname(process.execPath), process.env["PATH"]].join(delimiter)

/** What tests configure when they say nothing else. */
export const defaults = {
  http: { port: 0 },
  interval: "1s",
  restore: "off",
  lease: { duration: "4s", renew: "2s", retry: "500ms" }
}

const fetchText = (url: string) =>
  Effect.promise(async () => {
    const answer = await fetch(url)
    return { status: answer.status, body: await answer.text() }
  })

/** Where it said last that it listens: a changed configuration may move it. */
const portIn = (log: string) => [...log.matchAll(/Listening on http:\/\/[^"\s]*?:(\d+)/g)].at(-1)?.[1]

/** Starts it; ends with the scope. Does not wait for anything but its HTTP port. */
export const startController = (
  options: ControllerOptions
): Effect.Effect<Controller, ProcessNotStarted | NeverHappened, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-controller-")
    const text = options.configText ?? JSON.stringify({ ...defaults, ...options.config })
    yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), text))
    const url = options.gitUrl === undefined ? [] : [options.gitUrl]
    const kubeconfig = options.kubeconfig === undefined ? [] : ["--kubeconfig", options.kubeconfig]
    const [command, ...first] = options.command ?? [program]
    const running = yield* startProcess({
      command,
      args: [...first, ...url, ...kubeconfig, ...options.args ?? []],
      env: { PATH: withThisNode, HOME: folder, ...options.env },
      folder,
      name: "controller",
      graceMillis: 12_000
    })
    const ended = running.exit.pipe(
      Effect.andThen(running.stderr),
      Effect.flatMap((said) => new ProcessNotStarted({ command: "the controller", reason: said.trim() }))
    )
    yield* eventually("it listens", running.stderr, (log) => portIn(log) !== undefined, {
      within: 30_000
    }).pipe(
      Effect.raceFirst(ended)
    )
    const address = Effect.map(running.stderr, (log) => `http://127.0.0.1:${portIn(log)}`)
    const get = (path: string) => Effect.flatMap(address, (url) => fetchText(`${url}${path}`))
    const status = get("/status").pipe(Effect.map(({ body }): Status => JSON.parse(body)))
    const until: Controller["until"] = (what, wanted, patience) =>
      eventually(what, Effect.sandbox(status), wanted, { within: 30_000, ...patience })
    return {
      process: running,
      folder,
      log: running.stderr,
      address,
      rewrite: (text) => Effect.sync(() => writeFileSync(join(folder, "config.yaml"), text)),
      get,
      status,
      until,
      inStepWith: (commit, patience) =>
        until(`in step with ${commit}`, (seen) => seen.commit === commit && seen.settled && seen.ready, patience)
    }
  })

/** Runs a command to its end. */
export const runCommand = (
  args: ReadonlyArray<string>,
  cwd: string,
  env: Readonly<Record<string, string | undefined>> = {}
) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-command-")
    const running = yield* startProcess({
      command: process.execPath,
      args: [program, ...args],
      cwd,
      env,
      folder,
      name: "command"
    })
    const { code } = yield* running.exit
    return { code, stdout: yield* running.stdout, stderr: yield* running.stderr }
  })
