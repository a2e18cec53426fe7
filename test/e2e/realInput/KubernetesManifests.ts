// The manifests that ship with Kubernetes itself, out of the Go module that the test bed pins: add-ons, and what its own
// end-to-end tests use. Copied into the cache, so that they are there without Go later.
import { Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { BinariesMissing } from "../../cluster/BinariesMissing.ts"
import { findGo, moduleFolder, putInCache, underLock } from "../../cluster/GoModule.ts"
import { cacheFolder, type Surroundings, surroundings } from "../../cluster/Surroundings.ts"

const name = "kubernetes-manifests"
const module = "k8s.io/kubernetes"
const folders = ["cluster/addons", "test/e2e/testing-manifests", "test/fixtures/doc-yaml"]

const copyManifests = (from: string, to: string) => {
  for (const folder of folders) {
    const files = readdirSync(join(from, folder), { recursive: true, encoding: "utf8" })
    for (const file of files.filter((it) => /\.(yaml|json)$/.test(it))) {
      mkdirSync(dirname(join(to, folder, file)), { recursive: true })
      writeFileSync(join(to, folder, file), readFileSync(join(from, folder, file)))
    }
  }
}

/** A folder with the manifests in Kubernetes' own layout. */
export const kubernetesManifests = (around: Surroundings = surroundings): Effect.Effect<string, BinariesMissing> =>
  Effect.gen(function*() {
    const folder = join(cacheFolder(around), name)
    if (existsSync(folder)) return folder
    const go = yield* findGo(around, ["the manifests that ship with Kubernetes"], [`not in the cache (${folder})`])
    yield* underLock(around, (cache) =>
      Effect.gen(function*() {
        if (existsSync(folder)) return
        const source = yield* moduleFolder(go, module, around)
        yield* putInCache(cache, name, (unfinished) => Effect.sync(() => copyManifests(source, unfinished)))
      }))
    return folder
  })
