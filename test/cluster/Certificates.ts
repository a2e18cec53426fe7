// X.509 certificates for tests, made when they run: an authority, and what it issues.
// Node signs but can't compose certificates, so the DER is written here.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate
} from "node:crypto"
import { isIP } from "node:net"

export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface Subject {
  readonly commonName: string
  readonly organizations?: ReadonlyArray<string>
  /** DNS names and IP addresses a server is reached by. */
  readonly hosts?: ReadonlyArray<string>
}

const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80
    ? [content.length]
    : content.length < 0x100
    ? [0x81, content.length]
    : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...parts: ReadonlyArray<Uint8Array>) => der(0x30, ...parts)
const bytes = (...values: ReadonlyArray<number>) => Buffer.from(values)
const bitString = (content: Uint8Array) => der(0x03, bytes(0), content)
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"))
const time = (date: Date) => der(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2)}`))

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"))
const attribute = (type: string, value: string) => der(0x31, sequence(oid(type), der(0x0c, Buffer.from(value))))
const nameOf = ({ commonName, organizations = [] }: Subject) =>
  sequence(...organizations.map((it) => attribute("55040a", it)), attribute("550403", commonName))

const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [der(0x01, bytes(0xff))] : []), der(0x04, value))

const addressBytes = (host: string) =>
  isIP(host) === 4
    ? Buffer.from(host.split(".").map(Number))
    : Buffer.concat([Buffer.alloc(15), bytes(1)]) // the only IPv6 host tests use is ::1

const hostName = (host: string) => isIP(host) === 0 ? der(0x82, Buffer.from(host)) : der(0x87, addressBytes(host))

const publicKeyOf = (privateKey: string) => createPublicKey(privateKey).export({ type: "spki", format: "der" })
const keyIdOf = (publicKey: Uint8Array) => createHash("sha1").update(publicKey).digest()

const compose = (subject: Subject, publicKey: Uint8Array, issuer: Subject, issuerKey: string, isAuthority: boolean) => {
  const hour = 3_600_000
  const now = Date.now()
  const usages = sequence(oid("2b06010505070301"), oid("2b06010505070302")) // server and client authentication
  const extensions = [
    extension("551d0e", false, der(0x04, keyIdOf(publicKey))),
    extension("551d23", false, sequence(der(0x80, keyIdOf(publicKeyOf(issuerKey))))),
    ...(isAuthority
      ? [
        extension("551d13", true, sequence(der(0x01, bytes(0xff)))),
        extension("551d0f", true, der(0x03, bytes(1, 0x06))) // signs certificates and revocation lists
      ]
      : [
        extension("551d0f", true, der(0x03, bytes(7, 0x80))), // signs handshakes
        extension("551d25", false, usages)
      ]),
    ...(subject.hosts === undefined ? [] : [extension("551d11", false, sequence(...subject.hosts.map(hostName)))])
  ]
  const body = sequence(
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, bytes(1), randomBytes(15)),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(new Date(now - hour)), time(new Date(now + 30 * 24 * hour))),
    nameOf(subject),
    publicKey,
    der(0xa3, sequence(...extensions))
  )
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign("sha256", body, createPrivateKey(issuerKey))))
  return new X509Certificate(certificate).toString()
}

/** A private key (P-256, SEC 1, PEM). */
export const makeKey = (): string =>
  generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" }
  }).privateKey

/** A self-signed authority, valid for 30 days. */
export const makeAuthority = (commonName: string): KeyPair => {
  const key = makeKey()
  return { key, certificate: compose({ commonName }, publicKeyOf(key), { commonName }, key, true) }
}

/** A certificate for a server or a client, with its key, signed by the authority. */
export const issueCertificate = (authority: KeyPair, subject: Subject): KeyPair => {
  const key = makeKey()
  const commonName = new X509Certificate(authority.certificate).subject.replace(/^CN=/, "")
  return { key, certificate: compose(subject, publicKeyOf(key), { commonName }, authority.key, false) }
}
