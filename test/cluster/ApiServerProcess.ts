// The kube-apiserver of one control plane: started, stopped and started again; it ends with its scope.
import { Effect, Schema, type Scope } from "effect"
import { eventually } from "../process/Eventually.ts"
import { launchProcess, type ProcessNotStarted, type RunningProcess } from "../process/RunningProcess.ts"
import { type AdminTls, makeAdminRequest } from "./AdminRequest.ts"

export class ControlPlaneNotReady extends Schema.TaggedError<ControlPlaneNotReady>()("ControlPlaneNotReady", {
  server: Schema.String,
  reason: Schema.String,
  log: Schema.String
}) {
  override get message(): string {
    return `the control plane at ${this.server} did not become ready: ${this.reason}\n${this.log}`
  }
}

export type StartFailure = ControlPlaneNotReady | ProcessNotStarted

/** Somebody else was faster on that port. */
export const isPortTaken = (failure: StartFailure): boolean =>
  failure._tag === "ControlPlaneNotReady" && failure.log.includes("address already in use")

const readyWithinMillis = 90_000

/** Waits until `look` finds it ready; fails with the end of its log if it ends before, or takes too long. */
export const awaitReady = (
  server: string,
  running: RunningProcess,
  look: Effect.Effect<boolean, unknown>
): Effect.Effect<void, ControlPlaneNotReady> =>
  Effect.gen(function*() {
    const notReady = (reason: string) =>
      Effect.flatMap(running.stderr, (text) => {
        const log = text.trim().split("\n").slice(-12).join("\n")
        return Effect.fail(new ControlPlaneNotReady({ server, reason, log }))
      })
    const state = Effect.gen(function*() {
      if (yield* running.hasExited) return "ended"
      return (yield* look) ? "ready" : "not yet"
    })
    const seen = yield* eventually(`${server} is ready`, state, (it) => it !== "not yet", { within: readyWithinMillis })
      .pipe(Effect.catch((error) => notReady(error.message)))
    if (seen === "ended") return yield* notReady("it has ended")
  })

export interface ApiServerProcess {
  /** Returns once it is ready. */
  readonly start: (port: number) => Effect.Effect<void, StartFailure>
  readonly stop: Effect.Effect<void>
  readonly kill: Effect.Effect<void>
}

export const makeApiServer = (spec: {
  readonly command: string
  readonly args: (port: number) => ReadonlyArray<string>
  readonly folder: string
  readonly tls: AdminTls
}): Effect.Effect<ApiServerProcess, never, Scope.Scope> => {
  const { args, command, folder, tls } = spec
  let launches = 0
  let running: RunningProcess | undefined

  const start = Effect.fnUntraced(function*(port: number) {
    const server = `https://127.0.0.1:${port}`
    const request = makeAdminRequest(server, tls)
    const answers = (path: string) => Effect.map(request(path), ({ status }) => status === 200)
    const name = `kube-apiserver-${++launches}`
    const launched = yield* launchProcess({ command, args: args(port), folder, name }).pipe(
      Effect.tap((it) => Effect.sync(() => (running = it))),
      Effect.uninterruptible
    )
    yield* awaitReady(server, launched, answers("/readyz"))
    yield* awaitReady(server, launched, answers("/api/v1/namespaces/default"))
  })
  const end = (how: (it: RunningProcess) => Effect.Effect<unknown>) =>
    Effect.suspend(() => running === undefined ? Effect.void : Effect.asVoid(how(running)))
  const apiServer: ApiServerProcess = {
    start,
    stop: end((it) => it.stop),
    kill: end((it) => Effect.andThen(it.signal("SIGKILL"), it.exit))
  }
  return Effect.acquireRelease(Effect.succeed(apiServer), ({ stop }) => stop)
}
