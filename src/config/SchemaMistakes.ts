/** What the schema found wrong, in sentences for people, each at its place in the text. Values of credentials are never shown. */
import { type SchemaAST, type SchemaIssue } from "effect"
import { nearest } from "../manifest/Nearest.ts"
import type { ConfigText, Located, Path } from "./ConfigText.ts"
import { type Finding, findings } from "./Findings.ts"
import { withoutCredentials } from "./RepositoryUrl.ts"

/** A mistake and the path of the value it is about. */
export interface PathMistake {
  readonly path: Path
  readonly mistake: Located
}

const literals = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Union" ? ast.types.flatMap((type) => type._tag === "Literal" ? [String(type.literal)] : []) : []

const expectedType = (ast: SchemaAST.AST): string => {
  const { expected } = ast.annotations ?? {}
  if (typeof expected === "string") return expected
  switch (ast._tag) {
    case "Boolean":
      return "true or false"
    case "Arrays":
      return "a list"
    case "Objects":
      return "a map"
    default:
      return "a text"
  }
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) => typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    data
  )

const isCollection = (value: unknown) => typeof value === "object" && value !== null

/** A value fit for a message: one line, short, without credentials. */
const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "empty"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "a map"
  if (typeof value !== "string") return String(value)
  const text = withoutCredentials(value)
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}

const nameOf = (path: Path): string => {
  const last = path.findLastIndex((key) => typeof key === "string")
  return JSON.stringify(
    path.slice(Math.max(0, last)).reduce<string>(
      (name, key) => typeof key === "number" ? `${name}[${key}]` : String(key),
      ""
    )
  )
}

const subject = (data: unknown, path: Path) =>
  path.includes("credentials") ? `${nameOf(path)}:` : `${nameOf(path)} is ${shown(valueAt(data, path))};`

const allowed = (choices: ReadonlyArray<string>, value: unknown) => {
  const meant = typeof value === "string" ? nearest(value, choices) : undefined
  return `allowed: ${choices.join(", ")}${meant === undefined ? "" : ` (did you mean "${meant}"?)`}`
}

const typeCure = (value: unknown, ast: SchemaAST.AST) => {
  if (value === null) return ", or leave the key out"
  if (ast._tag === "Arrays" && typeof value === "string" && /^[\w.*?-]{1,40}$/.test(value)) return `: write [${value}]`
  if (expectedType(ast) === "a text" && !isCollection(value)) return `: put it in quotes`
  return ""
}

const typeSentence = (data: unknown, path: Path, ast: SchemaAST.AST) => {
  const value = valueAt(data, path)
  if (path.length === 0) return `the configuration is ${shown(value)}; it must be a map that holds at least "rules"`
  const choices = literals(ast)
  return choices.length > 0
    ? `${subject(data, path)} ${allowed(choices, value)}`
    : `${subject(data, path)} it must be ${expectedType(ast)}${typeCure(value, ast)}`
}

const unknownSentence = (path: Path, known: ReadonlyArray<string>) => {
  const key = String(path.at(-1))
  const meant = nearest(key, known)
  return `unknown key "${withoutCredentials(key)}"${
    meant === undefined ? `; allowed: ${known.join(", ")}` : `, did you mean "${meant}"?`
  }`
}

const missingSentence = (path: Path, ast: SchemaAST.AST | undefined) => {
  const name = `missing key "${String(path.at(-1))}"`
  if (ast === undefined) return name
  const choices = literals(ast)
  return choices.length > 0 ? `${name}; ${allowed(choices, undefined)}` : `${name}; it is ${expectedType(ast)}`
}

const located = (text: ConfigText, finding: Finding): Located => {
  switch (finding.kind) {
    case "unknown":
      return { ...text.keyPlaceOf(finding.path), message: unknownSentence(finding.path, finding.known) }
    case "missing":
      return { ...text.placeOf(finding.path), message: missingSentence(finding.path, finding.ast) }
    case "type":
      return { ...text.placeOf(finding.path), message: typeSentence(text.data, finding.path, finding.ast) }
    case "value":
      return {
        ...text.placeOf(finding.path),
        message: isCollection(valueAt(text.data, finding.path))
          ? finding.reason
          : `${subject(text.data, finding.path)} ${finding.reason}`
      }
  }
}

const isSame = (left: PathMistake, right: PathMistake) =>
  left.mistake.message === right.mistake.message &&
  left.mistake.line === right.mistake.line && left.mistake.column === right.mistake.column

/** One sentence for each thing the schema complained about. */
export const describe = (issue: SchemaIssue.Issue, text: ConfigText): ReadonlyArray<PathMistake> =>
  findings(issue)
    .map((finding) => ({ path: finding.path, mistake: located(text, finding) }))
    .filter((mistake, index, all) => all.findIndex((other) => isSame(other, mistake)) === index)
