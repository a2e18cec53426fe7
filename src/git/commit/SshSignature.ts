/** Signatures that `git verify-commit` accepts with `gpg.format=ssh`: OpenSSH's SSHSIG, for Git's namespace. Pure. */
import { Redacted } from "effect"
import { createHash, sign as signBytes } from "node:crypto"
import type { SshKey, SshKeyType } from "../ssh/SshKey.ts"

const magic = Buffer.from("SSHSIG")
const namespace = "git"
const hash = "sha512"

const field = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** A positive number without needless zeros in front, as SSH writes it. */
const number = (bytes: Buffer): Buffer => {
  const start = bytes.findIndex((byte) => byte !== 0)
  const digits = start === -1 ? Buffer.alloc(0) : bytes.subarray(start)
  return field((digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.alloc(1), digits]))
}

/** What the signature is called, and the hash that goes with it. RSA with SHA-1, what `ssh-rsa` once meant, is accepted by nobody. */
const methods: Readonly<Record<SshKeyType, { readonly name: string; readonly hash: string | null }>> = {
  "ssh-ed25519": { name: "ssh-ed25519", hash: null },
  "ecdsa-sha2-nistp256": { name: "ecdsa-sha2-nistp256", hash: "sha256" },
  "ecdsa-sha2-nistp384": { name: "ecdsa-sha2-nistp384", hash: "sha384" },
  "ecdsa-sha2-nistp521": { name: "ecdsa-sha2-nistp521", hash: "sha512" },
  "ssh-rsa": { name: "rsa-sha2-512", hash: "sha512" }
}

const signed = ({ privateKey, type }: SshKey, data: Buffer): Buffer => {
  const method = methods[type]
  const raw = signBytes(method.hash, data, { key: Redacted.value(privateKey), dsaEncoding: "ieee-p1363" })
  const half = raw.length / 2
  const isPair = type.startsWith("ecdsa-")
  const body = isPair ? Buffer.concat([number(raw.subarray(0, half)), number(raw.subarray(half))]) : raw
  return Buffer.concat([field(method.name), field(body)])
}

/** The signature of the payload, in lines for people. */
export const sign = (key: SshKey, payload: Buffer): string => {
  const about = [field(namespace), field(""), field(hash)]
  const data = Buffer.concat([magic, ...about, field(createHash(hash).update(payload).digest())])
  const version = Buffer.from([0, 0, 0, 1])
  const whole = Buffer.concat([magic, version, field(key.publicKey), ...about, field(signed(key, data))])
  const lines = whole.toString("base64").match(/.{1,70}/g) ?? []
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n")
}
