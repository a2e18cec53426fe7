import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { cacheFolder, type Surroundings } from "../cluster/Surroundings.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { findGitea } from "./GiteaProgram.ts"

const program = (file: string, script: string) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

/** Logs what it builds and writes a program; the module is in a folder that can't be written to, as modules are. */
const fakeGo = `
case "$1" in
  list) echo "$MODULE" ;;
  build)
    [ -z "$BROKEN" ] || { echo "C compiler \\"gcc\\" not found" >&2; exit 1; }
    echo "$CGO_ENABLED $@" >> "$BUILDS"
    echo built > "$8" ;;
esac`

const machine = Effect.gen(function*() {
  const folder = yield* temporaryFolder("gitops-test-")
  const at = (...names: ReadonlyArray<string>) => join(folder, ...names)
  const source = at("gitea@v1.26.7")
  mkdirSync(at("module"))
  for (const file of ["go.mod", "go.sum"]) writeFileSync(at("module", file), file)
  for (const files of ["options/locale", "templates"]) {
    mkdirSync(join(source, files), { recursive: true })
    writeFileSync(join(source, files, "file"), files, { mode: 0o444 })
    chmodSync(join(source, files), 0o555)
  }
  const said: Array<string> = []
  const builds = at("builds")
  const around: Surroundings = {
    env: { PATH: `${at("path")}:/usr/bin:/bin`, XDG_CACHE_HOME: at("cache"), BUILDS: builds, MODULE: source },
    moduleFolder: at("module"),
    say: (line) => void said.push(line.trim())
  }
  return {
    at,
    around,
    said,
    withEnv: (env: Readonly<Record<string, string>>): Surroundings => ({ ...around, env: { ...around.env, ...env } }),
    builds: () => existsSync(builds) ? readFileSync(builds, "utf8").trim().split("\n") : []
  }
})

describe("Gitea's program is found", () => {
  it.live("where GITEA_BINARY says, or on the PATH if the version is right", () =>
    Effect.gen(function*() {
      const { around, at, withEnv } = yield* machine
      const command = program(at("path", "gitea"), "echo gitea version 1.26.4 built with go")
      assert.deepStrictEqual(yield* findGitea(around), { command, staticFiles: undefined })
      const chosen = program(at("mine"), "")
      const found = yield* findGitea(withEnv({ GITEA_BINARY: chosen }))
      assert.deepStrictEqual(found, { command: chosen, staticFiles: undefined })
    }))

  it.live("or is built into the cache with its files, once, and what was passed over is told", () =>
    Effect.gen(function*() {
      const { around, at, builds, said } = yield* machine
      program(at("path", "go"), fakeGo)
      const old = program(at("path", "gitea"), "echo gitea version 1.25.0 built with go")
      const folder = join(cacheFolder(around), "gitea")
      const found = { command: join(folder, "gitea"), staticFiles: folder }
      assert.deepStrictEqual(yield* findGitea(around), found)
      assert.deepStrictEqual(yield* findGitea(around), found)
      assert.strictEqual(builds().length, 1)
      assert.match(builds()[0] ?? "", /^1 build .* -X main\.Version=1\.26\.7 .* code\.gitea\.io\/gitea$/)
      assert.include(said, `gitea: ${old} is passed over, it is 1.25.0 and not 1.26`)
      assert.strictEqual(readFileSync(join(folder, "options/locale/file"), "utf8"), "options/locale")
      assert.sameMembers(readdirSync(folder), ["gitea", "options", "templates"])
    }))
})

describe("when Gitea can't be had", () => {
  it.live("for want of Go, one message says where was looked and the three ways out", () =>
    Effect.gen(function*() {
      const { around, at, withEnv } = yield* machine
      const { message } = yield* Effect.flip(findGitea(withEnv({ PATH: at("path"), GITEA_BINARY: "/none" })))
      assert.deepStrictEqual(message.split("\n").slice(0, -3), [
        "The tests need a real forge, but Gitea could not be had: there is no Go to build them with",
        "  GITEA_BINARY (/none) is no program",
        "  not on the PATH",
        `  not in the cache (${join(cacheFolder(around), "gitea")})`,
        "One of these three helps:"
      ])
    }))

  it.live("since it doesn't compile, the compiler's words are shown and nothing stays in the cache", () =>
    Effect.gen(function*() {
      const { at, withEnv } = yield* machine
      program(at("path", "go"), fakeGo)
      const broken = withEnv({ BROKEN: "yes" })
      const { message } = yield* Effect.flip(findGitea(broken))
      assert.include(message, `C compiler "gcc" not found`)
      assert.isFalse(existsSync(join(cacheFolder(broken), "gitea")))
    }))
})
