import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { allBinaries } from "../cluster/Binaries.ts"
import { isRoot, systemProgram } from "../process/DebianPackages.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool } from "../process/Tool.ts"
import { flakeCopy } from "./flakeCopy.ts"

const canHaveNix = systemProgram("nix") !== undefined || (isRoot() && systemProgram("apt-get") !== undefined)

const systems = ["aarch64-darwin", "aarch64-linux", "x86_64-linux"]

const keysOf = (value: unknown, ...path: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first, ...rest] = path
  if (typeof value !== "object" || value === null) return []
  if (first === undefined) return Object.keys(value).sort()
  return keysOf(Object.entries(value).find(([name]) => name === first)?.[1], ...rest)
}

/** What Nix would get of the npm packages. */
const installed = (from: string) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-modules-")
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      copyFileSync(join(from, file), join(folder, file))
    const options = ["--omit=dev", "--omit=optional", "--ignore-scripts", "--prefer-offline"]
    yield* runTool("npm", ["ci", ...options], { cwd: folder })
    rmSync(join(folder, "node_modules/.package-lock.json"))
    mkdirSync(join(folder, "out"))
    yield* runTool("mv", ["node_modules", "out"], { cwd: folder })
    return join(folder, "out")
  })

describe.skipIf(!canHaveNix)("the flake", () => {
  it.live("evaluates, and its lock file fits", () =>
    Effect.gen(function*() {
      const { check, folder, nix } = yield* flakeCopy
      yield* check
      const lock = ["flake", "metadata", "--offline", "--no-update-lock-file", "path:."]
      yield* nix(...lock)
      const text = readFileSync(join(folder, "flake.nix"), "utf8")
      writeFileSync(join(folder, "flake.nix"), text.replace("nixpkgs-unstable", "nixos-unstable"))
      assert.include((yield* Effect.flip(nix(...lock))).message, "nixpkgs")
    }))

  it.live("has a package, an app, a check, a shell and a formatter for each system", () =>
    Effect.gen(function*() {
      const { show } = yield* flakeCopy
      const shown = yield* show
      for (const output of ["apps", "checks", "devShells", "packages"]) {
        assert.deepStrictEqual(keysOf(shown, output), systems, output)
        for (const system of systems) assert.deepStrictEqual(keysOf(shown, output, system), ["default"])
      }
      assert.deepStrictEqual(keysOf(shown, "formatter"), systems)
    }))

  it.live("gives its shell the programs that the tests look for", () =>
    Effect.gen(function*() {
      const { evaluate } = yield* flakeCopy
      const elsewhere = ["node", "npm", "git", "ssh", "ssh-keygen", "sshd", "go", "gitea"]
      const programs = yield* evaluate("devShells.x86_64-linux.default.programs")
      assert.includeMembers(programs as Array<string>, [...allBinaries, ...elsewhere])
      // Kubernetes' own programs are packaged for Linux alone; elsewhere Go builds them.
      const onDarwin = yield* evaluate("devShells.aarch64-darwin.default.programs")
      assert.includeMembers(onDarwin as Array<string>, ["etcd", "kubectl", ...elsewhere])
    }))

  it.live("names what package-lock.json names, by the hash of what npm installs", () =>
    Effect.gen(function*() {
      const { evaluate, folder, nix } = yield* flakeCopy
      const hash = yield* nix("hash", "path", yield* installed(folder))
      assert.strictEqual(yield* evaluate("packages.x86_64-linux.default.modules.outputHash"), hash)
    }))
})
