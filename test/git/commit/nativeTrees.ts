// What native Git makes of many sets of files, in one process.
import { Effect } from "effect"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { git } from "../../remote/NativeGit.ts"

export interface NativeFile {
  readonly mode: "100644" | "100755" | "120000" | "160000"
  /** Of a submodule its commit. */
  readonly content: string
}

const quoted = (path: string) => `"${path.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n")}"`

const line = ([path, { content, mode }]: readonly [string, NativeFile]): string =>
  mode === "160000"
    ? `M 160000 ${content} ${quoted(path)}\n`
    : `M ${mode} inline ${quoted(path)}\ndata ${Buffer.byteLength(content)}\n${content}\n`

/** The name of each set's tree; branches of the repository keep them. */
export const nativeTrees = Effect.fnUntraced(
  function*(bare: BareRepository, sets: ReadonlyArray<ReadonlyMap<string, NativeFile>>) {
    const commits = sets.map((files, index) =>
      `reset refs/heads/set-${index}\n\ncommit refs/heads/set-${index}\ncommitter A <a@example.com> 1 +0000\ndata 0\n${
        [...files].map(line).join("")
      }\n`
    )
    yield* git(["fast-import", "--quiet", "--done"], { cwd: bare.path, stdin: `${commits.join("")}done\n` })
    const shown = yield* bare.git("for-each-ref", "--format=%(refname:lstrip=2) %(tree)", "refs/heads/set-*")
    const trees = new Map(shown.split("\n").map((line) => line.split(" ") as [string, string]))
    return sets.map((_, index) => trees.get(`set-${index}`))
  }
)
