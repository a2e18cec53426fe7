// Repositories for `git check`, each on a real server with what a configuration says of it; and the lines of a check where all is well.
import { Effect, Redacted } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeKey } from "../git/ssh/sshKeygen.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { type HttpGitServerOptions, startHttpGitServer } from "../remote/HttpGitServer.ts"
import { type SshGitServerOptions, startSshGitServer } from "../remote/SshGitServer.ts"

const files = { "README.md": "read me\n", "clusters/prod/a.yaml": "a: 1\n", "clusters/prod/shop/b.yaml": "b: 1\n" }

export const makeRepository = Effect.gen(function*() {
  const bare = yield* bareRepository()
  yield* bare.commit(files, { message: "Open the shop\n\nWith a body" })
  yield* bare.git("config", "core.logAllRefUpdates", "always")
  return bare
})

export const overHttps = Effect.fnUntraced(function*(options: HttpGitServerOptions = { credentials: "made" }) {
  const bare = yield* makeRepository
  const server = yield* startHttpGitServer(bare, options)
  const { credentials } = server
  const config = { gitUrl: server.url, branch: "main", gitPath: "clusters/prod", credentials: { https: credentials } }
  const names = {
    URL: server.url,
    PORT: new URL(server.url).port,
    USER: server.login?.username ?? "no user",
    PASSWORD_FILE: credentials.passwordFile ?? "no password",
    CA_FILE: credentials.caFile ?? "no CA"
  }
  const secrets = server.login === undefined ? [] : [server.login.password]
  return { bare, server, run: { config, names, secrets } }
})

export const overSsh = Effect.fnUntraced(function*(options?: SshGitServerOptions) {
  const bare = yield* makeRepository
  const server = yield* startSshGitServer(bare, options)
  const folder = yield* temporaryFolder("gitops-key-")
  const passphrase = "open, sesame %/@"
  const { file, text } = yield* makeKey(folder, "key", { passphrase })
  yield* Effect.sync(() => writeFileSync(join(folder, "passphrase"), `${passphrase}\n`))
  yield* Effect.sync(() => writeFileSync(server.authorizedKeysFile, readFileSync(`${file}.pub`)))
  const keyLines = Redacted.value(text).split("\n").slice(1, -2)
  const ssh = { identity: file, passphraseFile: join(folder, "passphrase"), knownHosts: server.knownHostsFile }
  const config = { gitUrl: server.url, branch: "main", gitPath: "clusters/prod", credentials: { ssh } }
  const names = {
    URL: server.url,
    HOST: `[127.0.0.1]:${server.port}`,
    PORT: String(server.port),
    USER: server.username,
    KEY_FILE: file,
    KNOWN_HOSTS: server.knownHostsFile,
    REPOSITORY: bare.path
  }
  return { bare, config, server, ssh, run: { config, names, secrets: [passphrase, ...keyLines] } }
})

export const resolved = "✓ resolve         TIME  127.0.0.1 is an address already"
export const connected =
  "✓ connect         TIME  127.0.0.1:PORT, TLSv1.3, a certificate of git by test Git authority until DAY"
export const connectedByKey = "✓ connect         TIME  HOST shows the key ssh-ed25519 FINGERPRINT, as in KNOWN_HOSTS:1"
export const loggedIn = "✓ authenticate    TIME  as USER, with the password in PASSWORD_FILE"
export const loggedInByKey = "✓ authenticate    TIME  as USER, with KEY_FILE (ssh-ed25519 FINGERPRINT)"
export const branched = "✓ branch          TIME  main is at COMMIT; protocol version 2"
export const read = "✓ tip             TIME  \"Open the shop\"; 2 files below clusters/prod"
export const mayPush = "✓ push            TIME  allowed, as far as the server tells before anything is sent"

export const good = ["URL", resolved, connected, loggedIn, branched, read, mayPush]
export const goodByKey = ["URL", resolved, connectedByKey, loggedInByKey, branched, read, mayPush]
