// Three sets of real manifests, as one repository: what is in it, and what is left out of it, and why.
import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAllDocuments } from "yaml"
import { snapshotCrds } from "../../cluster/SnapshotCrds.ts"
import { kubernetesManifests } from "./KubernetesManifests.ts"
import { refusedByKubectl } from "./RefusedByKubectl.ts"

export interface ManifestFile {
  readonly set: SetName
  /** In the repository. */
  readonly path: string
  readonly bytes: Buffer
  /** `Deployment.apps shop/web`, for each object that it describes. */
  readonly keys: ReadonlyArray<string>
}

/** In this order: of two files that describe the same object, the first is taken. */
export const setNames = ["snapshot-crds", "shapes", "kubernetes"] as const
export type SetName = typeof setNames[number]

export interface ManifestSets {
  readonly files: ReadonlyArray<ManifestFile>
  /** kubectl refuses these. */
  readonly refused: ReadonlyArray<ManifestFile>
  /** These describe an object that another file describes already. */
  readonly repeated: ReadonlyArray<ManifestFile>
  /** These would limit what others may hold, depending on who comes first. */
  readonly limiting: ReadonlyArray<ManifestFile>
}

interface Document {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly name?: string; readonly namespace?: string }
  readonly items?: ReadonlyArray<Document>
}

/** Some files name a namespace on these; kubectl passes over it. */
const clusterScoped = /^Cluster|Class$/

const keyOf = ({ apiVersion = "", kind = "", metadata }: Document): string => {
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : ""
  const namespace = clusterScoped.test(kind) ? "" : metadata?.namespace ?? "default"
  return `${kind}${group} ${namespace}/${metadata?.name}`
}

/** What the text describes; nothing where it is no YAML. Read by another parser than the product's. */
const keysIn = (bytes: Buffer): ReadonlyArray<string> => {
  const documents = parseAllDocuments(bytes.toString(), { version: "1.1", logLevel: "silent" })
  if ("empty" in documents || documents.some(({ errors }) => errors.length > 0)) return []
  return documents
    .map((document): Document | null => document.toJS())
    .filter((document) => document !== null)
    .flatMap((document) => document.items ?? [document])
    .map(keyOf)
}

const readSet = (set: SetName, folder: string): ReadonlyArray<ManifestFile> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(yaml|json)$/.test(file))
    .toSorted()
    .map((file) => {
      const bytes = readFileSync(join(folder, file))
      return { set, path: `${set}/${file}`, bytes, keys: keysIn(bytes) }
    })

/** They stand in the namespace `default`, beside everything that names no namespace. */
const isLimiting = ({ path }: ManifestFile) => /doc-yaml\/admin\/(limitrange|resourcequota)\//.test(path)

export const manifestSets = Effect.gen(function*() {
  const folders: Record<SetName, string> = {
    "snapshot-crds": yield* snapshotCrds(),
    shapes: join(import.meta.dirname, "manifests"),
    kubernetes: yield* kubernetesManifests()
  }
  const all = setNames.flatMap((set) => readSet(set, folders[set]))
  const refused = all.filter(({ path }) => path in refusedByKubectl)
  const limiting = all.filter(isLimiting)
  const described = new Set<string>()
  const files: Array<ManifestFile> = []
  const repeated: Array<ManifestFile> = []
  for (const file of all.filter((it) => !refused.includes(it) && !limiting.includes(it))) {
    const isRepeated = file.keys.some((key) => described.has(key)) || new Set(file.keys).size < file.keys.length
    if (isRepeated) repeated.push(file)
    else {
      files.push(file)
      for (const key of file.keys) described.add(key)
    }
  }
  return { files, refused, repeated, limiting } satisfies ManifestSets
})
