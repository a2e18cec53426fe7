/**
 * Where a field that the API server speaks of stands in its file. Understands the paths of validation
 * (`spec.ports[0].name`) and of server-side apply (`.spec.containers[name="web"].image`), and keys with dots in them.
 */
import { type Candidate, candidates, offsetOf } from "./Candidates.ts"
import { readText } from "./FileText.ts"
import type { Json } from "./Manifest.ts"
import { type Path, readDocument } from "./ManifestDocument.ts"
import { isObject } from "./ServerFields.ts"
import { type TextPlace, textPlaces } from "./TextPlaces.ts"
import { readYaml, type YamlPlaces } from "./Yaml.ts"

const bracket = /^\[([^\]]*)\]/
const selector = /([A-Za-z0-9_-]+)=("(?:[^"\\]|\\.)*"|[^,\]]*)/g

const same = (value: Json | undefined, text: string): boolean =>
  JSON.stringify(value) === text || String(value) === text

/** Of `name="web"` or `port=80,protocol="TCP"`: the item that has it; of `="x"`: the item that is it. */
const selected = (list: ReadonlyArray<Json>, text: string): number =>
  text.startsWith("=")
    ? list.findIndex((item) => same(item, text.slice(1)))
    : list.findIndex((item) =>
      isObject(item) && [...text.matchAll(selector)].every(([, key = "", value = ""]) =>
        item[key] === undefined || same(item[key], value)
      )
    )

const stepInto = (value: Json, inside: string): string | number | undefined => {
  if (!Array.isArray(value)) return inside
  const index = /^[0-9]+$/.test(inside) ? Number(inside) : selected(value, inside)
  return index >= 0 && index < value.length ? index : undefined
}

/** The longest key that the text begins with, ending where a segment may end. */
const keyAtStart = (value: Json, text: string): string | undefined =>
  isObject(value)
    ? Object.keys(value).filter((key) => text.startsWith(key) && /^(?:$|[.[])/.test(text.slice(key.length)))
      .toSorted((a, b) => b.length - a.length)[0]
    : undefined

/** The path as far as it exists. */
const resolve = (root: Json, field: string): Path => {
  const path: Array<string | number> = []
  let value = root
  let rest = field.replace(/^\./, "")
  while (rest !== "") {
    const inside = bracket.exec(rest)
    const step = inside === null ? keyAtStart(value, rest) : stepInto(value, inside[1] ?? "")
    if (step === undefined) break
    const next: Json | undefined = Array.isArray(value)
      ? value[Number(step)]
      : isObject(value)
      ? value[String(step)]
      : undefined
    if (next === undefined) break
    path.push(step)
    value = next
    rest = rest.slice(inside === null ? String(step).length : inside[0].length).replace(/^\./, "")
  }
  return path
}

const isManifest = ({ value }: Candidate): boolean => isObject(value) && readDocument(value)._tag === "Manifest"

/**
 * The place of the field's key or list item, or of the nearest thing around it that the manifest has; `undefined` if
 * the file does not hold this manifest.
 * @param position Which manifest of its file.
 * @param field As in a message of the API server.
 */
export const placeOfField = (bytes: Uint8Array, position: number, field: string): TextPlace | undefined => {
  const file = readText(bytes)
  if (file._tag === "NoText") return undefined
  const places: YamlPlaces = new Map()
  const reading = readYaml(file.text, places)
  if (reading._tag === "Broken") return undefined
  const found = reading.documents.flatMap(candidates).filter(isManifest)[position]
  if (found === undefined) return undefined
  return textPlaces(file.text)(offsetOf(found.document, [...found.path, ...resolve(found.value, field)], places))
}
