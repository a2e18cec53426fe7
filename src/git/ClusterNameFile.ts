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
import { type ClusterId, type ClusterName, nobody } from "./ClusterName.ts"
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

const ofTakeover =
  "# The cluster under takeover asks to take this one's place: if this one lives, its controller refuses.\n"
const ofRefusal = "# The cluster under refused asked to take this one's place. Remove these lines and it asks again.\n"

const block = (key: "takeover" | "refused", why: string, id: ClusterId | undefined): string =>
  id === undefined
    ? ""
    : why + yamlText({ [key]: { cluster: id.cluster, stateNamespace: id.stateNamespace } })

export const encode = (
  { cluster, refused, stateNamespace, takeover }: Naming,
  { branch, gitPath, name }: Writer
): Buffer =>
  Buffer.from(
    explanation + yamlText({ cluster, stateNamespace, name, branch, gitPath }) +
      block("takeover", ofTakeover, takeover) + block("refused", ofRefusal, refused)
  )

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

/** Whom the file speaks of under such a key; `Faulty` for what is no cluster. */
const idAt = (content: JsonObject, key: "takeover" | "refused"): ClusterId | "Faulty" | undefined => {
  const value = content[key]
  if (value === undefined || value === null) return undefined
  const { cluster, stateNamespace } = isObject(value) ? value : {}
  return typeof cluster === "string" && typeof stateNamespace === "string" && cluster !== "" && stateNamespace !== ""
    ? { cluster, stateNamespace }
    : "Faulty"
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
  const [takeover, refused] = [idAt(content, "takeover"), idAt(content, "refused")]
  for (const [field, id] of [["takeover", takeover], ["refused", refused]] as const) {
    if (id === "Faulty") {
      const offset = places.get(content)?.get(field) ?? document.offset
      return unreadable(path, lineAt(offset), `${field} must be a map with cluster and stateNamespace`)
    }
  }
  const isOwn = textAt(content, "branch") === branch && textAt(content, "gitPath") === gitPath &&
    textAt(content, "name") === name
  if (!isOwn) return nobody
  return {
    _tag: "Named",
    cluster: textAt(content, "cluster"),
    stateNamespace: textAt(content, "stateNamespace"),
    ...takeover === undefined || takeover === "Faulty" ? {} : { takeover },
    ...refused === undefined || refused === "Faulty" ? {} : { refused }
  }
}
