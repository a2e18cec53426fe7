/**
 * Reads YAML, and so JSON, as kubectl does: YAML 1.1 as sigs.k8s.io/yaml understands it. Keys come out sorted, so equal
 * documents have equal JSON text. A key that stands twice is an error, and aliases are counted before they are filled
 * in.
 */
import { YamlFault } from "./yaml/YamlCursor.ts"
import type { YamlPlaces } from "./yaml/YamlMap.ts"
import { type YamlDocument, YamlReader } from "./yaml/YamlReader.ts"

export type { YamlDocument, YamlPlaces }

export type YamlReading =
  | { readonly _tag: "Read"; readonly documents: ReadonlyArray<YamlDocument> }
  /** Why the text can't be read, and where. */
  | { readonly _tag: "Broken"; readonly message: string; readonly offset: number }

const strangeBreaks = /[\u0085\u2028\u2029]/g
const startsLikeJson = /^\s*\{/
const control = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u

const escape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** JSON may hold characters as they are that would end a line in YAML. */
const prepare = (text: string): string => {
  if (startsLikeJson.test(text)) return text.replace(strangeBreaks, escape)
  const found = control.exec(text)
  if (found === null) return text
  const code = escape(found[0])
  throw new YamlFault(
    `a control character (${code}) can't stand in YAML as it is; write ${code} in double quotes`,
    found.index
  )
}

/**
 * All documents of a text, the empty ones as `null`. With `places`, the positions of every entry and item are recorded
 * there, which takes about twice as long.
 */
export const readYaml = (text: string, places?: YamlPlaces): YamlReading => {
  try {
    return { _tag: "Read", documents: new YamlReader(prepare(text), places).read() }
  } catch (error) {
    if (error instanceof YamlFault) return { _tag: "Broken", message: error.message, offset: error.offset }
    throw error
  }
}
