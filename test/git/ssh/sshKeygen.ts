// Keys as people make them: by ssh-keygen, while the test runs.
import { Effect, Redacted } from "effect"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface KeyOptions {
  readonly type?: "ed25519" | "ecdsa" | "rsa"
  readonly bits?: number
  readonly format?: "PEM" | "PKCS8"
  readonly passphrase?: string
  /** Of OpenSSH's own format. */
  readonly cipher?: string
}

export interface MadeKey {
  readonly file: string
  readonly text: Redacted.Redacted
  /** `type base64` */
  readonly publicKey: string
}

export const keygen = (...args: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.callback((resume) => {
    execFile("ssh-keygen", args, (error, out) => resume(error === null ? Effect.succeed(out) : Effect.die(error)))
  })

/** One round of the slow hash that encryption begins with is enough here. */
export const makeKey = Effect.fnUntraced(function*(folder: string, name: string, options: KeyOptions = {}) {
  const { bits, cipher, format, passphrase = "", type = "ed25519" } = options
  const file = join(folder, name)
  yield* keygen(
    "-q",
    "-a",
    "1",
    "-t",
    type,
    "-N",
    passphrase,
    "-C",
    "test",
    "-f",
    file,
    ...(bits === undefined ? [] : ["-b", String(bits)]),
    ...(format === undefined ? [] : ["-m", format]),
    ...(cipher === undefined ? [] : ["-Z", cipher])
  )
  const made: MadeKey = {
    file,
    text: Redacted.make(readFileSync(file, "utf8")),
    publicKey: readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ")
  }
  return made
})
