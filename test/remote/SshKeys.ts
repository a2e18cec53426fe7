// Keys and files for an SSH server and its client, made by ssh-keygen when tests run.
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { copyFileSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"

export type SshKeyKind = "ed25519" | "ecdsa" | "rsa"

/** Makes a key pair beside each other, in the place of an older one: the private one's file, and `.pub`. Dies without ssh-keygen. */
export const makeSshKey = (file: string, type: SshKeyKind = "ed25519"): Effect.Effect<string> =>
  Effect.callback((resume) => {
    for (const old of [file, `${file}.pub`]) rmSync(old, { force: true })
    const args = ["-q", "-t", type, "-N", "", "-C", "test", "-f", file, ...type === "rsa" ? ["-b", "2048"] : []]
    execFile("ssh-keygen", args, (error) => resume(error === null ? Effect.succeed(file) : Effect.die(error)))
  })

export interface SshKeys {
  readonly hostKeyFiles: ReadonlyArray<string>
  /** Public host keys, `type base64` each. */
  readonly hostKeys: ReadonlyArray<string>
  readonly identityFile: string
  readonly authorizedKeysFile: string
}

/** `type base64`, without the comment. */
export const publicKeyOf = (file: string): string =>
  readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ")

/** New ones each time. */
export const makeHostKeys = (folder: string, kinds: ReadonlyArray<SshKeyKind>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(kinds, (kind) => makeSshKey(join(folder, `host_${kind}`), kind), { concurrency: "unbounded" })

export const makeSshKeys = (folder: string, hostKinds: ReadonlyArray<SshKeyKind>): Effect.Effect<SshKeys> =>
  Effect.gen(function*() {
    const [hostKeyFiles, identityFile] = yield* Effect.all([
      makeHostKeys(folder, hostKinds),
      makeSshKey(join(folder, "identity"))
    ], { concurrency: "unbounded" })
    const authorizedKeysFile = join(folder, "authorized_keys")
    copyFileSync(`${identityFile}.pub`, authorizedKeysFile)
    return { hostKeyFiles, hostKeys: hostKeyFiles.map(publicKeyOf), identityFile, authorizedKeysFile }
  })
