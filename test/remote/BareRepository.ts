// A bare repository in a folder of its own, changed by native Git without a work tree. Gone when its scope closes.
// Times of commits go up by a second each, so that no two commits of a repository have one id.
// What can't be done is a defect: a test that fails to prepare itself has nothing to catch.
import { Effect, type Scope } from "effect"
import { appendFileSync, cpSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { Changes } from "./Changes.ts"
import { importStream } from "./FastImport.ts"
import { git } from "./NativeGit.ts"

export interface CommitOptions {
  /** Default: "change". */
  readonly message?: string
  /** Default: the repository's own. Made when it isn't there. */
  readonly branch?: string
  /** What the changes are made to: a commit's id, or "none" for a history that starts here. Default: where the branch is. */
  readonly parent?: string
  /** Moves the branch also when its tip isn't among the new commit's ancestors. Default: true if `parent` is given. */
  readonly force?: boolean
  /** Everything that isn't among the changes goes. Default: false. */
  readonly only?: boolean
}

export interface BareRepository {
  /** Absolute path of the repository's folder, which ends in `.git`. */
  readonly path: string
  /** `file://…` */
  readonly url: string
  /** What HEAD points at. */
  readonly branch: string
  /** Full id of the new commit. */
  readonly commit: (changes: Changes, options?: CommitOptions) => Effect.Effect<string>
  /** Makes the branch another history, which starts with this commit: what a force push of unrelated work does. */
  readonly rewrite: (changes: Changes, options?: Omit<CommitOptions, "force" | "parent">) => Effect.Effect<string>
  /** Points the branch at a commit that is there, forward or back. */
  readonly moveBranch: (commit: string, branch?: string) => Effect.Effect<void>
  readonly deleteBranch: (branch?: string) => Effect.Effect<void>
  /** Full id of the commit the branch points at; `undefined` where there is none. */
  readonly tip: (branch?: string) => Effect.Effect<string | undefined>
  /** Runs Git in the repository, without anybody's configuration; answers what it printed, without the last line end. */
  readonly git: (...args: ReadonlyArray<string>) => Effect.Effect<string>
}

export interface BareRepositoryOptions {
  /** Default: sha1. */
  readonly objectFormat?: "sha1" | "sha256"
  /** What HEAD points at. Default: main. */
  readonly branch?: string
  /** The first commit. Default: none, the repository is empty. */
  readonly files?: Changes
}

const configuration = [
  "[gc]",
  "  auto = 0",
  "[http]",
  "  receivepack = true",
  "[uploadpack]",
  "  allowFilter = true",
  ""
].join("\n")

/** The repository in this folder. */
const repositoryAt = (path: string, ownBranch: string): BareRepository => {
  let time = Math.floor(Date.now() / 1000)
  const run = (...args: ReadonlyArray<string>) => Effect.orDie(git(args, { cwd: path }))
  const tip = (branch = ownBranch) =>
    run("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`).pipe(
      Effect.map((id) => id === "" ? undefined : id)
    )
  const commit: BareRepository["commit"] = (changes, options = {}) =>
    Effect.gen(function*() {
      const { branch = ownBranch, message = "change", only = false } = options
      const { force = options.parent !== undefined } = options
      const parent = options.parent === "none" ? undefined : options.parent ?? (yield* tip(branch))
      const stdin = importStream({ branch, parent, message, time: time++, changes, only })
      const args = ["fast-import", "--quiet", "--done", ...(force ? ["--force"] : [])]
      return yield* Effect.orDie(git(args, { cwd: path, stdin }))
    })
  return {
    path,
    url: pathToFileURL(path).href,
    branch: ownBranch,
    commit,
    rewrite: (changes, options) => commit(changes, { ...options, parent: "none" }),
    moveBranch: (commit, branch = ownBranch) => Effect.asVoid(run("update-ref", `refs/heads/${branch}`, commit)),
    deleteBranch: (branch = ownBranch) => Effect.asVoid(run("update-ref", "-d", `refs/heads/${branch}`)),
    tip,
    git: run
  }
}

const newFolder = Effect.map(temporaryFolder("gitops-git-"), (folder) => join(folder, "cluster.git"))

/** Makes a repository; it is gone when the scope closes. */
export const bareRepository = (
  options: BareRepositoryOptions = {}
): Effect.Effect<BareRepository, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { branch = "main", files, objectFormat = "sha1" } = options
    const path = yield* newFolder
    const format = objectFormat === "sha1" ? [] : [`--object-format=${objectFormat}`]
    const head = `--initial-branch=${branch}`
    yield* Effect.orDie(git(["init", "--quiet", "--bare", "--template=", ...format, head, path]))
    yield* Effect.sync(() => appendFileSync(join(path, "config"), configuration))
    const repository = repositoryAt(path, branch)
    if (files !== undefined) yield* repository.commit(files, { message: "first" })
    return repository
  })

/** A copy of a repository whose HEAD points at `main`, by its path; it is gone when the scope closes. */
export const copiedRepository = (from: string): Effect.Effect<BareRepository, never, Scope.Scope> =>
  Effect.gen(function*() {
    const path = yield* newFolder
    yield* Effect.sync(() => cpSync(from, path, { recursive: true }))
    return repositoryAt(path, "main")
  })
