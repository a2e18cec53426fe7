/**
 * Which host keys are trusted for a host, as the files that OpenSSH keeps them in say (known_hosts, sshd(8)): and what a key that a host
 * shows is, then. What no line vouches for is never trusted. Pure.
 */
import { createHash } from "node:crypto"
import { names } from "./HostPattern.ts"

/** A line that can be read; the others count for nothing, as with OpenSSH. */
export interface KnownHostLine {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly mark: "none" | "revoked" | "cert-authority"
  readonly patterns: string
  readonly type: string
  /** In wire format. */
  readonly key: Buffer
}

/** All that is known of one host. */
export interface KnownHost {
  readonly keys: ReadonlyArray<KnownHostLine>
  readonly revoked: ReadonlyArray<KnownHostLine>
  /** Who signs certificates of it. */
  readonly authorities: ReadonlyArray<KnownHostLine>
}

/** What a key is that a host shows. */
export type Judgement =
  | { readonly _tag: "Trusted" }
  | { readonly _tag: "Revoked"; readonly line: KnownHostLine }
  /** Other keys of the host are known. */
  | { readonly _tag: "Changed"; readonly line: KnownHostLine }
  /** There is nothing but authorities for certificates. */
  | { readonly _tag: "OnlyCertified"; readonly line: KnownHostLine }
  | { readonly _tag: "Unknown" }

/** The type that a key in wire format names itself by; `""` for what is no key. */
export const typeOf = (key: Buffer): string => {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0)
  return length > 0 && length <= 64 && key.length > 4 + length ? key.toString("latin1", 4, 4 + length) : ""
}

/** As `ssh-keygen -l` shows it: `SHA256:…`. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`

const markOf = (text: string): KnownHostLine["mark"] | undefined => {
  switch (text) {
    case "":
      return "none"
    case "@revoked":
      return "revoked"
    case "@cert-authority":
      return "cert-authority"
    default:
      return undefined
  }
}

const lineParts =
  /^[ \t]*(?:(?<mark>@[^ \t]+)[ \t]+)?(?<patterns>[^@# \t][^ \t]*)[ \t]+(?<type>[^ \t]+)[ \t]+(?<key>[^ \t]+)/

const parseLine = (file: string, text: string, line: number): ReadonlyArray<KnownHostLine> => {
  const { key: base64 = "", mark: marked = "", patterns = "", type = "" } = lineParts.exec(text)?.groups ?? {}
  const key = Buffer.from(base64, "base64")
  const mark = markOf(marked)
  return mark === undefined || type === "" || typeOf(key) !== type
    ? []
    : [{ file, line, mark, patterns, type, key }]
}

/** @param file its name, for messages */
export const parse = (file: string, text: string): ReadonlyArray<KnownHostLine> =>
  text.split(/\r?\n/).flatMap((line, index) => parseLine(file, line, index + 1))

/** @param name as `hostName` writes it */
export const lookUp = (lines: ReadonlyArray<KnownHostLine>, name: string): KnownHost => {
  const own = lines.filter(({ patterns }) => names(patterns, name))
  const marked = (mark: KnownHostLine["mark"]) => own.filter((line) => line.mark === mark)
  return { keys: marked("none"), revoked: marked("revoked"), authorities: marked("cert-authority") }
}

export const judge = ({ authorities, keys, revoked }: KnownHost, shown: Buffer): Judgement => {
  const isShown = ({ key }: KnownHostLine) => key.equals(shown)
  const revocation = revoked.find(isShown)
  if (revocation !== undefined) return { _tag: "Revoked", line: revocation }
  if (keys.some(isShown)) return { _tag: "Trusted" }
  const [other] = [...keys.filter(({ type }) => type === typeOf(shown)), ...keys]
  if (other !== undefined) return { _tag: "Changed", line: other }
  const [authority] = authorities
  return authority === undefined ? { _tag: "Unknown" } : { _tag: "OnlyCertified", line: authority }
}

/** From a type of key to the signatures to ask for, the better first. SHA-1 is none of them. */
const signatures = [
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]]
] as const

/** A signature by which a host can show that it has its key. */
export type HostKeyAlgorithm = typeof signatures[number][1][number]

/** Everything that can be asked for, to see what a host shows. */
export const allAlgorithms: ReadonlyArray<HostKeyAlgorithm> = signatures.flatMap(([, names]) => names)

/**
 * What to ask a host for: only what it can be recognised by, else it would show another of its keys. Everything where none of its keys is
 * known, so that the refusal can name the one it shows.
 */
export const algorithmsFor = ({ keys }: KnownHost): ReadonlyArray<HostKeyAlgorithm> => {
  const known = signatures.flatMap(([type, names]) => keys.some((line) => line.type === type) ? names : [])
  return known.length === 0 ? allAlgorithms : known
}
