/**
 * What a kustomization file refers to. Files that kustomize reads are parts of what it builds, not manifests to be
 * applied as they are.
 */
import type { Json, JsonObject } from "./Manifest.ts"
import { isObject } from "./ServerFields.ts"

const names: ReadonlySet<string> = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"])

/** Whether a file makes its directory kustomize's. */
export const isKustomizationName = (name: string): boolean => names.has(name)

const listed = [
  "bases",
  "components",
  "configurations",
  "crds",
  "generators",
  "patches",
  "patchesJson6902",
  "patchesStrategicMerge",
  "replacements",
  "resources",
  "transformers",
  "validators"
]
const generators = ["configMapGenerator", "secretGenerator"]
const fields: ReadonlySet<string> = new Set([...listed, ...generators, "helmCharts", "openapi"])

const items = (value: Json | undefined): ReadonlyArray<Json> => Array.isArray(value) ? value : []

const strings = (values: ReadonlyArray<Json | undefined>): ReadonlyArray<string> =>
  values.filter((value) => typeof value === "string")

const inObject = (value: Json): ReadonlyArray<string> => {
  if (!isObject(value)) return strings([value])
  const files = strings(items(value["files"])).map((file) => file.slice(file.indexOf("=") + 1))
  return [
    ...strings([
      value["path"],
      value["env"],
      value["valuesFile"],
      ...items(value["envs"]),
      ...items(value["additionalValuesFiles"])
    ]),
    ...files
  ]
}

/**
 * The paths in a kustomization, relative to it as written, or `undefined` if the document is none. URLs are among them:
 * they name nothing in the repository.
 */
export const kustomizationReferences = (document: JsonObject): ReadonlyArray<string> | undefined => {
  const { apiVersion, kind } = document
  const named = typeof apiVersion === "string" && apiVersion.startsWith("kustomize.config.k8s.io/")
  if (!named && (apiVersion !== undefined || (kind !== undefined && kind !== "Kustomization"))) return undefined
  if (!Object.keys(document).some((key) => fields.has(key))) return undefined
  const all = [...listed, ...generators, "helmCharts"].flatMap((field) => items(document[field])).flatMap(inObject)
  const openapi = document["openapi"]
  return [...all, ...inObject(isObject(openapi) ? openapi : null)].filter((path) => !path.includes("\n"))
}
