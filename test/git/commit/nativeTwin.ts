// A bare repository of native Git beside our object store: what is in the one is read into the other, and what we compose is handed to Git.
import { Effect } from "effect"
import { type CommitRequest, composeCommit, type ComposedCommit } from "../../../src/git/commit/composeCommit.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { indexPack } from "../../../src/git/objects/PackIndex.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { gitBytes } from "../../remote/NativeGit.ts"

export const person = { name: "gitops-controller", email: "gitops-controller@example.com" }

/** Everything that any branch of the repository reaches. */
export const storeOf = Effect.fnUntraced(function*(bare: BareRepository) {
  const bytes = yield* Effect.orDie(gitBytes(["pack-objects", "--all", "--stdout", "--quiet"], { cwd: bare.path }))
  const store = ObjectStore.emptyStore()
  return ObjectStore.withPack(store, yield* indexPack(bytes, store.find, store.cache))
})

/** What a commit is made on: where the branch is. */
export const parentOf = Effect.fnUntraced(function*(bare: BareRepository, branch = bare.branch) {
  const commit = yield* bare.tip(branch)
  return commit === undefined ? undefined : { commit, root: yield* bare.git("rev-parse", `${commit}^{tree}`) }
})

export type Files = Readonly<Record<string, string | Buffer | undefined>>

export const filesOf = (files: Files): ReadonlyMap<string, Buffer | undefined> =>
  new Map(
    Object.entries(files).map(([path, content]) => [path, content === undefined ? undefined : Buffer.from(content)])
  )

/** The request most tests make. */
export const requestOf = (
  parent: CommitRequest["parent"],
  files: ReadonlyMap<string, Buffer | undefined>
): CommitRequest => ({
  parent,
  files,
  author: person,
  committer: person,
  at: 1_700_000_000_000,
  message: "Update things\n",
  sign: undefined
})

/** Hands it to Git as receive-pack would, which refuses whatever isn't as it must be, and moves the branch. */
export const takeIn = Effect.fnUntraced(
  function*(bare: BareRepository, { commit, pack }: ComposedCommit, how: "index" | "unpack" = "index") {
    const args = how === "index" ? ["index-pack", "--stdin", "--strict"] : ["unpack-objects", "--strict", "-q"]
    yield* Effect.orDie(gitBytes(args, { cwd: bare.path, stdin: [pack] }))
    yield* bare.git("update-ref", `refs/heads/${bare.branch}`, commit)
  }
)

/** Composes on top of the branch, and lets Git take it in and check the whole repository. */
export const commitFiles = Effect.fnUntraced(
  function*(bare: BareRepository, files: Files, options: Partial<CommitRequest> = {}) {
    const parent = yield* parentOf(bare)
    const source = parent === undefined ? ObjectStore.emptyStore() : yield* storeOf(bare)
    const composed = yield* composeCommit(source, { ...requestOf(parent, filesOf(files)), ...options })
    if (composed === undefined) return undefined
    yield* takeIn(bare, composed)
    yield* bare.git("fsck", "--strict", "--no-dangling")
    return composed
  }
)
