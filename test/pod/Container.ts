// The image in a container of podman's, held as a cluster holds it: read-only root, no capabilities, its own user.
import { Effect, type Scope } from "effect"
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool } from "../process/Tool.ts"
import { image, imageName, storageIn } from "./Image.ts"

export interface ContainerOptions {
  /** Files and folders of this machine, by their place in the container; read-only. */
  readonly mounts?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** With the machine's network; default: none. */
  readonly network?: boolean
  readonly memory?: string
}

export interface ImageFile {
  readonly path: string
  readonly size: number
}

export interface LoadedImage {
  /** As `podman inspect` tells it. */
  readonly config: {
    readonly User: string
    readonly Entrypoint: ReadonlyArray<string>
    readonly Labels: Readonly<Record<string, string>>
  }
  readonly files: ReadonlyArray<ImageFile>
  /** The command line that runs it; the program's arguments follow. */
  readonly command: (options?: ContainerOptions) => readonly [string, ...ReadonlyArray<string>]
}

const filesBelow = (folder: string, at = ""): ReadonlyArray<ImageFile> =>
  readdirSync(join(folder, at), { withFileTypes: true }).flatMap((entry) => {
    const path = `${at}/${entry.name}`
    if (entry.isDirectory()) return filesBelow(folder, path)
    return [{ path, size: entry.isFile() ? statSync(join(folder, path)).size : 0 }]
  })

const runOptions = ["--rm", "--pull=never", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all"].concat(
  "--security-opt=no-new-privileges",
  "--ulimit=nofile=1024:1024",
  "--ulimit=nproc=1024:1024"
)

const commandOf = (storage: ReadonlyArray<string>) => (options: ContainerOptions = {}) => {
  const mounts = Object.entries(options.mounts ?? {}).map(([inside, here]) => `--volume=${here}:${inside}:ro`)
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `--env=${name}=${value}`)
  const network = `--network=${options.network === true ? "host" : "none"}`
  const memory = options.memory === undefined ? [] : [`--memory=${options.memory}`]
  const podman = ["--cgroup-manager=cgroupfs", "--runtime=runc", ...storage, "run", ...runOptions]
  return ["podman", ...podman, network, ...memory, ...mounts, ...env, imageName] as const
}

/** Ready to run; gone with the scope. */
export const loadedImage: Effect.Effect<LoadedImage, unknown, Scope.Scope> = Effect.gen(function*() {
  const archive = yield* image
  const storage = storageIn(yield* temporaryFolder("gitops-containers-"))
  const buildah = (...args: ReadonlyArray<string>) => runTool("buildah", [...storage, ...args])
  yield* buildah("pull", "-q", `oci-archive:${archive}`)
  const inspected = yield* buildah("inspect", "--type=image", imageName)
  const { OCIv1 }: { readonly OCIv1: { readonly config: LoadedImage["config"] } } = JSON.parse(inspected)
  const container = yield* buildah("from", "--pull-never", imageName)
  const files = filesBelow(yield* buildah("mount", container))
  yield* buildah("rm", container)
  return { config: OCIv1.config, files, command: commandOf(storage) }
})
