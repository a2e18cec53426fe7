/** The text of a layout, `{namespace}/{kind}-{name}.yaml`, taken apart, and what can be wrong with it. */
import { quoted } from "./quoted.ts"
import { isSafeSegment } from "./SafeSegment.ts"

const fields = ["namespace", "kind", "name", "group"] as const
export type LayoutField = typeof fields[number]

/** Literal text, and what is filled in. */
export type LayoutSegment = ReadonlyArray<string | { readonly field: LayoutField }>

const isField = (word: string): word is LayoutField => fields.some((field) => field === word)

const segmentOf = (text: string): LayoutSegment =>
  text.split(/(\{[^{}]*\})/).filter((part) => part !== "").map((part) => {
    const word = part.slice(1, -1)
    return part.startsWith("{") && isField(word) ? { field: word } : part
  })

export const segmentsOf = (layout: string): ReadonlyArray<LayoutSegment> => layout.split("/").map(segmentOf)

const longestLayout = 200
const longestLiteral = 100

const known = "{namespace}, {kind}, {name} and {group}"

const problemOfSegment = (segment: LayoutSegment): string | undefined => {
  const literals = segment.filter((part) => typeof part === "string")
  const brace = literals.find((part) => /[{}]/.test(part))
  if (brace !== undefined) {
    return /^\{[^{}]*\}$/.test(brace)
      ? `it can't fill in ${quoted(brace)}: there are ${known}`
      : "a brace has no partner"
  }
  const strange = /[^\p{L}\p{M}\p{N}._@+= -]/u.exec(literals.join(""))
  if (strange !== null) return `it can't hold ${quoted(strange[0])}, which not every system takes in a file name`
  const sample = segment.map((part) => typeof part === "string" ? part : "a").join("")
  if (/^[-. ]/.test(sample)) return `${quoted(sample)} can't begin with "-", "." or a space`
  if (!isSafeSegment(sample)) return `${quoted(sample)} can't be the name of a file or directory of manifests`
  return Buffer.byteLength(literals.join("")) > longestLiteral ? "it is too long" : undefined
}

/** Why new manifests can't be placed by a layout, to complete the sentence "…; ", or `undefined`. */
export const layoutProblem = (layout: string): string | undefined => {
  if (layout.length > longestLayout) return `it is longer than ${longestLayout} characters`
  if (layout.includes("\\")) return `parts of a path in Git are separated by "/"`
  if (layout.startsWith("/")) return `it counts from gitPath and has no leading "/"`
  const names = layout.split("/")
  if (names.includes("..")) return `it can't hold "..": new manifests stay below gitPath`
  if (names.includes("") || names.includes(".")) return "each part between two slashes needs a name"
  const segments = segmentsOf(layout)
  const problem = segments.map(problemOfSegment).find((found) => found !== undefined)
  if (problem !== undefined) return problem
  if (!layout.includes("{name}")) return "it must hold {name}, for each manifest gets a file of its own"
  return /\.ya?ml$/.test(layout) ? undefined : `it must end in ".yaml" or ".yml": new manifests are written as YAML`
}
