/**
 * Tells whether a document is a manifest and of which object. What is half a manifest, or can't be kept in step, is a
 * problem with the path of the field to mend.
 */
import type { Json, JsonObject, ParsedManifest } from "./Manifest.ts"
import { isPaused } from "./PauseAnnotation.ts"
import { quoted, shortened } from "./quoted.ts"
import { isObject } from "./ServerFields.ts"

export type Path = ReadonlyArray<string | number>

export interface DocumentProblem {
  /** From the root of the document; where it ends in nothing, the place is the nearest thing around it. */
  readonly path: Path
  readonly message: string
}

export type Identity = Pick<
  ParsedManifest,
  "group" | "isPaused" | "kind" | "labels" | "name" | "namespace" | "version"
>

export type DocumentReading =
  | { readonly _tag: "Manifest"; readonly identity: Identity }
  | { readonly _tag: "Invalid"; readonly problems: ReadonlyArray<DocumentProblem> }
  /** Neither apiVersion nor kind, or a file of kustomize's own. */
  | { readonly _tag: "Other" }

export const shown = (value: Json): string => {
  if (value === null) return "empty"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "a map"
  return typeof value === "string"
    ? quoted(value)
    : `${value}, a ${typeof value === "boolean" ? "boolean" : "number"}`
}

const isScalar = (value: Json): boolean => typeof value !== "object" && value !== null

const mustBeText = (name: string, value: Json): string =>
  `${name} is ${shown(value)}, but must be text${isScalar(value) ? "; put it in quotes" : ""}`

export const looksLikeTemplate = (text: string): boolean => text.includes("{{")

export const templateHint =
  "it looks like a Helm or Go template: render it first, or keep it beside its Chart.yaml so that it is passed over"

const unrendered = (name: string, value: string): string | undefined =>
  looksLikeTemplate(value) ? `${name} is ${quoted(value)}; ${templateHint}` : undefined

/** What the API server takes for no part of a path. */
const wrongName = (name: string, value: string): string | undefined =>
  value === "." || value === ".." || /[/%]/.test(value)
    ? `${name} ${quoted(value)} can't be a name: "/", "%", "." and ".." are not allowed`
    : undefined

const isEncrypted = (document: JsonObject): boolean =>
  isObject(document["sops"]) && typeof document["sops"]["mac"] === "string"

const encrypted =
  "this manifest is encrypted with SOPS, which can't be decrypted yet; it is not applied, for the cluster would get the ciphertext"

class Problems {
  readonly all: Array<DocumentProblem> = []

  add(path: Path, message: string | undefined): void {
    if (message !== undefined) this.all.push({ path, message })
  }

  /** The text at a path, or the problem that it is none. */
  text(value: Json, path: Path, name: string): string {
    if (typeof value === "string") return value
    this.add(path, mustBeText(name, value))
    return ""
  }
}

const readType = (document: JsonObject, problems: Problems): Pick<Identity, "group" | "kind" | "version"> => {
  const kind = problems.text(document["kind"] ?? null, ["kind"], "kind")
  const apiVersion = problems.text(document["apiVersion"] ?? null, ["apiVersion"], "apiVersion")
  if (problems.all.length > 0) return { group: "", version: "", kind }
  if (!/^[A-Za-z0-9_-]+$/.test(kind))
    problems.add(["kind"], unrendered("kind", kind) ?? `kind ${quoted(kind)} is no kind of object`)
  const [, group = "", version = ""] = /^(?:([A-Za-z0-9.-]+)\/)?([A-Za-z0-9.-]+)$/.exec(apiVersion) ?? []
  if (version === "") {
    const message = `apiVersion ${
      quoted(apiVersion)
    } must be a version such as v1, or a group and a version such as apps/v1`
    problems.add(["apiVersion"], unrendered("apiVersion", apiVersion) ?? message)
  }
  return { group, kind, version }
}

const readLabels = (
  metadata: JsonObject,
  field: "annotations" | "labels",
  problems: Problems
): Readonly<Record<string, string>> => {
  const given = metadata[field] ?? null
  if (given === null) return {}
  if (!isObject(given)) {
    problems.add(["metadata", field], `metadata.${field} is ${shown(given)}, but must be a map`)
    return {}
  }
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      value === null ? "" : problems.text(value, ["metadata", field, key], `${field.slice(0, -1)} ${shortened(key)}`)
    ])
  )
}

const readMetadata = (
  document: JsonObject,
  kind: string,
  problems: Problems
): Pick<Identity, "isPaused" | "labels" | "name" | "namespace"> => {
  const metadata = document["metadata"] ?? null
  if (metadata !== null && !isObject(metadata)) {
    problems.add(["metadata"], `metadata is ${shown(metadata)}, but must be a map with a name`)
    return { isPaused: false, labels: {}, name: "", namespace: undefined }
  }
  const { generateName = null, name = null, namespace = null } = metadata ?? {}
  if (name !== null) {
    const text = problems.text(name, ["metadata", "name"], "metadata.name")
    if (name === "") problems.add(["metadata", "name"], "metadata.name is empty; give the object a name")
    problems.add(["metadata", "name"], unrendered("metadata.name", text) ?? wrongName("metadata.name", text))
  } else if (generateName === null)
    problems.add(["metadata"], `this ${shortened(kind)} has no metadata.name; give it one`)
  else {
    const message =
      "metadata.generateName would make a new object at every apply; give this object a metadata.name instead"
    problems.add(["metadata", "generateName"], message)
  }
  const space = namespace === null ? "" : problems.text(namespace, ["metadata", "namespace"], "metadata.namespace")
  problems.add(
    ["metadata", "namespace"],
    unrendered("metadata.namespace", space) ?? wrongName("metadata.namespace", space)
  )
  const annotations = readLabels(metadata ?? {}, "annotations", problems)
  const labels = readLabels(metadata ?? {}, "labels", problems)
  return {
    isPaused: isPaused(annotations),
    labels,
    name: typeof name === "string" ? name : "",
    namespace: space === "" ? undefined : space
  }
}

export const readDocument = (document: JsonObject): DocumentReading => {
  const { apiVersion = null, kind = null } = document
  if (apiVersion === null && kind === null) return { _tag: "Other" }
  if (typeof apiVersion === "string" && apiVersion.startsWith("kustomize.config.k8s.io/")) return { _tag: "Other" }
  const problems = new Problems()
  if (isEncrypted(document)) problems.add(["sops"], encrypted)
  else if (apiVersion === null)
    problems.add(["kind"], `this document has a kind but no apiVersion; add one, such as "apiVersion: v1"`)
  else if (kind === null)
    problems.add(["apiVersion"], `this document has an apiVersion but no kind; add one, such as "kind: ConfigMap"`)
  else {
    const type = readType(document, problems)
    const metadata = readMetadata(document, type.kind, problems)
    if (problems.all.length === 0) return { _tag: "Manifest", identity: { ...type, ...metadata } }
  }
  return { _tag: "Invalid", problems: problems.all }
}
