/** Credentials in the configuration: paths of files, never what is in them. */
import { Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { filePath, notEmpty, text } from "./Fields.ts"

const key = Schema.optionalKey

const Https = Schema.Struct({
  username: key(
    text(
      {
        description: "User of the password; any will do for most tokens. Needs passwordFile.",
        default: defaults.username,
        examples: ["oauth2"]
      },
      notEmpty("a user name")
    )
  ),
  passwordFile: key(filePath({ description: "File that holds the password or token.", examples: ["/https/password"] })),
  caFile: key(
    filePath({ description: "Certificates (PEM) to trust instead of the system's.", examples: ["/https/ca.crt"] })
  ),
  certFile: key(
    filePath({ description: "Client certificate (PEM). Needs keyFile.", examples: ["/https/tls.crt"] })
  ),
  keyFile: key(
    filePath({ description: "Key of the client certificate (PEM). Needs certFile.", examples: ["/https/tls.key"] })
  )
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
  identity: key(filePath({
    description: "Private key: ed25519, ecdsa or rsa, in OpenSSH's format or PEM.",
    default: defaults.ssh.identity,
    examples: ["/ssh/id_ed25519"]
  })),
  passphraseFile: key(
    filePath({ description: "File that holds the passphrase of the key.", examples: ["/ssh/passphrase"] })
  ),
  knownHosts: key(
    filePath({
      description:
        "Host keys to trust, as OpenSSH's known_hosts has them. Where there is none, those of GitHub, GitLab, Bitbucket, Codeberg and Azure DevOps count.",
      default: defaults.ssh.knownHosts,
      examples: ["/hosts/known_hosts"]
    })
  )
}).annotate({ description: "For ssh:// and git@host:path." })

export const CredentialsSchema = Schema.Struct({ ssh: key(Ssh), https: key(Https) }).annotate({
  description: "Paths of files, read again when they change. Nothing secret stands in the configuration."
})
