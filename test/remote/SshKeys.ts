// Keys and files for an SSH server and its client, made by ssh-keygen when tests run.
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { copyFileSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** Makes a key pair beside each other: the private one's file, and `.pub`. Dies without ssh-keygen. */
export const makeSshKey = (
  file: string,
  type: "ed25519" | "ecdsa" | "rsa" = "ed25519"
): Effect.Effect<string> =>
  Effect.callback((resume) => {
    const args = ["-q", "-t", type, "-N", "", "-C", "test", "-f", file]
    execFile("ssh-keygen", args, (error) => resume(error === null ? Effect.succeed(file) : Effect.die(error)))
  })

export interface SshKeys {
  readonly hostKeyFiles: ReadonlyArray<string>
  /** Public host keys, `type base64` each. */
  readonly hostKeys: ReadonlyArray<string>
  readonly identityFile: string
  readonly authorizedKeysFile: string
}

export const makeSshKeys = (folder: string): Effect.Effect<SshKeys> =>
  Effect.gen(function*() {
    const [ed25519, ecdsa, identityFile] = yield* Effect.all([
      makeSshKey(join(folder, "host_ed25519")),
      makeSshKey(join(folder, "host_ecdsa"), "ecdsa"),
      makeSshKey(join(folder, "identity"))
    ], { concurrency: "unbounded" })
    const authorizedKeysFile = join(folder, "authorized_keys")
    copyFileSync(`${identityFile}.pub`, authorizedKeysFile)
    const hostKeyFiles = [ed25519, ecdsa]
    const hostKeys = hostKeyFiles.map((file) => readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" "))
    return { hostKeyFiles, hostKeys, identityFile, authorizedKeysFile }
  })
