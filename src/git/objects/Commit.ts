/** What a commit says, as far as it matters here. Pure. */

export interface Commit {
  readonly tree: string
  readonly parents: ReadonlyArray<string>
  /** The first line of its message, without control characters; at most 200 characters. */
  readonly subject: string
}

const headerLine = /^(tree|parent) ([0-9a-f]{40})$/

const subjectOf = (message: string): string => {
  const first = message.trimStart().split("\n", 1)[0] ?? ""
  return first.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim().slice(0, 200)
}

/** `undefined` for what isn't a commit. */
export const parse = (body: Buffer): Commit | undefined => {
  const text = body.toString("utf8")
  const end = text.indexOf("\n\n")
  const headers = (end === -1 ? text : text.slice(0, end)).split("\n").map((line) => headerLine.exec(line))
  const tree = headers[0]?.[1] === "tree" ? headers[0][2] : undefined
  if (tree === undefined) return undefined
  const parents = headers.flatMap((header) => header?.[1] === "parent" ? header.slice(2) : [])
  return { tree, parents, subject: end === -1 ? "" : subjectOf(text.slice(end)) }
}
