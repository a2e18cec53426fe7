/** A file opened for editing: its text, what the reader makes of it, and where everything stands. */
import { Result } from "effect"
import { readText } from "../FileText.ts"
import { looksLikeTemplate, templateHint } from "../ManifestDocument.ts"
import { textPlaces } from "../TextPlaces.ts"
import { readYaml, type YamlDocument, type YamlPlaces } from "../Yaml.ts"
import type { YamlToken } from "../yaml/YamlToken.ts"
import { EditRefused } from "./EditRefused.ts"
import { type DocumentLayout, layoutOf, tokensOf } from "./FileLayout.ts"

export interface FileSource {
  readonly text: string
  /** Whether the bytes begin with a byte order mark, which is no part of the text. */
  readonly byteOrderMark: boolean
  readonly tokens: ReadonlyArray<YamlToken>
  /** What the reader made of each document, and where each stands. */
  readonly documents: ReadonlyArray<YamlDocument>
  readonly layouts: ReadonlyArray<DocumentLayout>
  readonly places: YamlPlaces
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const hasByteOrderMark = ([first, second, third]: Uint8Array): boolean =>
  first === 0xef && second === 0xbb && third === 0xbf

/** In JSON the reader escapes them, and nothing stands where it stood before. */
const strangeBreak = /[\u0085\u2028\u2029]/
const startsLikeJson = /^\s*\{/

const refused = (reason: string, text?: string, offset = 0): Result.Result<never, EditRefused> =>
  Result.fail(new EditRefused({ reason, ...(text === undefined ? {} : { line: textPlaces(text)(offset).line }) }))

const openText = (text: string, byteOrderMark: boolean): Result.Result<FileSource, EditRefused> => {
  const places: YamlPlaces = new Map()
  const reading = readYaml(text, places)
  if (reading._tag === "Broken") {
    const reason = looksLikeTemplate(text) ? `${reading.message}; ${templateHint}` : reading.message
    return refused(reason, text, reading.offset)
  }
  const strange = startsLikeJson.test(text) ? text.search(strangeBreak) : -1
  if (strange >= 0) {
    return refused(
      "a character here (U+0085, U+2028 or U+2029) ends a line in YAML; escape it, as in \\u2028",
      text,
      strange
    )
  }
  const tokens = tokensOf(text)
  const layouts = layoutOf(text, tokens)
  return Result.succeed({ text, byteOrderMark, tokens, documents: reading.documents, layouts, places })
}

export const openFile = (bytes: Uint8Array): Result.Result<FileSource, EditRefused> => {
  if (isUtf16(bytes)) return refused("it is UTF-16, which is read but not edited; save it as UTF-8")
  const file = readText(bytes)
  return file._tag === "Text" ? openText(file.text, hasByteOrderMark(bytes)) : refused(file.message)
}
