/** What a commit says, as far as it matters here. Pure. */

export interface Commit {
  readonly tree: string
  readonly parents: ReadonlyArray<string>
  /** The first line of its message, without control characters; at most 200 characters. */
  readonly subject: string
  /** The name of who wrote it, without control characters; at most 100 characters. */
  readonly author: string
}

const headerLine = /^(tree|parent) ([0-9a-f]{40})$/

const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim()

const authorOf = (headers: string): string => plain(/^author (.*?) ?</m.exec(headers)?.[1] ?? "").slice(0, 100)

const subjectOf = (message: string): string => {
  const first = message.trimStart().split("\n", 1)[0] ?? ""
  return plain(first).slice(0, 200)
}

/** All that stands below the headers. */
export const messageOf = (body: Buffer): string => {
  const end = body.indexOf("\n\n")
  return end === -1 ? "" : body.toString("utf8", end + 2)
}

/** `undefined` for what isn't a commit. */
export const parse = (body: Buffer): Commit | undefined => {
  const text = body.toString("utf8")
  const end = text.indexOf("\n\n")
  const head = end === -1 ? text : text.slice(0, end)
  const headers = head.split("\n").map((line) => headerLine.exec(line))
  const tree = headers[0]?.[1] === "tree" ? headers[0][2] : undefined
  if (tree === undefined) return undefined
  const parents = headers.flatMap((header) => header?.[1] === "parent" ? header.slice(2) : [])
  return { tree, parents, author: authorOf(head), subject: end === -1 ? "" : subjectOf(text.slice(end)) }
}
