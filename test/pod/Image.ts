// The image, built as deploy/Dockerfile says on a base made here. Kept in the cache for as long as nothing that goes into it changes.
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { putInCache } from "../cluster/GoModule.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool } from "../process/Tool.ts"
import { baseImage } from "./BaseImage.ts"
import { underImageLock } from "./ImageCache.ts"

export const imageName = "localhost/gitops-controller:test"
const baseName = "localhost/node:local"

const root = fileURLToPath(new URL("../..", import.meta.url))
const dockerfile = join(root, "deploy/Dockerfile")

/** What the Dockerfile copies out of the checkout. */
const inputs = (): ReadonlyArray<string> =>
  readFileSync(dockerfile, "utf8").split("\n").flatMap((line) =>
    /^COPY (?!--from)/.test(line) ? line.split(" ").slice(1, -1) : []
  )

const filesIn = (path: string): ReadonlyArray<string> =>
  statSync(path).isDirectory() ? readdirSync(path).sort().flatMap((name) => filesIn(join(path, name))) : [path]

const fingerprint = (base: string): string => {
  const hash = createHash("sha256").update(base)
  for (const file of [dockerfile, ...inputs().flatMap((path) => filesIn(join(root, path)))])
    hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest("hex").slice(0, 16)
}

/** Containers without any service of the system's; what they store is gone with the folder. */
export const storageIn = (folder: string): ReadonlyArray<string> => [
  "--storage-driver=vfs",
  "--root",
  join(folder, "storage"),
  "--runroot",
  join(folder, "run")
]

/** A certificate that this machine trusts on top of the usual ones counts in the build too. */
const trust = (folder: string): ReadonlyArray<string> => {
  const certificates = process.env["NODE_EXTRA_CA_CERTS"]
  if (certificates === undefined) return []
  const npmrc = join(folder, "npmrc")
  writeFileSync(npmrc, "cafile=/etc/npm-ca.crt\n")
  return ["-v", `${certificates}:/etc/npm-ca.crt:ro`, "-v", `${npmrc}:/root/.npmrc:ro`]
}

const build = (base: string) => (archive: string) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-image-")
    const buildah = (...args: ReadonlyArray<string>) => runTool("buildah", [...storageIn(folder), ...args])
    const container = yield* buildah("from", "scratch")
    yield* buildah("add", "-q", container, base, "/")
    yield* buildah("commit", "-q", "--rm", container, baseName)
    const options = ["--isolation=chroot", "--network=host", "--pull-never", "--build-arg", `NODE_IMAGE=${baseName}`]
    yield* buildah("bud", ...options, ...trust(folder), "-f", dockerfile, "-t", imageName, root)
    yield* buildah("push", "-q", imageName, `oci-archive:${archive}:${imageName}`)
  }).pipe(Effect.scoped)

/** The image as an OCI archive. */
export const image = Effect.gen(function*() {
  const base = yield* baseImage
  return yield* underImageLock((cache) => {
    const name = `image-${fingerprint(base)}.tar`
    const file = join(cache, name)
    if (existsSync(file)) return Effect.succeed(file)
    process.stderr.write("  building the image (about 40 s, then only when something in it has changed)\n")
    for (const old of readdirSync(cache).filter((it) => it.startsWith("image-"))) rmSync(join(cache, old))
    return Effect.as(putInCache(cache, name, build(base)), file)
  })
})
