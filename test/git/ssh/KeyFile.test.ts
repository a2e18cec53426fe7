import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeKeyFile } from "../../../src/git/ssh/KeyFile.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { keygen, makeKey } from "./sshKeygen.ts"

const url = "ssh://git@git.example/cluster.git"

layer(NodeServices.layer, { excludeTestServices: true })("A file with a private key", (it) => {
  it.effect("that everybody may read is used, with one warning as long as it stays the same", () =>
    Effect.gen(function*() {
      const said: Array<unknown> = []
      const logger = Logger.layer([Logger.make(({ message }) => said.push(message))])
      const { file } = yield* makeKey(yield* temporaryFolder("gitops-key-"), "identity")
      chmodSync(file, 0o644)
      const { read } = yield* makeKeyFile(url, file, undefined)
      yield* Effect.provide(read, logger)
      yield* Effect.provide(read, logger)
      const warning = `${file}, the SSH key for ${url}: everybody on this machine may read it (mode 0644); ` +
        `run "chmod 600 ${file}", or give its volume "defaultMode: 0440"`
      assert.deepStrictEqual(said.flat(), [warning])
      chmodSync(file, 0o440)
      yield* Effect.provide(Effect.flatMap(makeKeyFile(url, file, undefined), (again) => again.read), logger)
      assert.lengthOf(said, 1)
    }).pipe(Effect.scoped))

  it.effect("is refused with what is wrong and what to do", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-key-")
      const said = (file: string) =>
        Effect.flatMap(makeKeyFile(url, file, undefined), ({ read }) =>
          Effect.map(Effect.flip(read), ({ message }) => message.replaceAll(file, "FILE")))
      const of = `FILE, the SSH key for ${url}: `
      assert.strictEqual(
        yield* said(join(folder, "none")),
        `${of}there is no such file; make it, or mount the volume that holds it`
      )
      const { file } = yield* makeKey(folder, "locked", { passphrase: "secret words" })
      assert.strictEqual(
        yield* said(file),
        `${of}the key is encrypted, and there is no passphrase for it; name a file with its passphrase in ` +
          `credentials.ssh.passphraseFile, or take the passphrase off with "ssh-keygen -p -f FILE"`
      )
      yield* keygen("-q", "-t", "ed25519", "-N", "", "-f", join(folder, "plain"))
      assert.strictEqual(
        yield* said(join(folder, "plain.pub")),
        `${of}it is a public key; give the private one, the file of the same name without .pub`
      )
      const wrong = join(folder, "wrong")
      writeFileSync(wrong, "password123\n")
      assert.strictEqual(
        yield* said(wrong),
        `${of}there is no private key in it; it must begin with "-----BEGIN OPENSSH PRIVATE KEY-----", as the files that ssh-keygen makes`
      )
    }).pipe(Effect.scoped))
})
