// A program that runs native Git, and times it: from before the first of some command lines starts to where the last has ended.
import { Effect } from "effect"
import { git } from "../remote/NativeGit.ts"
import { timed } from "./Benchmark.ts"
import { takeOrders } from "./takeOrders.ts"

export interface CommandLines {
  /** Of Git, one after the other. */
  readonly lines: ReadonlyArray<ReadonlyArray<string>>
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface GitRun {
  /** Of the last one. */
  readonly stdout: string
  readonly millis: number
}

const run = Effect.fnUntraced(function*({ lines, ...options }: CommandLines) {
  const [outputs, millis] = yield* timed(Effect.forEach(lines, (args) => git(args, options)))
  return { stdout: outputs.at(-1) ?? "", millis } satisfies GitRun
})

await takeOrders(() => Effect.succeed({ first: "ready", carryOut: run }))
