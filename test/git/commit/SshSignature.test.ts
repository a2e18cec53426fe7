import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { sign } from "../../../src/git/commit/SshSignature.ts"
import { parse } from "../../../src/git/ssh/SshKey.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { git } from "../../remote/NativeGit.ts"
import { type KeyOptions, makeKey } from "../ssh/sshKeygen.ts"
import { commitFiles, person } from "./nativeTwin.ts"

const passphrase = "open, sesame"

const kinds: ReadonlyArray<readonly [string, KeyOptions]> = [
  ["ed25519", {}],
  ["ed25519 with a passphrase", { passphrase }],
  ["ecdsa-256", { type: "ecdsa", bits: 256 }],
  ["ecdsa-384 in PEM", { type: "ecdsa", bits: 384, format: "PEM" }],
  ["ecdsa-521 in PKCS #8 with a passphrase", { type: "ecdsa", bits: 521, format: "PKCS8", passphrase }],
  ["rsa", { type: "rsa", bits: 2048 }],
  ["rsa in PEM with a passphrase", { type: "rsa", bits: 3072, format: "PEM", passphrase }]
]

const prepare = Effect.fnUntraced(function*(options: KeyOptions) {
  const folder = yield* temporaryFolder("gitops-sign-")
  const made = yield* makeKey(folder, "signing", options)
  const words = options.passphrase === undefined ? undefined : Redacted.make(options.passphrase)
  const signers = join(folder, "allowed_signers")
  writeFileSync(signers, `${person.email} namespaces="git" ${made.publicKey}\n`)
  const bare = yield* bareRepository({ files: { a: "unsigned" } })
  const verify = git(
    ["-c", "gpg.format=ssh", "-c", `gpg.ssh.allowedSignersFile=${signers}`, "verify-commit", "--raw", "main"],
    { cwd: bare.path }
  )
  return { bare, key: Result.getOrThrow(parse(made.text, words)), verify }
})

/** What each begins with its length. */
const fieldsOf = (bytes: Buffer): ReadonlyArray<Buffer> => {
  const fields: Array<Buffer> = []
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32BE(at))
    fields.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)))
  return fields
}

describe("a commit signed with an SSH key", () => {
  /** A number in a signature of ecdsa begins with a bit that asks for a zero in front, or with a zero that must go. */
  it.live.each(kinds)("of %s is accepted by git verify-commit", ([, options]) =>
    Effect.gen(function*() {
      const { bare, key, verify } = yield* prepare(options)
      for (const at of [0, -1]) {
        const extreme = (payload: Buffer) =>
          Effect.sync(() =>
            Array.from({ length: 200 }, () => sign(key, payload)).sort((a, b) => a.length - b.length).at(at) ?? ""
          )
        yield* commitFiles(bare, { a: `${at}` }, { sign: extreme })
        yield* verify
      }
      assert.strictEqual(yield* bare.git("log", "-1", "--format=%B"), "Update things\n")
    }))

  it.live("of ecdsa has numbers in it as SSH writes them", () =>
    Effect.gen(function*() {
      const { key } = yield* prepare({ type: "ecdsa", bits: 521 })
      for (let i = 0; i < 50; i++) {
        const whole = Buffer.from(sign(key, Buffer.from(`${i}`)).split("\n").slice(1, -2).join(""), "base64")
        const signature = fieldsOf(whole.subarray(10)).at(-1) ?? Buffer.alloc(0)
        for (const number of fieldsOf(fieldsOf(signature)[1] ?? Buffer.alloc(0)))
          assert.match(number.toString("hex"), /^(?:00[89a-f]|0[1-9a-f]|[1-7])/)
      }
    }))

  it.live("is refused when the signature is of something else", () =>
    Effect.gen(function*() {
      const { bare, key, verify } = yield* prepare({})
      const other = (payload: Buffer) => Effect.sync(() => sign(key, Buffer.concat([payload, Buffer.from("!")])))
      yield* commitFiles(bare, { a: "1" }, { sign: other })
      assert.strictEqual((yield* Effect.flip(verify))._tag, "GitFailed")
    }))
})
