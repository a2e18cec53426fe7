// The real CustomResourceDefinitions of volume snapshots, as external-snapshotter's Go module ships them.
// Copied into the cache, so that they are there without Go later.
import { Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { BinariesMissing } from "./BinariesMissing.ts"
import { findGo, moduleFolder, putInCache, underLock } from "./GoModule.ts"
import { cacheFolder, type Surroundings, surroundings } from "./Surroundings.ts"

const name = "snapshot-crds"
const module = "github.com/kubernetes-csi/external-snapshotter/client/v8"

const copyManifests = (from: string, to: string) => {
  mkdirSync(to)
  for (const file of readdirSync(from)) {
    if (file.endsWith(".yaml") && file !== "kustomization.yaml")
      writeFileSync(join(to, file), readFileSync(join(from, file)))
  }
}

/** A folder with one YAML file for each CRD of `snapshot.storage.k8s.io` and `groupsnapshot.storage.k8s.io`. */
export const snapshotCrds = (around: Surroundings = surroundings): Effect.Effect<string, BinariesMissing> =>
  Effect.gen(function*() {
    const folder = join(cacheFolder(around), name)
    if (existsSync(folder)) return folder
    const go = yield* findGo(around, ["the volume snapshot CRDs"], [`not in the cache (${folder})`])
    yield* underLock(around, (cache) =>
      Effect.gen(function*() {
        if (existsSync(folder)) return
        const source = join(yield* moduleFolder(go, module, around), "config", "crd")
        yield* putInCache(cache, name, (unfinished) => Effect.sync(() => copyManifests(source, unfinished)))
      }))
    return folder
  })
