/**
 * The manifests of one file, whatever its path: YAML or JSON, several documents, lists of objects.
 * Text that can't be read costs the whole file; a document that is no valid manifest costs only itself.
 */
import { type Candidate, candidates, offsetOf } from "./Candidates.ts"
import { counted } from "./counted.ts"
import { readText } from "./FileText.ts"
import { encodeJson } from "./JsonText.ts"
import { kustomizationReferences } from "./Kustomization.ts"
import type { Json, ParsedManifest } from "./Manifest.ts"
import { digestOf } from "./ManifestDigest.ts"
import { type DocumentProblem, looksLikeTemplate, readDocument, shown, templateHint } from "./ManifestDocument.ts"
import type { ParsedFile } from "./ParsedFile.ts"
import { isObject, withoutServerFields } from "./ServerFields.ts"
import { textPlaces } from "./TextPlaces.ts"
import { readYaml, type YamlDocument, type YamlPlaces } from "./Yaml.ts"

export interface ManifestFile extends ParsedFile {
  /** The JSON text of each manifest, in the same order: what goes to the API server, with sorted keys. */
  readonly payloads: ReadonlyArray<string>
}

const mentionsManifest = /apiVersion|kind/

interface Mistake {
  readonly document: YamlDocument
  readonly problem: DocumentProblem
}

interface Found {
  readonly manifests: Array<{ readonly manifest: Omit<ParsedManifest, "line">; readonly candidate: Candidate }>
  readonly payloads: Array<string>
  readonly mistakes: Array<Mistake>
}

/** Without the value: it may have strayed from a Secret. */
const sortOf = (value: Json): string => {
  if (typeof value === "string") return "text"
  return typeof value === "object" ? shown(value) : `a ${typeof value === "boolean" ? "boolean" : "number"}`
}

const strayDocument = (value: Json): string =>
  `this document is ${sortOf(value)}, not a manifest; mend it or take it out`

const strayItem = (value: Json): string =>
  isObject(value)
    ? "this item has neither apiVersion nor kind"
    : `this item is ${sortOf(value)}, but must be a map with apiVersion and kind`

const search = (documents: ReadonlyArray<YamlDocument>, templates: boolean): Found => {
  const found: Found = { manifests: [], payloads: [], mistakes: [] }
  for (const candidate of documents.flatMap(candidates)) {
    const { document, path, value } = candidate
    const reading = isObject(value) ? readDocument(value) : undefined
    if (reading?._tag === "Manifest" && isObject(value)) {
      const payload = encodeJson(withoutServerFields(value, templates))
      const position = found.manifests.length
      found.payloads.push(payload)
      found.manifests.push({ candidate, manifest: { ...reading.identity, position, digest: digestOf(payload) } })
    } else if (reading?._tag === "Invalid") {
      for (const problem of reading.problems)
        found.mistakes.push({ document, problem: { ...problem, path: [...path, ...problem.path] } })
    } else if (path.length > 0) { found.mistakes.push({ document, problem: { path, message: strayItem(value) } }) }
  }
  if (found.manifests.length === 0 && found.mistakes.length === 0) return found
  for (const document of documents) {
    if (document.value === null || isObject(document.value)) continue
    found.mistakes.push({ document, problem: { path: [], message: strayDocument(document.value) } })
  }
  return found
}

const mostProblems = 20

const atMost = (problems: ParsedFile["problems"]): ParsedFile["problems"] =>
  problems.length <= mostProblems
    ? problems
    : [...problems.slice(0, mostProblems), {
      message: `and ${counted(problems.length - mostProblems, "more problem")} in this file`
    }]

const readable = (text: string, documents: ReadonlyArray<YamlDocument>): ManifestFile => {
  const templates = text.includes("creationTimestamp")
  const places: YamlPlaces = new Map()
  const placeAt = textPlaces(text)
  let found = search(documents, templates)
  if (found.mistakes.length > 0 || found.manifests.some(({ candidate }) => candidate.path.length > 0)) {
    const again = readYaml(text, places)
    if (again._tag === "Read") found = search(again.documents, templates)
  }
  const references = documents.map(({ value }) => isObject(value) ? kustomizationReferences(value) : undefined)
    .find((paths) => paths !== undefined)
  return {
    manifests: found.manifests.map(({ candidate: { document, path }, manifest }) => ({
      ...manifest,
      line: placeAt(offsetOf(document, path, places)).line
    })),
    payloads: found.payloads,
    problems: atMost(
      found.mistakes.map(({ document, problem }) => ({
        ...placeAt(offsetOf(document, problem.path, places)),
        message: problem.message
      })).toSorted((a, b) => a.line - b.line || a.column - b.column)
    ),
    ...(references === undefined ? {} : { references })
  }
}

/** A file of which nothing can be read. */
export const unreadable = (problem: ParsedFile["problems"][number], foreign: boolean): ManifestFile => ({
  manifests: [],
  payloads: [],
  problems: [problem],
  broken: { foreign }
})

export const parseManifestFile = (bytes: Uint8Array): ManifestFile => {
  const file = readText(bytes)
  if (file._tag === "NoText") return unreadable({ message: file.message }, false)
  const { text } = file
  const reading = readYaml(text)
  if (reading._tag === "Read") return readable(text, reading.documents)
  const place = textPlaces(text)(reading.offset)
  const message = looksLikeTemplate(text) ? `${reading.message}; ${templateHint}` : reading.message
  return unreadable({ ...place, message }, !mentionsManifest.test(text))
}
