// The flake with what it reads, in a folder without everything else that a checkout has, and Nix to ask it with. In place of
// nixpkgs, which is too large to fetch here, stands a flake that knows what ours uses of it (nixpkgs/).
import { Effect } from "effect"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { ensurePackages, systemProgram } from "../process/DebianPackages.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool } from "../process/Tool.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const nixpkgs = fileURLToPath(new URL("nixpkgs", import.meta.url))
const read = ["flake.nix", "flake.lock", "package.json", "package-lock.json", ".npmrc", "src"]

const settings = "build-users-group =\nsandbox = false\nexperimental-features = nix-command flakes"

export const flakeCopy = Effect.gen(function*() {
  yield* ensurePackages(["nix-bin"], () => systemProgram("nix") !== undefined, "20 s")
  const folder = join(yield* temporaryFolder("gitops-flake-"), "flake")
  for (const name of read) cpSync(join(root, name), join(folder, name), { recursive: true })
  const nix = (...args: ReadonlyArray<string>) =>
    runTool("nix", args, { cwd: folder, env: { NIX_CONFIG: settings, HOME: join(folder, "..") } })
  const stub = ["--offline", "--no-write-lock-file", "--override-input", "nixpkgs", `path:${nixpkgs}`]
  return {
    folder,
    nix,
    check: nix("flake", "check", "--no-build", "path:.", ...stub),
    show: Effect.map(nix("flake", "show", "--json", "path:.", ...stub), (text): unknown => JSON.parse(text)),
    evaluate: (path: string) =>
      Effect.map(nix("eval", "--json", `path:.#${path}`, ...stub), (text): unknown => JSON.parse(text))
  }
})
