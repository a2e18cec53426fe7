/**
 * The text of filters: `/spec/containers/[name=app]/image`, `*` for any key or item, `~1` and `~0` for `/` and `~`.
 * Hot and pure, so plain code with exceptions that never leave this file.
 */
import { Result } from "effect"
import type { Filter, Segment } from "./Filter.ts"
import { scopeProblem } from "./FilterScope.ts"

class Unreadable {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

const fail = (reason: string): never => {
  throw new Unreadable(reason)
}

const unescaped = (text: string): string => {
  if (/~(?![01])/.test(text)) return fail(`"~" stands alone in "${text}": write "~0" for "~" and "~1" for "/"`)
  return text.replaceAll("~1", "/").replaceAll("~0", "~")
}

const indexReason = (text: string) =>
  `"${text}" counts the items of a list, and those change places: write [name=app] for the item with that key, "*" for ` +
  `every item, or the list alone; the key "${text}" of a map is written ["${text}"]`

const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(unescaped(text)))
  } catch (error) {
    if (error instanceof Unreadable) throw error
    return fail(`${text} is no text in quotes: within them, write \\" for a quote and \\\\ for a backslash`)
  }
}

const isQuoted = (text: string) => /^"(?:[^"\\]|\\.)*"$/.test(text)

const keyAndValue = (pair: string, bracket: string): readonly [string, string] => {
  const equals = pair.indexOf("=")
  const key = unescaped(pair.slice(0, Math.max(0, equals)))
  const value = pair.slice(equals + 1)
  if (equals === -1) return fail(`"${bracket}" names no key with its value: write it like [name=app]`)
  if (key === "") {
    return fail(
      `"${bracket}" has no key before "=": write it like [name=app]; the values of a set can only be taken together, so ` +
        `end before it`
    )
  }
  if (value === "") return fail(`"${key}" has no value in "${bracket}"; an empty one is written [${key}=""]`)
  if (isQuoted(value)) return [key, unquoted(value)]
  if (value.includes("\"")) return fail(`a quote stands within a value of "${bracket}": put the whole value in quotes`)
  return [key, unescaped(value)]
}

const keysSegment = (bracket: string): Segment => {
  const inside = bracket.slice(1, -1)
  const pairs = inside.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [""]
  if (pairs.join(",") !== inside) return fail(`a key is missing beside "," in "${bracket}"`)
  const keys = new Map<string, string>()
  for (const pair of pairs) {
    const [key, value] = keyAndValue(pair, bracket)
    if (keys.has(key)) return fail(`"${bracket}" names "${key}" twice`)
    keys.set(key, value)
  }
  return { _tag: "Keys", keys: Object.fromEntries(keys) }
}

const bracketSegment = (bracket: string): Segment => {
  const inside = bracket.slice(1, -1)
  if (inside === "*") return fail(`"[*]" is written "*"`)
  if (/^\d+$/.test(inside)) return fail(indexReason(inside))
  if (!isQuoted(inside)) return keysSegment(bracket)
  return { _tag: "Field", name: unquoted(inside) }
}

const nameSegment = (text: string): Segment => {
  if (text === "*") return { _tag: "Any" }
  if (/^(\d+|-)$/.test(text)) return fail(indexReason(text))
  const bracket = text.indexOf("[")
  if (bracket !== -1) {
    const after = text.slice(bracket)
    return fail(`"/" is missing before "[": write "${text.slice(0, bracket)}/${after === "[*]" ? "*" : after}"`)
  }
  if (text.includes("*"))
    return fail(`"*" stands for a whole name, not for a part of one: "${text}" must be "*" or a name`)
  return { _tag: "Field", name: unescaped(text) }
}

const withoutEmpty = (text: string) => `/${text.split("/").filter((part) => part !== "").join("/")}`

/** Within brackets a `/` needs no escape. */
const pieceAt = (text: string, at: number): string => {
  if (text[at] !== "[") return /[^/]*/y.exec(text.slice(at))?.[0] ?? ""
  const bracket = /^\[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\]/.exec(text.slice(at))?.[0]
  if (bracket === undefined) return fail(`"[" is not closed in "${text.slice(at)}": write it like [name=app]`)
  const next = text[at + bracket.length]
  return next === undefined || next === "/" ? bracket : fail(`after "${bracket}" must follow "/" or nothing`)
}

const segmentsOf = (text: string): ReadonlyArray<Segment> => {
  const segments: Array<Segment> = []
  let at = 0
  while (at < text.length) {
    const piece = pieceAt(text, at + 1)
    if (piece === "") return fail(`a name is missing between two "/" or at the end: write "${withoutEmpty(text)}"`)
    segments.push(piece.startsWith("[") ? bracketSegment(piece) : nameSegment(piece))
    at += piece.length + 1
  }
  return segments
}

/** `spec.replicas`, `.spec.replicas` and `spec/replicas` as a pointer. */
const asPointer = (text: string): string | undefined =>
  /^[$#]?[./]?[A-Za-z]\w*([./][A-Za-z]\w*)*$/.test(text)
    ? `/${text.replace(/^[$#]?[./]?/, "").replaceAll(".", "/")}`
    : undefined

/** Reads a filter. The failure says what is wrong and what to write instead; it completes `"…" is "…"; `. */
export const parse = (text: string): Result.Result<Filter, string> => {
  if (text === "" || text === "/") return Result.fail(`it names no field: leave "filters" out to take the whole object`)
  if (!text.startsWith("/"))
    return Result.fail(`it must be a JSON pointer that begins with "/": write "${asPointer(text) ?? "/spec/replicas"}"`)
  try {
    const filter: Filter = { text, segments: segmentsOf(text) }
    const problem = scopeProblem(filter)
    return problem === undefined ? Result.succeed(filter) : Result.fail(problem)
  } catch (error) {
    if (error instanceof Unreadable) return Result.fail(error.reason)
    throw error
  }
}
