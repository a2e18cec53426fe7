// Runs a program of the machine's to its end, and tells in its own words why it failed.
import { Effect, Schema } from "effect"
import { startProcess } from "./RunningProcess.ts"
import { temporaryFolder } from "./TemporaryFolder.ts"

export class ToolFailed extends Schema.TaggedError<ToolFailed>()("ToolFailed", {
  command: Schema.String,
  said: Schema.String
}) {
  override get message(): string {
    return `${this.command} failed:\n${this.said}`
  }
}

/** What it printed. */
export const runTool = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}
) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-tool-")
    const running = yield* startProcess({ command, args, folder, name: "tool", ...options })
    const { code } = yield* running.exit
    const stdout = yield* running.stdout
    if (code === 0) return stdout.trimEnd()
    const said = `${stdout}\n${yield* running.stderr}`.trim().split("\n").slice(-25).join("\n")
    return yield* new ToolFailed({ command: [command, ...args].join(" "), said })
  }).pipe(Effect.scoped)
