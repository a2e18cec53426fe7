// The image that holds a pod's namespaces open. Made once into the cache, as an OCI archive.
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { putInCache } from "../../cluster/GoModule.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { runTool } from "../../process/Tool.ts"
import { storageIn } from "../Image.ts"
import { underImageLock } from "../ImageCache.ts"
import { pauseImage } from "./NodeFiles.ts"

const make = (program: string) => (archive: string) =>
  Effect.gen(function*() {
    const storage = storageIn(yield* temporaryFolder("gitops-pause-"))
    const buildah = (...args: ReadonlyArray<string>) => runTool("buildah", [...storage, ...args])
    const container = yield* buildah("from", "scratch")
    yield* buildah("copy", "-q", container, program, "/pause")
    yield* buildah("config", "--entrypoint", `["/pause"]`, "--user", "65535:65535", container)
    yield* buildah("commit", "-q", "--rm", container, pauseImage)
    yield* buildah("push", "-q", pauseImage, `oci-archive:${archive}:${pauseImage}`)
  }).pipe(Effect.scoped)

export const pauseArchive = (program: string) =>
  underImageLock((cache) => {
    const name = `pause-${createHash("sha256").update(readFileSync(program)).digest("hex").slice(0, 16)}.tar`
    const file = join(cache, name)
    return existsSync(file) ? Effect.succeed(file) : Effect.as(putInCache(cache, name, make(program)), file)
  })
