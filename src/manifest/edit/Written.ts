/** What an edit needs to know of the document it is made in. */
import type { JsonIndent } from "./JsonLayout.ts"
import type { YamlLayout } from "./YamlText.ts"

export interface Written {
  readonly text: string
  readonly lineBreak: string
  readonly layout: YamlLayout
  /** How its JSON is indented, if it is JSON. */
  readonly json: { readonly indent: JsonIndent } | undefined
}

/** Text whose lines end with LF, with the line breaks of the document. */
export const withLineBreaks = ({ lineBreak }: Written, text: string): string => text.replaceAll("\n", lineBreak)
