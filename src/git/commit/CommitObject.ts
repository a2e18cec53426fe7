/** A commit as Git stores it. Names of people are cleaned, so that nobody's name can become another header. Pure. */

export interface Identity {
  readonly name: string
  readonly email: string
}

export interface NewCommit {
  readonly tree: string
  /** `undefined` for the first commit of a branch. */
  readonly parent: string | undefined
  readonly author: Identity
  readonly committer: Identity
  /** Milliseconds since 1970; what is signed is the whole second before. */
  readonly at: number
  /** With a line break at its end, without NUL characters. */
  readonly message: string
}

/** What would end the name or the line, and what nobody sees. */
const unfit = /[<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu
/** Git takes these off both ends of a name. */
const crumbs = /^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g

const cleaned = (text: string): string => text.toWellFormed().replace(unfit, " ").replace(crumbs, "")

/** `Name <address>`, neither of them empty. */
const identity = ({ email, name }: Identity): string =>
  `${cleaned(name) || "unknown"} <${cleaned(email).replace(/\s+/g, "") || "unknown@localhost"}>`

/** What a signature is made of: the commit without one. */
export const encode = ({ at, author, committer, message, parent, tree }: NewCommit): Buffer => {
  const time = `${Math.max(0, Math.floor(at / 1000))} +0000`
  const headers = [
    `tree ${tree}`,
    ...(parent === undefined ? [] : [`parent ${parent}`]),
    `author ${identity(author)} ${time}`,
    `committer ${identity(committer)} ${time}`
  ]
  return Buffer.from(`${headers.join("\n")}\n\n${message}`)
}

/** The commit with the signature that was made of it. */
export const withSignature = (commit: Buffer, signature: string): Buffer => {
  const end = commit.indexOf("\n\n")
  const header = `\ngpgsig ${signature.trimEnd().split("\n").join("\n ")}`
  return Buffer.concat([commit.subarray(0, end), Buffer.from(header), commit.subarray(end)])
}
