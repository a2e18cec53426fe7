// Git itself, as a person would use it who has configured nothing: what tests make repositories with and compare with.
import { Effect, Schema } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { devNull } from "node:os"

export class GitFailed extends Schema.TaggedError<GitFailed>()("GitFailed", {
  args: Schema.Array(Schema.String),
  exitCode: Schema.Number,
  stderr: Schema.String
}) {
  override get message(): string {
    return `git ${this.args.join(" ")} ended with ${this.exitCode}: ${this.stderr.trim()}`
  }
}

export interface GitOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Iterable<Uint8Array>
}

/** This process's environment without anything that would change what Git does here. */
export const hermeticEnv = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") && !name.startsWith("SSH_A"))
  ),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "A Person",
  GIT_AUTHOR_EMAIL: "person@example.com",
  GIT_COMMITTER_NAME: "A Person",
  GIT_COMMITTER_EMAIL: "person@example.com",
  LC_ALL: "C",
  TZ: "UTC"
})

/** Ends what was started detached, and what that started. */
export const killGroup = ({ exitCode, pid, signalCode }: ChildProcess): void => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It has ended already.
  }
}

/** What it printed, byte for byte; fails when it does not end with 0. Killed when interrupted. */
export const gitBytes = (args: ReadonlyArray<string>, options: GitOptions = {}): Effect.Effect<Buffer, GitFailed> =>
  Effect.callback((resume) => {
    const child = spawn("git", args, { cwd: options.cwd, env: { ...hermeticEnv(), ...options.env }, detached: true })
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
    child.stdin.on("error", () => {})
    const { stdin = "" } = options
    child.stdin.end(typeof stdin === "string" ? stdin : Buffer.concat([...stdin]))
    child.once(
      "error",
      (cause) => resume(Effect.fail(new GitFailed({ args: [...args], exitCode: -1, stderr: cause.message })))
    )
    child.once("close", (code) =>
      resume(
        code === 0
          ? Effect.succeed(Buffer.concat(out))
          : Effect.fail(
            new GitFailed({ args: [...args], exitCode: code ?? -1, stderr: Buffer.concat(err).toString() })
          )
      ))
    return Effect.sync(() => killGroup(child))
  })

/** What it printed, without the line end at its end. */
export const git = (args: ReadonlyArray<string>, options?: GitOptions): Effect.Effect<string, GitFailed> =>
  gitBytes(args, options).pipe(Effect.map((bytes) => bytes.toString().replace(/\n$/, "")))
