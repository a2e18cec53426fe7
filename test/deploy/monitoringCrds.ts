// The real CustomResourceDefinitions of the Prometheus operator that our monitoring component uses, as its Go module ships them.
// Copied into the cache, so that they are there without Go later.
import { Effect } from "effect"
import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { BinariesMissing } from "../cluster/BinariesMissing.ts"
import { findGo, moduleFolder, putInCache, underLock } from "../cluster/GoModule.ts"
import { cacheFolder, type Surroundings, surroundings } from "../cluster/Surroundings.ts"

const name = "monitoring-crds"
const module = "github.com/prometheus-operator/prometheus-operator"
const files = ["monitoring.coreos.com_servicemonitors.yaml", "monitoring.coreos.com_prometheusrules.yaml"]
const around: Surroundings = { ...surroundings, moduleFolder: fileURLToPath(new URL("monitoring", import.meta.url)) }

const copyManifests = (from: string, to: string) => {
  mkdirSync(to)
  for (const file of files) copyFileSync(join(from, file), join(to, file))
}

/** A folder with one YAML file for each. */
export const monitoringCrds: Effect.Effect<string, BinariesMissing> = Effect.gen(function*() {
  const folder = join(cacheFolder(around), name)
  if (existsSync(folder)) return folder
  const go = yield* findGo(around, ["the CRDs of the Prometheus operator"], [`not in the cache (${folder})`])
  yield* underLock(around, (cache) =>
    Effect.gen(function*() {
      if (existsSync(folder)) return
      const source = join(yield* moduleFolder(go, module, around), "example", "prometheus-operator-crd")
      yield* putInCache(cache, name, (unfinished) => Effect.sync(() => copyManifests(source, unfinished)))
    }))
  return folder
})
