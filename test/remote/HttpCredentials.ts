// What a client of an HTTP Git server is given, as files: the authority, user and password, a certificate of its own.
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { issueCertificate, type KeyPair } from "../cluster/Certificates.ts"

export interface Login {
  readonly username: string
  readonly password: string
}

/** As `credentials.https` stands in the configuration file. */
export interface HttpCredentials {
  readonly username?: string
  readonly passwordFile?: string
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** The password has the characters that break a URL or a header when somebody forgets to encode them. */
export const makeLogin = (): Login => ({
  username: `user-${randomBytes(4).toString("hex")}`,
  password: `${randomBytes(12).toString("base64url")}:@/%`
})

export interface HttpCredentialsSpec {
  readonly folder: string
  readonly authority: KeyPair | undefined
  readonly login: Login | undefined
  readonly clientCertificate: boolean
}

/** Writes the files into the folder. */
export const writeHttpCredentials = (spec: HttpCredentialsSpec): HttpCredentials => {
  const { authority, clientCertificate, folder, login } = spec
  const write = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  const ofLogin = login === undefined
    ? {}
    : { username: login.username, passwordFile: write("password", `${login.password}\n`) }
  if (authority === undefined) return ofLogin
  const ofServer = { ...ofLogin, caFile: write("ca.crt", authority.certificate) }
  if (!clientCertificate) return ofServer
  const client = issueCertificate(authority, { commonName: "client" })
  return { ...ofServer, certFile: write("client.crt", client.certificate), keyFile: write("client.key", client.key) }
}
