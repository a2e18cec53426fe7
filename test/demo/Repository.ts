// The repository of the demo: a bare one that the controller uses, and the clone in which a person works.
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const person = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@shop.example",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@shop.example",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1"
}

export interface Repository {
  readonly url: string
  readonly workTree: string
  readonly git: (...args: ReadonlyArray<string>) => string
  /** Writes the files, commits and pushes them; returns the commit's id. */
  readonly push: (files: Readonly<Record<string, string>>, message: string) => string
}

export const makeRepository = (folder: string): Repository => {
  const bare = join(folder, "cluster.git")
  const workTree = join(folder, "cluster")
  const run = (cwd: string, args: ReadonlyArray<string>) =>
    execFileSync("git", args, {
      cwd,
      env: { ...process.env, ...person },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  run(folder, ["init", "--quiet", "--bare", "--initial-branch=main", bare])
  run(folder, ["init", "--quiet", "--initial-branch=main", workTree])
  run(workTree, ["remote", "add", "origin", bare])
  const git = (...args: ReadonlyArray<string>) => run(workTree, args)
  const push = (files: Readonly<Record<string, string>>, message: string) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(workTree, path)), { recursive: true })
      writeFileSync(join(workTree, path), text)
    }
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
    git("push", "--quiet", "origin", "main")
    return git("rev-parse", "HEAD").trim()
  }
  return { url: `file://${bare}`, workTree, git, push }
}
