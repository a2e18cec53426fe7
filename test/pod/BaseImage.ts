// The image that the Dockerfile begins with, made here since no registry of images is asked: Debian's smallest system, the Node of
// this project, and npm. Made once into the cache, as a tar file.
import { Effect } from "effect"
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { putInCache } from "../cluster/GoModule.ts"
import { onPath } from "../cluster/Surroundings.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool, ToolFailed } from "../process/Tool.ts"
import { underImageLock } from "./ImageCache.ts"

const suite = "trixie"
const packages = "libatomic1,libstdc++6,ca-certificates"

/** npm is started by a program, or is the program on the PATH. */
const npmFolder = () => {
  const program = process.env["npm_execpath"] ?? onPath("npm", process.env)
  return program === undefined ? undefined : dirname(dirname(realpathSync(program)))
}

/** Where this machine has its packages from. */
const mirror = runTool("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"])
  .pipe(Effect.map((lines) => lines.split("\n")[0] ?? ""))

const make = (tar: string) =>
  Effect.gen(function*() {
    const npm = npmFolder()
    if (npm === undefined) return yield* new ToolFailed({ command: "npm", said: "it isn't on the PATH" })
    const system = join(yield* temporaryFolder("gitops-base-"), "system")
    yield* runTool("debootstrap", ["--variant=minbase", `--include=${packages}`, suite, system, yield* mirror])
    const local = join(system, "usr/local")
    mkdirSync(join(local, "lib/node_modules"), { recursive: true })
    cpSync(realpathSync(process.execPath), join(local, "bin/node"))
    cpSync(npm, join(local, "lib/node_modules/npm"), { recursive: true })
    symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(local, "bin/npm"))
    for (const waste of ["var/cache/apt/archives", "var/lib/apt/lists"])
      rmSync(join(system, waste), { recursive: true, force: true })
    yield* runTool("tar", ["-C", system, "-cf", tar, "."])
  }).pipe(Effect.scoped)

/** The tar file. */
export const baseImage = underImageLock((cache) => {
  const name = `base-${suite}-node-${process.versions.node}.tar`
  const file = join(cache, name)
  return existsSync(file)
    ? Effect.succeed(file)
    : Effect.as(
      Effect.suspend(() => {
        process.stderr.write("  making a base image of Debian's packages (about 35 s, once)\n")
        return putInCache(cache, name, make)
      }),
      file
    )
})
