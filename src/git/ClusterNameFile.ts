/**
 * The file `.gitops-controller.yaml`, from text and to text. Only one that names its own branch, path and controller counts: a copied
 * directory names nobody. Pure.
 */
import { yamlText } from "../manifest/edit/YamlText.ts"
import { readText } from "../manifest/FileText.ts"
import { formatPlace, type Json, type JsonObject } from "../manifest/Manifest.ts"
import { shown } from "../manifest/ManifestDocument.ts"
import { ownFile } from "../manifest/Screening.ts"
import { isObject } from "../manifest/ServerFields.ts"
import { textPlaces } from "../manifest/TextPlaces.ts"
import { readYaml, type YamlPlaces } from "../manifest/Yaml.ts"
import { type ClusterName, nobody } from "./ClusterName.ts"
import type { Naming } from "./GitMessages.ts"

/** Whose file it is: a file that says otherwise is a copy of another's. */
export interface Writer {
  readonly branch: string
  /** `""` for the whole repository. */
  readonly gitPath: string
  /** What tells this controller from others of its cluster. */
  readonly name: string
}

const explanation = [
  "# Written by gitops-controller: the cluster that commits what changes in it to this directory.",
  "# Another cluster that finds this file here writes nothing to Git. In a copy of the directory it names nobody.",
  "# cluster is the UID of the namespace kube-system; the record is in the namespace stateNamespace.",
  ""
].join("\n")

export const pathOf = (gitPath: string): string => gitPath === "" ? ownFile : `${gitPath}/${ownFile}`

export const encode = ({ cluster, stateNamespace }: Naming, { branch, gitPath, name }: Writer): Buffer =>
  Buffer.from(explanation + yamlText({ cluster, stateNamespace, name, branch, gitPath }))

const cure =
  "mend it, or remove the file and let the cluster that writes here name itself again; until then nothing is written to Git"

const unreadable = (path: string, line: number | undefined, what: string): ClusterName => ({
  _tag: "Unreadable",
  reason: `${formatPlace({ path, ...line === undefined ? {} : { line } })}: ${what}; ${cure}`
})

/** What stands there is a submodule, or the like. */
export const notAFile = (path: string): ClusterName => unreadable(path, undefined, "it is no file")

const fields = ["cluster", "stateNamespace", "name", "branch", "gitPath"] as const

const faultOf = (field: string, value: Json): string | undefined => {
  if (typeof value !== "string") return `${field} is ${shown(value)}, but must be text`
  return value === "" && field !== "gitPath" ? `${field} is empty` : undefined
}

const textAt = (content: JsonObject, field: (typeof fields)[number]): string => {
  const value = content[field]
  return typeof value === "string" ? value : ""
}

/** Whom the file names, read by this writer. @param path where it stands, for what there is to complain */
export const decode = (bytes: Uint8Array, path: string, { branch, gitPath, name }: Writer): ClusterName => {
  const file = readText(bytes)
  if (file._tag === "NoText") return unreadable(path, undefined, file.message)
  const places: YamlPlaces = new Map()
  const reading = readYaml(file.text, places)
  const lineAt = (offset: number) => textPlaces(file.text)(offset).line
  if (reading._tag === "Broken") return unreadable(path, lineAt(reading.offset), reading.message)
  const [document, second] = reading.documents.filter(({ value }) => value !== null)
  if (document === undefined || second !== undefined || !isObject(document.value))
    return unreadable(path, lineAt(second?.offset ?? 0), `it must be one map with ${fields.join(", ")}`)
  const content = document.value
  for (const field of fields) {
    const fault = faultOf(field, content[field] ?? null)
    if (fault !== undefined)
      return unreadable(path, lineAt(places.get(content)?.get(field) ?? document.offset), fault)
  }
  const isOwn = textAt(content, "branch") === branch && textAt(content, "gitPath") === gitPath &&
    textAt(content, "name") === name
  return isOwn
    ? { _tag: "Named", cluster: textAt(content, "cluster"), stateNamespace: textAt(content, "stateNamespace") }
    : nobody
}
