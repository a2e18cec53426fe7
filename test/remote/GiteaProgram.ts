// The program of a real forge, Gitea: where it is, or how to get it. $GITEA_BINARY, then PATH (if the version is right),
// then the cache, else built once into the cache from the Go module in gitea/. What is built has no web pages to click
// through, but all that Git and the API need.
import { Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { findGo, moduleFolder, putInCache, underLock } from "../cluster/GoModule.ts"
import { cacheFolder, isExecutable, onPath, run, type Surroundings, surroundings } from "../cluster/Surroundings.ts"
import { realSleep } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { GiteaMissing } from "./GiteaMissing.ts"

export interface GiteaProgram {
  readonly command: string
  /** Where its templates are; `undefined` when they are in the program. */
  readonly staticFiles: string | undefined
}

const name = "gitea"
const module = "code.gitea.io/gitea"
const version = "1.26"
const usually = "6 min"

export const giteaSurroundings: Surroundings = {
  ...surroundings,
  moduleFolder: fileURLToPath(new URL("gitea", import.meta.url))
}

const cached = (around: Surroundings) => join(cacheFolder(around), name)

interface Lookup {
  readonly found: GiteaProgram | undefined
  /** Why other places were passed over. */
  readonly looked: ReadonlyArray<string>
}

const lookUp = (around: Surroundings): Effect.Effect<Lookup> =>
  Effect.gen(function*() {
    const looked: Array<string> = []
    const chosen = around.env["GITEA_BINARY"]
    if (chosen) {
      if (isExecutable(chosen)) return { found: { command: chosen, staticFiles: undefined }, looked }
      looked.push(`GITEA_BINARY (${chosen}) is no program`)
    }
    const candidate = onPath(name, around.env)
    if (candidate === undefined)
      looked.push("not on the PATH")
    else {
      const { output } = yield* run(candidate, ["--version"], { env: around.env })
      const found = /\bversion (\d+\.\d+\.\d+)/.exec(output)?.[1]
      if (found?.startsWith(`${version}.`)) return { found: { command: candidate, staticFiles: undefined }, looked }
      looked.push(`${candidate} is passed over, it is ${found ?? "of no known version"} and not ${version}`)
    }
    const folder = cached(around)
    if (existsSync(folder)) return { found: { command: join(folder, name), staticFiles: folder }, looked }
    looked.push(`not in the cache (${folder})`)
    return { found: undefined, looked }
  })

/** SQLite is in C. */
const build = (go: string, output: string, stamp: string, around: Surroundings) =>
  Effect.gen(function*() {
    around.say(`  building ${name} (about ${usually} the first time, less when Go has it cached)`)
    const begin = performance.now()
    const took = () => `${Math.round((performance.now() - begin) / 1000)} s`
    const compiler = yield* startProcess({
      command: go,
      args: ["build", "-trimpath", "-tags", "sqlite,sqlite_unlock_notify", "-ldflags", `-s -w -X ${stamp}`].concat(
        "-o",
        output,
        module
      ),
      env: { ...around.env, CGO_ENABLED: "1", GOWORK: "off", GOFLAGS: "" },
      folder: yield* temporaryFolder("gitops-build-"),
      cwd: around.moduleFolder
    })
    const telling = Effect.forever(
      Effect.andThen(
        realSleep(15_000),
        Effect.sync(() => around.say(`  … still building ${name}, ${took()} so far`))
      )
    )
    const { code } = yield* Effect.raceFirst(compiler.exit, telling)
    if (code !== 0) {
      const end = (yield* compiler.stderr).trim().split("\n").slice(-15).join("\n")
      return yield* new GiteaMissing({ looked: [], reason: `go build failed:\n${end}` })
    }
    around.say(`  ${name} is built (${took()})`)
  }).pipe(Effect.scoped)

/** Writable, unlike the files of a module. */
const copyFiles = (from: string, to: string) => {
  const entries = readdirSync(from, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((it) => it.isFile())) {
    const source = join(entry.parentPath, entry.name)
    const target = join(to, source.slice(from.length))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, readFileSync(source))
  }
}

const buildInto = (folder: string, go: string, around: Surroundings) =>
  Effect.gen(function*() {
    const source = yield* moduleFolder(go, module, around)
    yield* Effect.sync(() => mkdirSync(folder))
    yield* build(go, join(folder, name), `main.Version=${/@v(.*)$/.exec(source)?.[1] ?? version}`, around)
    yield* Effect.sync(() => {
      for (const files of ["options", "templates"]) copyFiles(join(source, files), join(folder, files))
    })
  })

/** The program, built if it is nowhere. */
export const findGitea = (
  around: Surroundings = giteaSurroundings
): Effect.Effect<GiteaProgram, GiteaMissing> =>
  Effect.gen(function*() {
    const { found, looked } = yield* lookUp(around)
    if (found !== undefined) return found
    const missing = (reason: string) => new GiteaMissing({ reason, looked })
    const go = yield* Effect.mapError(findGo(around, [name], looked), ({ reason }) => missing(reason))
    for (const line of looked) around.say(`  ${name}: ${line}`)
    const folder = cached(around)
    yield* underLock(around, (cache) =>
      existsSync(folder) ? Effect.void : putInCache(cache, name, (unfinished) =>
        buildInto(unfinished, go, around))).pipe(
        Effect.mapError((failure) =>
          missing("reason" in failure ? failure.reason : String(failure))
        )
      )
    return { command: join(folder, name), staticFiles: folder }
  })
