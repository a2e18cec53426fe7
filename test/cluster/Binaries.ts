// The programs of a real control plane: where they are, or how to get them.
// $KUBEBUILDER_ASSETS, then PATH (if the version is right), then the cache, else built once into the cache from the
// Go module beside this file.
import { Effect } from "effect"
import { join } from "node:path"
import type { BinariesMissing } from "./BinariesMissing.ts"
import { buildProgram, findGo, type GoProgram, putInCache, underLock } from "./GoModule.ts"
import { cacheFolder, isExecutable, onPath, run, type Surroundings, surroundings } from "./Surroundings.ts"

export type BinaryName =
  | "etcd"
  | "kube-apiserver"
  | "kubectl"
  | "kube-controller-manager"
  | "kubelet"
  | "kube-scheduler"

interface Program extends GoProgram {
  readonly version: string
  readonly versionArgs: ReadonlyArray<string>
}

const kubernetesProgram = (name: string, usually: string, versionArgs = ["--version"]): Program => ({
  name,
  goPackage: `k8s.io/kubernetes/cmd/${name}`,
  usually,
  version: "1.37",
  versionArgs
})

/** In the order of building: what comes later shares packages with what came before. */
const programs: Readonly<Record<BinaryName, Program>> = {
  "kube-apiserver": kubernetesProgram("kube-apiserver", "4 min"),
  etcd: {
    name: "etcd",
    goPackage: "go.etcd.io/etcd/server/v3",
    usually: "15 s",
    version: "3.7",
    versionArgs: ["--version"]
  },
  kubectl: kubernetesProgram("kubectl", "30 s", ["version", "--client"]),
  "kube-controller-manager": kubernetesProgram("kube-controller-manager", "90 s"),
  kubelet: kubernetesProgram("kubelet", "3 min"),
  "kube-scheduler": kubernetesProgram("kube-scheduler", "15 s")
}

const isBinary = (name: string): name is BinaryName => name in programs

/** Of a control plane. */
export const allBinaries: ReadonlyArray<BinaryName> = ["kube-apiserver", "etcd", "kubectl", "kube-controller-manager"]
/** What a node needs on top of that. */
export const nodeBinaries: ReadonlyArray<BinaryName> = ["kubelet", "kube-scheduler"]

/** `1.37.2` out of what `--version` printed. */
const versionIn = (output: string): string | undefined => /\bv?(\d+\.\d+\.\d+)/.exec(output)?.[1]

interface Lookup {
  readonly found: string | undefined
  /** Why other places were passed over. */
  readonly looked: ReadonlyArray<string>
}

const lookUp = (name: BinaryName, around: Surroundings): Effect.Effect<Lookup> =>
  Effect.gen(function*() {
    const { version, versionArgs } = programs[name]
    const looked: Array<string> = []
    const assets = around.env["KUBEBUILDER_ASSETS"]
    if (assets) {
      if (isExecutable(join(assets, name))) return { found: join(assets, name), looked }
      looked.push(`${name}: not in KUBEBUILDER_ASSETS (${assets})`)
    }
    const candidate = onPath(name, around.env)
    if (candidate === undefined)
      looked.push(`${name}: not on the PATH`)
    else {
      const { output } = yield* run(candidate, versionArgs, { env: around.env })
      const found = versionIn(output)
      if (found?.startsWith(`${version}.`)) return { found: candidate, looked }
      looked.push(`${name}: ${candidate} is passed over, it is ${found ?? "of no known version"} and not ${version}`)
    }
    const cached = join(cacheFolder(around), name)
    if (isExecutable(cached)) return { found: cached, looked }
    looked.push(`${name}: not in the cache (${cacheFolder(around)})`)
    return { found: undefined, looked }
  })

const buildInto = (cache: string, go: string, name: BinaryName, around: Surroundings) =>
  isExecutable(join(cache, name))
    ? Effect.void
    : putInCache(cache, name, (unfinished) => buildProgram(go, programs[name], unfinished, around))

/** The paths of the programs, built if they are nowhere. */
export const findBinaries = <Name extends BinaryName>(
  names: ReadonlyArray<Name>,
  around: Surroundings = surroundings
): Effect.Effect<Readonly<Record<Name, string>>, BinariesMissing> =>
  Effect.gen(function*() {
    const lookups = yield* Effect.forEach(names, (name) => lookUp(name, around), { concurrency: "unbounded" })
    const looked = lookups.filter(({ found }) => found === undefined).flatMap(({ looked }) => looked)
    const missing = Object.keys(programs).filter(isBinary).filter((name) =>
      names.some((it, index) => it === name && lookups[index]?.found === undefined)
    )
    if (missing.length > 0) {
      const go = yield* findGo(around, missing, looked)
      for (const line of looked) around.say(`  ${line}`)
      yield* underLock(around, (cache) =>
        Effect.forEach(missing, (name) => buildInto(cache, go, name, around), { discard: true }))
    }
    const cache = cacheFolder(around)
    const paths = names.map((name, index) =>
      [name, lookups[index]?.found ?? join(cache, name)] as const
    )
    return Object.fromEntries(paths) as Record<Name, string>
  })
