import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { findBinaries } from "./Binaries.ts"
import { cacheFolder, type Surroundings } from "./Surroundings.ts"

const program = (folder: string, name: string, script: string) => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** Logs each build, takes its time and writes a program that tells its version. */
const fakeGo = `
[ "$1" = build ] || exit 0
echo "$7" >> "$BUILDS"
sleep 0.3
[ -z "$BROKEN" ] || { echo "it does not compile" >&2; exit 1; }
echo 'built' > "$6"
chmod +x "$6"`

interface Machine {
  readonly around: Surroundings
  readonly folder: string
  readonly said: ReadonlyArray<string>
  readonly builds: () => ReadonlyArray<string>
}

const machine = Effect.gen(function*() {
  const folder = yield* temporaryFolder("gitops-test-")
  const moduleFolder = join(folder, "module")
  const said: Array<string> = []
  yield* Effect.sync(() => {
    mkdirSync(moduleFolder)
    mkdirSync(join(folder, "path"))
    for (const file of ["go.mod", "go.sum"]) writeFileSync(join(moduleFolder, file), file)
  })
  const builds = join(folder, "builds")
  const env = { PATH: `${join(folder, "path")}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, "cache"), BUILDS: builds }
  const made: Machine = {
    around: { env, moduleFolder, say: (line) => void said.push(line.trim()) },
    folder,
    said,
    builds: () => existsSync(builds) ? readFileSync(builds, "utf8").trim().split("\n") : []
  }
  return made
})

const withEnv = ({ around }: Machine, env: Readonly<Record<string, string>>): Surroundings => ({
  ...around,
  env: { ...around.env, ...env }
})

describe("the programs are found", () => {
  it.live("in KUBEBUILDER_ASSETS before all else", () =>
    Effect.gen(function*() {
      const it = yield* machine
      const mine = program(join(it.folder, "assets"), "etcd", "")
      program(join(it.folder, "path"), "etcd", "echo etcd Version: 3.7.9")
      const found = yield* findBinaries(["etcd"], withEnv(it, { KUBEBUILDER_ASSETS: join(it.folder, "assets") }))
      expect(found).toEqual({ etcd: mine })
    }))

  it.live("on the PATH, if the version is right", () =>
    Effect.gen(function*() {
      const it = yield* machine
      const etcd = program(join(it.folder, "path"), "etcd", "echo etcd Version: 3.7.9")
      const kubectl = program(join(it.folder, "path"), "kubectl", `[ "$1" = version ] && echo Client Version: v1.37.0`)
      expect(yield* findBinaries(["etcd", "kubectl"], it.around)).toEqual({ etcd, kubectl })
    }))

  it.live("in the cache, when the one on the PATH is of another version", () =>
    Effect.gen(function*() {
      const it = yield* machine
      program(join(it.folder, "path"), "kube-apiserver", "echo Kubernetes v1.36.4")
      const cached = program(cacheFolder(it.around), "kube-apiserver", "")
      expect(yield* findBinaries(["kube-apiserver"], it.around)).toEqual({ "kube-apiserver": cached })
    }))
})

describe("programs that are nowhere", () => {
  it.live("are built into the cache, once, and what was passed over is told", () =>
    Effect.gen(function*() {
      const it = yield* machine
      program(join(it.folder, "path"), "go", fakeGo)
      const old = program(join(it.folder, "path"), "kubectl", "echo Client Version: v1.32.4")
      const find = findBinaries(["etcd", "kubectl"], it.around)
      const cache = cacheFolder(it.around)
      expect(yield* find).toEqual({ etcd: join(cache, "etcd"), kubectl: join(cache, "kubectl") })
      expect(it.said).toContain(`kubectl: ${old} is passed over, it is 1.32.4 and not 1.37`)
      expect(it.said).toContain("building etcd (about 15 s the first time, less when Go has it cached)")
      yield* find
      expect(it.builds()).toEqual(["go.etcd.io/etcd/server/v3", "k8s.io/kubernetes/cmd/kubectl"])
    }))

  it.live("are built by one process while the others wait, also after one that died at it", () =>
    Effect.gen(function*() {
      const it = yield* machine
      program(join(it.folder, "path"), "go", fakeGo)
      const cache = cacheFolder(it.around)
      const dead = yield* startProcess({ command: "true", folder: it.folder })
      yield* dead.exit
      program(cache, `.etcd.${dead.pid}`, "half")
      writeFileSync(`${cache}.lock`, `${dead.pid}`)
      const script = `
        import { Effect } from "effect"
        import { findBinaries } from "${new URL("Binaries.ts", import.meta.url).pathname}"
        const around = { env: process.env, moduleFolder: "${it.around.moduleFolder}", say: console.log }
        console.log(await Effect.runPromise(findBinaries(["etcd"], around)))`
      const find = (name: string) =>
        startProcess({
          command: process.execPath,
          args: ["--input-type=module", "--eval", script],
          env: { ...it.around.env, KUBEBUILDER_ASSETS: undefined },
          folder: it.folder,
          cwd: process.cwd(),
          name
        })
      const finders = yield* Effect.forEach(["a", "b", "c"], find)
      const codes = yield* Effect.forEach(finders, ({ exit }) => Effect.map(exit, ({ code }) => code))
      expect(codes).toEqual([0, 0, 0])
      expect(it.builds()).toEqual(["go.etcd.io/etcd/server/v3"])
      expect(readdirSync(cache)).toEqual(["etcd"])
      expect(existsSync(`${cache}.lock`)).toBe(false)
    }))

  it.live("and don't compile: the compiler's words are shown and nothing stays in the cache", () =>
    Effect.gen(function*() {
      const it = yield* machine
      program(join(it.folder, "path"), "go", fakeGo)
      const failure = yield* Effect.flip(findBinaries(["etcd"], withEnv(it, { BROKEN: "yes" })))
      expect(failure.message).toContain("it does not compile")
      expect(readdirSync(cacheFolder(it.around))).toEqual([])
    }))

  it.live("and no Go either: one message says where was looked and the three ways out", () =>
    Effect.gen(function*() {
      const it = yield* machine
      const path = join(it.folder, "path")
      const { message } = yield* Effect.flip(
        findBinaries(["etcd"], withEnv(it, { PATH: path, KUBEBUILDER_ASSETS: "/none" }))
      )
      expect(message.split("\n")).toEqual([
        "The tests need a real control plane, but etcd could not be had: there is no Go to build them with",
        "  etcd: not in KUBEBUILDER_ASSETS (/none)",
        "  etcd: not on the PATH",
        `  etcd: not in the cache (${cacheFolder(it.around)})`,
        "One of these three helps:",
        "  1. set KUBEBUILDER_ASSETS to a folder that holds kube-apiserver, etcd and kubectl (and kube-controller-manager);",
        "  2. put kube-apiserver, kubectl and kube-controller-manager 1.37 and etcd 3.7 on the PATH;",
        "  3. install Go 1.26 or newer (https://go.dev/dl): they are then built once, in about 6 minutes."
      ])
    }))
})
