import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import * as fc from "fast-check"
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { parse, type SshKey, type SshKeyProblem } from "../../../src/git/ssh/SshKey.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { keygen, type KeyOptions, makeKey } from "./sshKeygen.ts"

const passphrase = "open, sesame"

/** Every kind of key, in every format ssh-keygen writes it in. */
const kinds: ReadonlyArray<readonly [string, KeyOptions]> = [
  ["ed25519", {}],
  ["ecdsa-256", { type: "ecdsa", bits: 256 }],
  ["ecdsa-384", { type: "ecdsa", bits: 384 }],
  ["ecdsa-521", { type: "ecdsa", bits: 521 }],
  ["rsa", { type: "rsa", bits: 2048 }],
  ["ecdsa-pem", { type: "ecdsa", format: "PEM" }],
  ["rsa-pem", { type: "rsa", bits: 2048, format: "PEM" }],
  ["ecdsa-pkcs8", { type: "ecdsa", format: "PKCS8" }],
  ["rsa-pkcs8", { type: "rsa", bits: 2048, format: "PKCS8" }]
]
const encrypted = kinds.map(([name, options]): readonly [string, KeyOptions] => [name, { ...options, passphrase }])

const problemOf = (result: Result.Result<SshKey, SshKeyProblem>): string =>
  Result.match(result, { onFailure: ({ _tag }) => _tag, onSuccess: () => "none" })

describe("an SSH key", () => {
  it.live.each([...kinds, ...encrypted])(
    "of %s is read, and is the one ssh-keygen made (%o)",
    ([name, options]) =>
      Effect.gen(function*() {
        const made = yield* makeKey(yield* temporaryFolder("gitops-key-"), name, options)
        const words = options.passphrase === undefined ? undefined : Redacted.make(options.passphrase)
        const key = Result.getOrThrow(parse(made.text, words))
        assert.strictEqual(`${key.type} ${key.publicKey.toString("base64")}`, made.publicKey)
        assert.include(yield* keygen("-l", "-f", `${made.file}.pub`), ` ${key.fingerprint} `)
        const [data, privateKey] = [Buffer.from("data"), Redacted.value(key.privateKey)]
        const hash = key.type === "ssh-ed25519" ? null : "sha512"
        assert.isTrue(verify(hash, data, createPublicKey(privateKey), sign(hash, data, privateKey)))
        assert.strictEqual(Redacted.value(key.parsed).getPublicSSH().toString("hex"), key.publicKey.toString("hex"))
      })
  )

  it("of ed25519 is read from PKCS #8 too, which only OpenSSL writes", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    const text = privateKey.export({ format: "pem", type: "pkcs8" }).toString()
    const key = Result.getOrThrow(parse(Redacted.make(text), undefined))
    const { x = "" } = publicKey.export({ format: "jwk" })
    assert.strictEqual(key.publicKey.subarray(-32).toString("base64url"), x)
    assert.isTrue(
      Redacted.value(key.parsed).verify("data", sign(null, Buffer.from("data"), Redacted.value(key.privateKey)))
    )
  })

  it.live("with Windows line ends, spaces around it, or without its last line end is the same", () =>
    Effect.gen(function*() {
      for (const format of [undefined, "PEM"] as const) {
        const made = yield* makeKey(yield* temporaryFolder("gitops-key-"), "key", {
          type: "ecdsa",
          ...(format === undefined ? {} : { format })
        })
        const text = Redacted.value(made.text)
        for (const other of [text.replaceAll("\n", "\r\n"), `\uFEFF\n${text}\n\n`, text.trim()]) {
          assert.strictEqual(
            Result.getOrThrow(parse(Redacted.make(other), undefined)).publicKey.toString("base64"),
            made.publicKey.split(" ")[1]
          )
        }
      }
    }))

  it.live.each(encrypted)(
    "of %s that is encrypted asks for the right passphrase",
    ([name, options]) =>
      Effect.gen(function*() {
        const { text } = yield* makeKey(yield* temporaryFolder("gitops-key-"), name, options)
        assert.strictEqual(problemOf(parse(text, undefined)), "Encrypted")
        assert.strictEqual(problemOf(parse(text, Redacted.make("open, barley"))), "WrongPassphrase")
      })
  )

  it.live.each(["aes256-gcm@openssh.com", "aes128-cbc", "3des-cbc"])(
    "encrypted with %s is opened",
    (cipher) =>
      Effect.gen(function*() {
        const { text } = yield* makeKey(yield* temporaryFolder("gitops-key-"), "key", { cipher, passphrase })
        assert.strictEqual(problemOf(parse(text, Redacted.make(passphrase))), "none")
        assert.strictEqual(problemOf(parse(text, Redacted.make("no"))), "WrongPassphrase")
      })
  )

  it.live("encrypted with a cipher that can't be opened is told how to get another", () =>
    Effect.gen(function*() {
      const cipher = "chacha20-poly1305@openssh.com"
      const { file, text } = yield* makeKey(yield* temporaryFolder("gitops-key-"), "key", { cipher, passphrase })
      const problem = Result.getOrThrow(Result.flip(parse(text, Redacted.make(passphrase))))
      assert.strictEqual(problem._tag, "Unsupported")
      assert.include(problem.cure, "ssh-keygen -p -Z aes256-ctr -f <file>")
      yield* keygen("-q", "-p", "-Z", "aes256-ctr", "-P", passphrase, "-N", passphrase, "-f", file)
      assert.strictEqual(problemOf(parse(Redacted.make(readFileSync(file, "utf8")), Redacted.make(passphrase))), "none")
    }))

  it.live("that isn't one is told with its cure", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-key-")
      const { file, text } = yield* makeKey(folder, "key")
      const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey
      const { privateKey } = generateKeyPairSync("x25519")
      const pem = yield* makeKey(folder, "rsa", { type: "rsa", format: "PEM" })
      const cases: ReadonlyArray<readonly [string, string]> = [
        [readFileSync(`${file}.pub`, "utf8"), "PublicKey"],
        [yield* keygen("-e", "-f", file), "PublicKey"],
        [yield* keygen("-e", "-m", "PKCS8", "-f", pem.file), "PublicKey"],
        ["PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "Putty"],
        [dsa.export({ format: "pem", type: "pkcs8" }).toString(), "Unsupported"],
        [privateKey.export({ format: "pem", type: "pkcs8" }).toString(), "Unsupported"],
        [Redacted.value(text).replace(/\n.{20}/, "\n"), "Damaged"],
        [Redacted.value(text).split("\n").slice(0, -3).join("\n"), "Damaged"],
        [Redacted.value(pem.text).replace(/\n.{20}/, "\n"), "Damaged"],
        ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "NotAKey"],
        ["hunter2", "NotAKey"],
        ["", "NotAKey"]
      ]
      for (const [content, expected] of cases)
        assert.strictEqual(problemOf(parse(Redacted.make(content), undefined)), expected, content.slice(0, 60))
    }))

  it.live("never throws, whatever is cut out of it, and tells nothing of it", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-key-")
      const made = yield* Effect.forEach(
        [{}, { type: "ecdsa", format: "PEM" }, { type: "ecdsa", format: "PKCS8", passphrase }] as const,
        (options, index) => makeKey(folder, `key-${index}`, options)
      )
      fc.assert(fc.property(fc.constantFrom(...made), fc.nat(), fc.nat(40), ({ text }, from, length) => {
        const whole = Redacted.value(text)
        const at = from % whole.length
        const result = parse(
          Redacted.make(`${whole.slice(0, at)}${whole.slice(at + length)}`),
          Redacted.make(passphrase)
        )
        const shown = inspect(result, { depth: 9 }) + JSON.stringify(result)
        for (const line of whole.split("\n").slice(1, -2)) assert.notInclude(shown, line)
        assert.notInclude(shown, passphrase)
      }))
    }))
})
