// What the search for programs sees of the machine: its environment, its programs, the project's cache folder.
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { accessSync, constants, readFileSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Holds go.mod and go.sum. */
  readonly moduleFolder: string
  readonly say: (line: string) => void
}

export const surroundings: Surroundings = {
  env: process.env,
  moduleFolder: fileURLToPath(new URL("binaries", import.meta.url)),
  say: (line) => void process.stderr.write(`${line}\n`)
}

export const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The first program of that name on the PATH. */
export const onPath = (name: string, env: Surroundings["env"]): string | undefined =>
  (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "").map((folder) => join(folder, name)).find(
    isExecutable
  )

/** Runs a program that ends by itself within two minutes. */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: { env: Surroundings["env"]; cwd?: string }
) =>
  Effect.callback<{ readonly ok: boolean; readonly output: string }>((resume) => {
    const child = execFile(
      command,
      args,
      { ...options, timeout: 120_000 },
      (error, stdout, stderr) =>
        resume(Effect.succeed({ ok: error === null, output: error === null ? stdout : `${error.message}\n${stderr}` }))
    )
    return Effect.sync(() => child.kill())
  })

/** Where the project keeps what it built: changes with the pinned versions. */
export const cacheFolder = ({ env, moduleFolder }: Surroundings): string => {
  const hash = createHash("sha256")
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(moduleFolder, file)))
  const caches = env["XDG_CACHE_HOME"] || join(env["HOME"] ?? homedir(), ".cache")
  return join(caches, "gitops-controller", hash.digest("hex").slice(0, 16))
}
