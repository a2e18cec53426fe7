// A Git server over SSH: OpenSSH's sshd with git-shell, which runs nothing but Git, for one key.
// Sessions run as who runs the tests. Ends with its scope, and with this process.
import { Effect, type Scope } from "effect"
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { devNull, userInfo } from "node:os"
import { join } from "node:path"
import { freePort } from "../cluster/FreePort.ts"
import { eventually } from "../process/Eventually.ts"
import { type ProcessNotStarted, type RunningProcess, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { BareRepository } from "./BareRepository.ts"
import { type FaultyTcp, faultyTcp } from "./FaultyTcp.ts"
import { findSshd, type SshdMissing } from "./Sshd.ts"
import { makeHostKeys, makeSshKeys, publicKeyOf, type SshKeyKind, type SshKeys } from "./SshKeys.ts"

export interface SshGitServerOptions {
  /** What the host has keys of. Default: ed25519 and ecdsa. */
  readonly hostKeys?: ReadonlyArray<SshKeyKind>
  /** Whether a client may ask for another version of Git's protocol than 0. Default: true. */
  readonly acceptsEnv?: boolean
  /** Further lines of sshd_config, before its own. */
  readonly settings?: ReadonlyArray<string>
}

export interface SshGitServer extends FaultyTcp {
  /** `ssh://user@127.0.0.1:port/path` of the repository. */
  readonly url: string
  readonly username: string
  /** What commands on the server take for the home of their user. */
  readonly home: string
  /** The private key that is let in; its public one beside it in `.pub`. */
  readonly identityFile: string
  readonly knownHostsFile: string
  /** The server's public keys, `type base64` each, as known_hosts has them. */
  readonly hostKeys: ReadonlyArray<string>
  /** The host has other keys from now on, which known_hosts doesn't have; answers them. */
  readonly changeHostKeys: Effect.Effect<ReadonlyArray<string>>
  /** Who is let in, one public key a line; read again for each connection. */
  readonly authorizedKeysFile: string
  /** With it native Git reaches the server. */
  readonly gitEnv: { readonly GIT_SSH_COMMAND: string }
  /** What sshd said. */
  readonly log: Effect.Effect<string>
}

const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"")}"`

/** The text of sshd_config. */
export const sshdConfiguration = (
  folder: string,
  { address = "127.0.0.1", port }: { readonly address?: string; readonly port: number },
  keys: SshKeys,
  options: SshGitServerOptions
) =>
  [
    ...options.settings ?? [],
    `ListenAddress ${address}`,
    `Port ${port}`,
    ...keys.hostKeyFiles.map((file) => `HostKey ${quoted(file)}`),
    `AuthorizedKeysFile ${quoted(keys.authorizedKeysFile)}`,
    "AuthenticationMethods publickey",
    "PermitRootLogin prohibit-password",
    "UsePAM no",
    "StrictModes no",
    "UseDNS no",
    "PidFile none",
    "MaxStartups 100",
    "LogLevel VERBOSE",
    "DisableForwarding yes",
    "PermitTTY no",
    ...(options.acceptsEnv ?? true) ? ["AcceptEnv GIT_PROTOCOL"] : [],
    `SetEnv HOME=${quoted(folder)} PATH=${quoted(process.env["PATH"] ?? "")} GIT_CONFIG_GLOBAL=${devNull} ` +
    "GIT_CONFIG_NOSYSTEM=1",
    "ForceCommand exec git-shell -c \"$SSH_ORIGINAL_COMMAND\"",
    ""
  ].join("\n")

/** OpenSSH 9.8 and newer keep an address waiting that was refused before; older ones don't know the setting. */
const withoutPenalties = (sshd: string, file: string) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const option = ["-o", "PerSourcePenalties=no"]
    execFile(sshd, ["-t", "-f", file, ...option], (error) => resume(Effect.succeed(error === null ? option : [])))
  })

const launch = (
  sshd: string,
  folder: string,
  keys: SshKeys,
  options: SshGitServerOptions
): Effect.Effect<{ readonly port: number; readonly running: RunningProcess }, ProcessNotStarted, Scope.Scope> =>
  Effect.gen(function*() {
    const port = yield* freePort
    const file = join(folder, `sshd_config_${port}`)
    writeFileSync(file, sshdConfiguration(folder, { port }, keys, options))
    const args = ["-D", "-e", "-f", file, ...(yield* withoutPenalties(sshd, file))]
    const running = yield* startProcess({ command: sshd, args, folder, name: `sshd-${port}` })
    const state = Effect.gen(function*() {
      const log = yield* running.stderr
      if (log.includes(`Server listening on 127.0.0.1 port ${port}.`)) return "listens"
      return (yield* running.hasExited) ? log : "starts"
    })
    const seen = yield* Effect.orDie(eventually("sshd listens", state, (it) => it !== "starts"))
    if (seen === "listens") return { port, running }
    if (seen.includes("Address already in use")) return yield* launch(sshd, folder, keys, options)
    return yield* Effect.die(new Error(`sshd has ended: ${seen.trim()}`))
  })

/** Serves the repository on a free loopback port. */
export const startSshGitServer = (
  repository: BareRepository,
  options: SshGitServerOptions = {}
): Effect.Effect<SshGitServer, ProcessNotStarted | SshdMissing, Scope.Scope> =>
  Effect.gen(function*() {
    const sshd = yield* findSshd
    const folder = yield* temporaryFolder("gitops-ssh-")
    const { hostKeys: kinds = ["ed25519", "ecdsa"] } = options
    const keys = yield* makeSshKeys(folder, kinds)
    const { port: ownPort, running } = yield* launch(sshd, folder, keys, options)
    const front = yield* faultyTcp(ownPort)
    const knownHostsFile = join(folder, "known_hosts")
    writeFileSync(knownHostsFile, keys.hostKeys.map((key) => `[127.0.0.1]:${front.port} ${key}\n`).join(""))
    const { username } = userInfo()
    const listens = Effect.map(running.stderr, (log) => log.split("Server listening on").length)
    const changeHostKeys = Effect.gen(function*() {
      const before = yield* listens
      const files = yield* makeHostKeys(folder, kinds)
      yield* running.signal("SIGHUP")
      yield* Effect.orDie(eventually("sshd has begun again", listens, (times) => times > before))
      return files.map(publicKeyOf)
    })
    const ssh = [
      "ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=none",
      `-o UserKnownHostsFile=${knownHostsFile} -i ${keys.identityFile}`
    ]
    return {
      ...front,
      url: `ssh://${username}@127.0.0.1:${front.port}${repository.path}`,
      username,
      home: folder,
      identityFile: keys.identityFile,
      knownHostsFile,
      hostKeys: keys.hostKeys,
      changeHostKeys,
      authorizedKeysFile: keys.authorizedKeysFile,
      gitEnv: { GIT_SSH_COMMAND: ssh.join(" ") },
      log: running.stderr
    }
  })
