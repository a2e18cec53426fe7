// The programs that make volumes and snapshots real: the snapshot controllers, the provisioner, and a driver of the
// tests' own. In the cache, else built once into it from the Go modules beside this file.
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildProgram, findGo, type GoProgram, putInCache, underLock } from "../cluster/GoModule.ts"
import { cacheFolder, isExecutable, type Surroundings, surroundings } from "../cluster/Surroundings.ts"
import { CsiProgramsMissing } from "./CsiProgramsMissing.ts"

export type CsiProgramName = "snapshot-controller" | "csi-snapshotter" | "csi-provisioner" | "csi-driver"

interface Program extends GoProgram {
  /** The folder of its Go module. */
  readonly module: string
}

const folderOf = (module: string) => fileURLToPath(new URL(module, import.meta.url))

const snapshotter = (name: CsiProgramName, usually: string): Program => ({
  name,
  module: folderOf("snapshotter"),
  goPackage: `github.com/kubernetes-csi/external-snapshotter/v8/cmd/${name}`,
  usually
})

/** Built anew when its sources change, unlike what go.mod alone decides. */
const driver = (): Program => {
  const module = folderOf("driver")
  const hash = createHash("sha256")
  for (const file of readdirSync(module).filter((it) => it.endsWith(".go")).sort())
    hash.update(readFileSync(join(module, file)))
  return { name: `csi-driver-${hash.digest("hex").slice(0, 16)}`, module, goPackage: ".", usually: "10 s" }
}

/** In the order of building: what comes later shares packages with what came before. */
const programs = (): Readonly<Record<CsiProgramName, Program>> => ({
  "snapshot-controller": snapshotter("snapshot-controller", "3 min"),
  "csi-snapshotter": snapshotter("csi-snapshotter", "10 s"),
  "csi-driver": driver(),
  "csi-provisioner": {
    name: "csi-provisioner",
    module: folderOf("provisioner"),
    goPackage: "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner",
    usually: "4 min"
  }
})

const find = (program: Program, given: Surroundings): Effect.Effect<string, CsiProgramsMissing> =>
  Effect.gen(function*() {
    const around: Surroundings = { ...given, moduleFolder: program.module }
    const file = join(cacheFolder(around), program.name)
    if (isExecutable(file)) return file
    const go = yield* findGo(around, [program.name], [])
    around.say(`  ${program.name}: not in the cache (${cacheFolder(around)})`)
    yield* underLock(around, (cache) =>
      isExecutable(file)
        ? Effect.void
        : putInCache(cache, program.name, (unfinished) => buildProgram(go, program, unfinished, around)))
    return file
  }).pipe(
    Effect.mapError((failure) => new CsiProgramsMissing({ missing: failure.missing, reason: failure.reason }))
  )

/** The paths of the programs, built if they are not in the cache. */
export const findCsiPrograms = (
  around: Surroundings = surroundings
): Effect.Effect<Readonly<Record<CsiProgramName, string>>, CsiProgramsMissing> =>
  Effect.all(
    Object.fromEntries(
      Object.entries(programs()).map(([name, program]) => [name, find(program, around)])
    ) as Record<CsiProgramName, Effect.Effect<string, CsiProgramsMissing>>
  )
