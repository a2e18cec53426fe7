// The peer of our Git room: native Git with a work tree in memory, as a script would use it to do the same.
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { Generated } from "./Manifests.ts"
import { memoryFolder } from "./MemoryFolder.ts"
import type { NativeGit } from "./NativeGitRunner.ts"
import type { HttpsAddress } from "./ServeGit.ts"

/** A shallow clone of its own, which never tidies up while it is measured. Gone with its scope. */
export const nativeWorkTree = Effect.fnUntraced(function*(git: NativeGit, { gitArguments, url }: HttpsAddress) {
  const folder = join(yield* memoryFolder, "clone")
  yield* git.order({ lines: [[...gitArguments, "clone", "--quiet", "--depth", "1", url, folder]] })
  const run = (...lines: ReadonlyArray<ReadonlyArray<string>>) =>
    git.order({ lines: lines.map((line) => [...gitArguments, ...line]), cwd: folder })
  yield* run(["config", "maintenance.auto", "false"], ["config", "gc.auto", "0"])

  /** Brings the branch here and reads a file of it, which must be this; the work tree follows. */
  const fetchAndRead = Effect.fnUntraced(function*({ path, text }: Generated) {
    const { millis, stdout } = yield* run(["fetch", "--quiet"], ["cat-file", "blob", `origin/main:${path}`])
    if (`${stdout}\n` !== text) return yield* new MeasuredSomethingElse({ message: `native Git read ${stdout}` })
    yield* run(["reset", "--quiet", "--hard", "origin/main"])
    return millis
  })

  /** Commits these files as they are to be, and pushes that; writing them isn't timed. */
  const commitAndPush = Effect.fnUntraced(function*(files: ReadonlyArray<Generated>) {
    for (const { path, text } of files) writeFileSync(join(folder, path), text)
    const { millis: committed } = yield* run(["commit", "--quiet", "--all", "--message", "change"])
    const { millis: pushed } = yield* run(["push", "--quiet"])
    const { stdout: commit } = yield* run(["rev-parse", "HEAD"])
    return { committed, pushed, commit }
  })

  return { fetchAndRead, commitAndPush }
})

export type NativeWorkTree = Effect.Success<ReturnType<typeof nativeWorkTree>>
