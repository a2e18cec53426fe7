/**
 * A private SSH key as it stands in a file: the only place that knows the formats people keep keys in (OpenSSH, PEM). Pure.
 * What can't be used is told with its cure; neither key nor passphrase ever gets into a message.
 */
import { Redacted, Result } from "effect"
import { createHash, createPrivateKey, type KeyObject } from "node:crypto"
import ssh2, { type ParsedKey } from "ssh2"

const types = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa"
] as const

/** As the key names itself on the wire; an `ssh-rsa` key signs with SHA-2. */
export type SshKeyType = typeof types[number]

export interface SshKey {
  readonly type: SshKeyType
  /** In wire format: what stands after the type in a `.pub` file, decoded. */
  readonly publicKey: Buffer
  /** As `ssh-keygen -l` shows it: `SHA256:…`. */
  readonly fingerprint: string
  /** To authenticate with. */
  readonly parsed: Redacted.Redacted<ParsedKey>
  /** To sign with. */
  readonly privateKey: Redacted.Redacted<KeyObject>
}

/** Why a file's text is no key that can be used: `reason` and `cure` are halves of a sentence that begins with the file's name. */
export interface SshKeyProblem {
  readonly _tag: "Encrypted" | "WrongPassphrase" | "PublicKey" | "Putty" | "Unsupported" | "Damaged" | "NotAKey"
  readonly reason: string
  readonly cure: string
}

const problems = {
  Encrypted: {
    reason: "the key is encrypted, and there is no passphrase for it",
    cure: "give a file with its passphrase, or take the passphrase off with \"ssh-keygen -p -f <file>\""
  },
  WrongPassphrase: {
    reason: "the passphrase doesn't open the key",
    cure: "check the file with the passphrase; \"ssh-keygen -y -f <file>\" asks for it and tells whether it fits"
  },
  PublicKey: {
    reason: "it is a public key",
    cure: "give the private one, the file of the same name without .pub"
  },
  Putty: {
    reason: "it is a key of PuTTY",
    cure: "convert it with \"puttygen <file> -O private-openssh -o <new file>\""
  },
  Damaged: {
    reason: "the key is damaged or cut short",
    cure:
      "copy the whole file again, with its first and last line; \"ssh-keygen -y -f <file>\" tells whether it is whole"
  },
  NotAKey: {
    reason: "there is no private key in it",
    cure: "it must begin with \"-----BEGIN OPENSSH PRIVATE KEY-----\", as the files that ssh-keygen makes"
  }
} satisfies Record<string, Omit<SshKeyProblem, "_tag">>

const problem = (_tag: keyof typeof problems): SshKeyProblem => ({ _tag, ...problems[_tag] })

const newKey = "make another key with \"ssh-keygen -t ed25519 -f <new file>\""

const unsupported = (what: string, cure = newKey): SshKeyProblem => ({
  _tag: "Unsupported",
  reason: `${what} can't be used`,
  cure
})

/** ssh2 reads whole keys of PEM, but knows neither PKCS #8 nor all ciphers: OpenSSL opens those. */
const pemBegin = /^-----BEGIN (?:(?:RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY-----/

const field = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** The one kind of key that has no PEM which ssh2 reads. */
const opensshText = (key: KeyObject): string => {
  const { d = "", x = "" } = key.export({ format: "jwk" })
  const [secret, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")]
  const type = "ssh-ed25519"
  const one = Buffer.from([0, 0, 0, 1])
  const content = Buffer.concat([
    Buffer.alloc(8),
    field(type),
    field(point),
    field(Buffer.concat([secret, point])),
    field("")
  ])
  const padding = Buffer.from(Array.from({ length: (8 - content.length % 8) % 8 }, (_, i) => i + 1))
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    one,
    field(Buffer.concat([field(type), field(point)])),
    field(Buffer.concat([content, padding]))
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`
}

/** A PEM file in a form that ssh2 reads. */
const plainText = (key: KeyObject): Result.Result<string, SshKeyProblem> => {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return Result.succeed(key.export({ format: "pem", type: "pkcs1" }).toString())
    case "ec":
      return Result.succeed(key.export({ format: "pem", type: "sec1" }).toString())
    case "ed25519":
      return Result.succeed(opensshText(key))
    default:
      return Result.fail(unsupported(`a key of type ${key.asymmetricKeyType ?? "unknown"}`))
  }
}

const readPem = (text: string, passphrase: string | undefined): Result.Result<string, SshKeyProblem> => {
  const isEncrypted = text.includes("ENCRYPTED")
  if (isEncrypted && passphrase === undefined) return Result.fail(problem("Encrypted"))
  try {
    const format = { key: text, format: "pem" } as const
    return plainText(createPrivateKey(passphrase === undefined ? format : { ...format, passphrase }))
  } catch {
    return Result.fail(problem(isEncrypted ? "WrongPassphrase" : "Damaged"))
  }
}

/** ssh2 tells what is wrong in words only. */
const problemOf = (words: string): SshKeyProblem => {
  if (words.includes("no passphrase given")) return problem("Encrypted")
  if (/passphrase|unable to authenticate|bad decrypt/i.test(words)) return problem("WrongPassphrase")
  const type = /Unsupported OpenSSH private key type: ([\w@.-]{1,60})$/.exec(words)?.[1]
  if (type !== undefined) return unsupported(`a key of type ${type}`)
  if (/^Unsupported cipher|initialization vector/.test(words)) {
    return unsupported(
      "the cipher that the key is encrypted with",
      "encrypt it anew with \"ssh-keygen -p -Z aes256-ctr -f <file>\""
    )
  }
  return problem("Damaged")
}

const readWhole = (text: string, passphrase: string | undefined): Result.Result<ParsedKey, SshKeyProblem> => {
  try {
    // A file that announces no keys gives nothing, whatever the types say.
    const parsed: ParsedKey | Error | undefined = ssh2.utils.parseKey(text, passphrase)
    if (parsed instanceof Error) return Result.fail(problemOf(parsed.message))
    return parsed === undefined ? Result.fail(problem("Damaged")) : Result.succeed(parsed)
  } catch {
    return Result.fail(problem("Damaged"))
  }
}

const isSupported = (type: string): type is SshKeyType => types.some((known) => known === type)

const keyOf = (parsed: ParsedKey): Result.Result<SshKey, SshKeyProblem> => {
  const { type } = parsed
  if (!isSupported(type)) return Result.fail(unsupported(`a key of type ${type}`))
  const publicKey = parsed.getPublicSSH()
  const digest = createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "")
  try {
    return Result.succeed({
      type,
      publicKey,
      fingerprint: `SHA256:${digest}`,
      parsed: Redacted.make(parsed),
      privateKey: Redacted.make(createPrivateKey(parsed.getPrivatePEM()))
    })
  } catch {
    return Result.fail(problem("Damaged"))
  }
}

const publicBegin = /^(?:---- BEGIN SSH2 PUBLIC|-----BEGIN (?:RSA )?PUBLIC|(?:ssh|ecdsa|sk)-[\w@.-]+ AAAA)/

/** Opening an encrypted key takes a tenth of a second and more, by design: once for each content of the file. */
export const parse = (
  secret: Redacted.Redacted,
  passphrase: Redacted.Redacted | undefined
): Result.Result<SshKey, SshKeyProblem> => {
  const text = Redacted.value(secret).trim()
  const words = passphrase === undefined ? undefined : Redacted.value(passphrase)
  if (text.startsWith("PuTTY-User-Key-File-")) return Result.fail(problem("Putty"))
  if (publicBegin.test(text)) return Result.fail(problem("PublicKey"))
  if (pemBegin.test(text))
    return readPem(text, words).pipe(Result.flatMap((plain) => readWhole(plain, undefined)), Result.flatMap(keyOf))
  if (!text.startsWith("-----BEGIN OPENSSH PRIVATE KEY-----")) return Result.fail(problem("NotAKey"))
  return readWhole(text, words).pipe(Result.flatMap(keyOf))
}
