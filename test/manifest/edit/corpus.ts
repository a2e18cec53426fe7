// Files as people write them, and what is known of their fields.
import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type FieldType, scalar, valueSet } from "../../../src/manifest/FieldType.ts"
import { parseManifestFile } from "../../../src/manifest/ManifestFile.ts"
import { kubernetesManifests } from "../../e2e/realInput/KubernetesManifests.ts"

export interface CorpusFile {
  readonly name: string
  readonly text: string
}

const filesBelow = (folder: string): ReadonlyArray<CorpusFile> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:yaml|json)$/.test(name)).sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }))

const below = (folder: string): ReadonlyArray<CorpusFile> => filesBelow(fileURLToPath(new URL(folder, import.meta.url)))

/** Written for this: each with something that is hard to edit. */
export const corpus: ReadonlyArray<CorpusFile> = below("corpus")

const largest = 20_000

/** Whether each of its manifests can be told from the others, and none is a mistake. */
const isClear = ({ text }: CorpusFile): boolean => {
  const { manifests, problems } = parseManifestFile(Buffer.from(text))
  const names = manifests.map(({ group, kind, name, namespace }) => [group, kind, namespace, name].join())
  return text.length < largest && problems.length === 0 && names.length > 0 && new Set(names).size === names.length
}

/** Others' files. */
export const realFiles = Effect.map(
  kubernetesManifests(),
  (folder) => [...filesBelow(folder), ...below("../../e2e/realInput/manifests")].filter(isClear)
)

const keyed = (keys: ReadonlyArray<string>): FieldType => ({
  _tag: "KeyedList",
  keys,
  defaults: keys.includes("protocol") ? { protocol: "TCP" } : {},
  item: typed
})

const lists: ReadonlyMap<string, () => FieldType> = new Map([
  ...["containers", "initContainers", "env", "volumes", "secrets"].map((name) =>
    [name, () => keyed(["name"])] as const
  ),
  ["volumeMounts", () => keyed(["mountPath"])],
  ["ports", () => keyed(["containerPort", "port", "protocol"])],
  ["finalizers", () => valueSet],
  ["replicas", () => scalar]
])

/** Lists are told apart by the name of their field; a list that has none of these names is one value. */
export const typed: FieldType = {
  _tag: "Struct",
  fields: lists,
  get rest(): FieldType {
    return typed
  }
}
