// The peer of `clone`: native Git makes a shallow clone with a work tree, then everything in that is read.
import { Effect } from "effect"
import { statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { HttpGitServer } from "../remote/HttpGitServer.ts"
import { git } from "../remote/NativeGit.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { timed } from "./Benchmark.ts"

export interface NativeClone {
  /** Milliseconds until Git was done. */
  readonly fetched: number
  /** Until every file was read, too. */
  readonly read: number
}

const readAll = (folder: string) =>
  Effect.gen(function*() {
    const args = [".", "-path", "./.git", "-prune", "-o", "-type", "f", "-exec", "cat", "{}", "+"]
    const reading = yield* startProcess({ command: "find", args, folder, cwd: join(folder, "clone") })
    const { code } = yield* reading.exit
    if (code !== 0) return yield* new MeasuredSomethingElse({ message: "not all files could be read" })
  })

const memory = "/dev/shm"
const roomNeeded = 1024 ** 3

const hasRoom = (folder: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > roomNeeded
  } catch {
    return false
  }
}

/** Where the system has a file system in memory, so that it is Git that is measured and not the disk. */
const fastFolder = Effect.suspend(() =>
  temporaryFolder(hasRoom(memory) ? relative(tmpdir(), join(memory, "gitops-bench-")) : "gitops-bench-")
)

/** Begins with nothing and leaves nothing. */
export const nativeClone = Effect.fnUntraced(function*({ gitArguments, url }: HttpGitServer) {
  const folder = yield* fastFolder
  const clone = git([...gitArguments, "clone", "--quiet", "--depth", "1", url, join(folder, "clone")])
  const [, fetched] = yield* timed(clone)
  const [, reading] = yield* timed(readAll(folder))
  return { fetched, read: fetched + reading } satisfies NativeClone
}, Effect.scoped)
