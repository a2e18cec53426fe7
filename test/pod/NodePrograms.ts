// The programs of a node: Kubernetes' own, and the container runtime's. In the cache, else built once into it.
import { Effect } from "effect"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { allBinaries, findBinaries, nodeBinaries } from "../cluster/Binaries.ts"
import { buildProgram, findGo, putInCache, underLock } from "../cluster/GoModule.ts"
import { cacheFolder, isExecutable, type Surroundings, surroundings } from "../cluster/Surroundings.ts"

const around: Surroundings = {
  ...surroundings,
  moduleFolder: fileURLToPath(new URL("containerd", import.meta.url))
}

const command = (name: string, usually: string) => ({
  name,
  goPackage: `github.com/containerd/containerd/v2/cmd/${name}`,
  usually,
  tags: "no_btrfs no_zfs no_devmapper"
})

const runtime = [
  command("containerd", "90 s"),
  command("containerd-shim-runc-v2", "5 s"),
  command("ctr", "10 s"),
  { name: "pause", goPackage: "./pause", usually: "a second" }
]

/** The folders that hold them, to be put on a PATH. */
export const findNodePrograms = Effect.gen(function*() {
  const binaries = yield* findBinaries([...allBinaries, ...nodeBinaries])
  const cache = cacheFolder(around)
  const missing = () => runtime.filter(({ name }) => !isExecutable(join(cache, name)))
  if (missing().length > 0) {
    const go = yield* findGo(around, missing().map(({ name }) => name), [])
    yield* underLock(
      around,
      () =>
        Effect.forEach(
          missing(),
          (program) => putInCache(cache, program.name, (unfinished) => buildProgram(go, program, unfinished, around))
        )
    )
  }
  return {
    folders: [cache, ...new Set(Object.values(binaries).map((path) => dirname(path)))],
    pause: join(cache, "pause")
  }
})
