// The peer of `clone`: native Git makes a shallow clone with a work tree, then everything in that is read.
import { Effect } from "effect"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { timed } from "./Benchmark.ts"
import { memoryFolder } from "./MemoryFolder.ts"
import type { NativeGit } from "./NativeGitRunner.ts"
import type { HttpsAddress } from "./ServeGit.ts"

export interface NativeClone {
  /** Milliseconds until Git was done. */
  readonly fetched: number
  /** Until every file was read, too. */
  readonly read: number
}

const readAll = (folder: string) =>
  Effect.gen(function*() {
    const find = "find . -path ./.git -prune -o -type f -exec cat {} + > /dev/null"
    const reading = yield* startProcess({ command: "sh", args: ["-c", find], folder, cwd: join(folder, "clone") })
    const { code } = yield* reading.exit
    if (code !== 0) return yield* new MeasuredSomethingElse({ message: "not all files could be read" })
  })

/** Begins with nothing and leaves nothing. */
export const nativeClone = Effect.fnUntraced(function*(git: NativeGit, { gitArguments, url }: HttpsAddress) {
  const folder = yield* memoryFolder
  const clone = [...gitArguments, "clone", "--quiet", "--depth", "1", url, join(folder, "clone")]
  const { millis: fetched } = yield* git.order({ lines: [clone] })
  const [, reading] = yield* timed(readAll(folder))
  return { fetched, read: fetched + reading } satisfies NativeClone
}, Effect.scoped)
