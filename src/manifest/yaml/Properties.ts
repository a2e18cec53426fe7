/** Reads what may stand before a YAML node: the name of an anchor (or of an alias, in its place) and a tag. */
import { isBlankOrEnd, type YamlCursor, YamlFault } from "./YamlCursor.ts"

const name = /[0-9A-Za-z_-]*/y
const uri = /[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]]*/y

const take = (cursor: YamlCursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.pos
  const found = pattern.exec(cursor.text)?.[0] ?? ""
  cursor.pos += found.length
  return found
}

/** The name after `&` or `*`. */
export const scanName = (cursor: YamlCursor): string => {
  const start = cursor.pos++
  const found = take(cursor, name)
  if (found !== "" && (isBlankOrEnd(cursor.code()) || "?:,]}%@`".includes(cursor.text.charAt(cursor.pos)))) return found
  const sign = cursor.text.charAt(start)
  throw new YamlFault(
    `${sign} begins the name of an anchor (letters and digits); put the value in quotes if it is text`,
    start
  )
}

/** The full name of a tag, such as `tag:yaml.org,2002:str` for `!!str`. */
export const scanTag = (cursor: YamlCursor): string => {
  const start = cursor.pos++
  const verbatim = cursor.code() === 0x3c
  if (verbatim) cursor.pos++
  const tag = take(cursor, uri)
  if (verbatim && cursor.text.charAt(cursor.pos++) !== ">") throw new YamlFault("this tag has no closing >", start)
  if (!isBlankOrEnd(cursor.code())) throw new YamlFault("! begins a tag; put the value in quotes if it is text", start)
  if (verbatim) return tag
  if (!tag.includes("!")) return `!${tag}`
  if (!tag.startsWith("!"))
    throw new YamlFault("the prefix of this tag is declared nowhere; put the value in quotes if it is text", start)
  if (tag === "!") throw new YamlFault("!! has to be followed by the name of a tag", start)
  return `tag:yaml.org,2002:${tag.slice(1)}`
}
