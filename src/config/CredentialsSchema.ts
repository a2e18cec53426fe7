/** Credentials in the configuration: paths of files, never what is in them. */
import { Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { filePath, notEmpty, text } from "./Fields.ts"

const key = Schema.optionalKey

const Https = Schema.Struct({
  username: key(
    text(
      { description: "User of the password; any will do for most tokens.", default: defaults.username },
      notEmpty("a user name")
    )
  ),
  passwordFile: key(filePath("File that holds the password or token.")),
  caFile: key(filePath("Certificates (PEM) to trust instead of the system's.")),
  certFile: key(filePath("Client certificate (PEM).")),
  keyFile: key(filePath("Key of the client certificate (PEM)."))
}).annotate({ description: "For https:// and http://." })
  .check(
    Schema.makeFilter((https: { readonly [K in "username" | "passwordFile" | "certFile" | "keyFile"]?: string }) =>
      ([["username", "passwordFile"], ["certFile", "keyFile"], ["keyFile", "certFile"]] as const).flatMap((
        [one, other]
      ) =>
        https[one] === undefined || https[other] !== undefined
          ? []
          : [{ path: [one], issue: `it needs "${other}" beside it` }]
      )
    )
  )

const Ssh = Schema.Struct({
  identity: key(filePath("Private key, in OpenSSH's format or PEM.", defaults.ssh.identity)),
  passphraseFile: key(filePath("File that holds the passphrase of the key.")),
  knownHosts: key(
    filePath(
      "Host keys to trust, as OpenSSH's known_hosts has them. Where there is none, those of well-known Git hosts count.",
      defaults.ssh.knownHosts
    )
  )
}).annotate({ description: "For ssh:// and git@host:path." })

export const CredentialsSchema = Schema.Struct({ ssh: key(Ssh), https: key(Https) }).annotate({
  description: "Paths of files, read again when they change. Nothing secret stands in the configuration."
})
