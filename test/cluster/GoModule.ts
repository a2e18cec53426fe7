// The Go module that pins the control plane's programs (binaries/): builds them, and gives files of its dependencies.
import { Effect, type Scope } from "effect"
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { realSleep } from "../process/Eventually.ts"
import { type RunningProcess, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { BinariesMissing } from "./BinariesMissing.ts"
import { buildLock } from "./BuildLock.ts"
import { cacheFolder, onPath, run, type Surroundings } from "./Surroundings.ts"

const kubernetes = "v1.37.2"

const goEnv = (around: Surroundings) => ({ ...around.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" })

/** The Go program; fails with what is missing for want of it. */
export const findGo = (around: Surroundings, missing: ReadonlyArray<string>, looked: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const go = onPath("go", around.env)
    if (go === undefined)
      return yield* new BinariesMissing({ missing, looked, reason: "there is no Go to build them with" })
    const { ok, output } = yield* run(go, ["version"], { env: goEnv(around), cwd: around.moduleFolder })
    if (!ok) return yield* new BinariesMissing({ missing, looked, reason: `Go does not work: ${output.trim()}` })
    return go
  })

const seconds = (from: number) => `${Math.round((performance.now() - from) / 1000)} s`

/** Waits for a build, saying every 15 s that it is still at it. */
const follow = (build: RunningProcess, what: string, around: Surroundings) =>
  Effect.gen(function*() {
    const begin = performance.now()
    let told = begin
    while (!(yield* build.hasExited)) {
      yield* realSleep(100)
      if (performance.now() - told < 15_000) continue
      told = performance.now()
      around.say(`  … still building ${what}, ${seconds(begin)} so far`)
    }
    return { ...(yield* build.exit), took: seconds(begin) }
  })

const sweepUnfinished = (cache: string, name: string) => {
  for (const file of readdirSync(cache).filter((it) => it.startsWith(`.${name}.`)))
    rmSync(join(cache, file), { recursive: true, force: true })
}

/** Makes something beside its place in the cache and moves it there whole. Call it under the lock. */
export const putInCache = <A, E, R>(
  cache: string,
  name: string,
  make: (unfinished: string) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function*() {
    yield* Effect.sync(() => sweepUnfinished(cache, name))
    const unfinished = join(cache, `.${name}.${process.pid}`)
    yield* make(unfinished)
    yield* Effect.sync(() => renameSync(unfinished, join(cache, name)))
  })

export interface GoProgram {
  readonly name: string
  readonly goPackage: string
  /** How long the build takes with nothing cached on two cores. */
  readonly usually: string
  /** Go's build tags. */
  readonly tags?: string
}

export const buildProgram = (
  go: string,
  { goPackage, name, tags = "", usually }: GoProgram,
  output: string,
  around: Surroundings
) =>
  Effect.gen(function*() {
    around.say(`  building ${name} (about ${usually} the first time, less when Go has it cached)`)
    const ldflags = `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetes}`
    const compiler = yield* startProcess({
      command: go,
      args: ["build", "-trimpath", "-ldflags", ldflags, "-o", output, ...tags === "" ? [] : ["-tags", tags], goPackage],
      env: goEnv(around),
      folder: yield* temporaryFolder("gitops-build-"),
      cwd: around.moduleFolder
    }).pipe(Effect.mapError((error) => new BinariesMissing({ missing: [name], looked: [], reason: error.message })))
    const { code, took } = yield* follow(compiler, name, around)
    if (code !== 0) {
      const end = (yield* compiler.stderr).trim().split("\n").slice(-15).join("\n")
      return yield* new BinariesMissing({ missing: [name], looked: [], reason: `go build failed:\n${end}` })
    }
    around.say(`  ${name} is built (${took})`)
  }).pipe(Effect.scoped)

/** The folder of a module that go.mod names, downloaded if need be. */
export const moduleFolder = (go: string, module: string, around: Surroundings) =>
  Effect.gen(function*() {
    const options = { env: goEnv(around), cwd: around.moduleFolder }
    const downloaded = yield* run(go, ["mod", "download", module], options)
    const { ok, output } = downloaded.ok
      ? yield* run(go, ["list", "-m", "-f", "{{.Dir}}", module], options)
      : downloaded
    if (!ok) return yield* new BinariesMissing({ missing: [module], looked: [], reason: output.trim() })
    return output.trim()
  })

/** Works on the cache folder while nobody else does. */
export const underLock = <A, E>(around: Surroundings, work: (cache: string) => Effect.Effect<A, E, Scope.Scope>) => {
  const cache = cacheFolder(around)
  const onWait = (owner: string) =>
    around.say(`  another process (${owner}) is building the control plane: waiting for it`)
  return Effect.gen(function*() {
    yield* Effect.sync(() => mkdirSync(cache, { recursive: true }))
    yield* buildLock(`${cache}.lock`, onWait)
    return yield* work(cache)
  }).pipe(Effect.scoped)
}
