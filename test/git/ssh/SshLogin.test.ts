import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../../process/Eventually.ts"
import { startProcess } from "../../process/RunningProcess.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import type { SshGitServer } from "../../remote/SshGitServer.ts"
import { inPod, openSsh, serveSsh, told } from "./openSsh.ts"
import { keygen, type KeyOptions, makeKey } from "./sshKeygen.ts"

const letIn = (server: SshGitServer, ...files: ReadonlyArray<string>) =>
  writeFileSync(server.authorizedKeysFile, files.map((file) => readFileSync(`${file}.pub`, "utf8")).join(""))

const advertise = (server: SshGitServer, credentials: object, env: Record<string, string> = inPod) =>
  Effect.flatMap(
    openSsh(server.url, { knownHosts: server.knownHostsFile, ...credentials }, env),
    (transport) => transport.advertise
  )

const failing = (server: SshGitServer, credentials: object, env?: Record<string, string>) =>
  Effect.map(Effect.flip(advertise(server, credentials, env)), ({ message }) => told(server, message))

const fingerprintOf = (file: string) =>
  Effect.map(keygen("-l", "-f", `${file}.pub`), (line) => /SHA256:\S+/.exec(line)?.[0] ?? "none")

describe("a key", () => {
  const kinds: ReadonlyArray<KeyOptions> = [
    { type: "ed25519" },
    { type: "ed25519", passphrase: "open, sesame" },
    { type: "ecdsa" },
    { type: "ecdsa", bits: 521, passphrase: "open, sesame" },
    { type: "ecdsa", format: "PEM" },
    { type: "ecdsa", format: "PKCS8", passphrase: "open, sesame" },
    { type: "rsa", bits: 2048 },
    { type: "rsa", bits: 2048, format: "PEM", passphrase: "open, sesame" },
    { type: "rsa", bits: 2048, format: "PKCS8" }
  ]

  it.live("of every usual kind and format lets us in, with its passphrase where it has one", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const folder = yield* temporaryFolder("gitops-keys-")
      const passphraseFile = join(folder, "passphrase")
      writeFileSync(passphraseFile, "open, sesame\n")
      for (const [index, kind] of kinds.entries()) {
        const { file } = yield* makeKey(folder, `key-${index}`, kind)
        letIn(server, file)
        yield* advertise(
          server,
          kind.passphrase === undefined ? { identity: file } : { identity: file, passphraseFile }
        )
      }
      assert.lengthOf((yield* server.log).match(/Accepted publickey/g) ?? [], kinds.length)
    }))

  it.live("that the server doesn't know is told by its file and fingerprint, never by itself", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const folder = yield* temporaryFolder("gitops-keys-")
      const { file } = yield* makeKey(folder, "stranger")
      assert.strictEqual(
        yield* failing(server, { identity: file }),
        `URL lets "${server.username}" in with none of the keys that were offered: ${file} (ssh-ed25519 ${yield* fingerprintOf(
          file
        )}). ` +
          "Add the public key to the repository as a deploy key, or to its user's account"
      )
    }))

  it.live("that is encrypted asks for its passphrase, for the right one, and works once that is there", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const folder = yield* temporaryFolder("gitops-keys-")
      const { file } = yield* makeKey(folder, "key", { passphrase: "open, sesame" })
      letIn(server, file)
      assert.strictEqual(
        yield* failing(server, { identity: file }),
        `${file}, the SSH key for URL: the key is encrypted, and there is no passphrase for it; name a file with its passphrase in ` +
          `credentials.ssh.passphraseFile, or take the passphrase off with "ssh-keygen -p -f ${file}"`
      )
      const passphraseFile = join(folder, "passphrase")
      const transport = yield* openSsh(server.url, {
        identity: file,
        knownHosts: server.knownHostsFile,
        passphraseFile
      })
      const message = Effect.map(Effect.flip(transport.advertise), ({ message }) => told(server, message))
      assert.strictEqual(
        yield* message,
        `${passphraseFile}, the SSH key for URL: there is no such file; make it, or mount the volume that holds it`
      )
      writeFileSync(passphraseFile, "wrong")
      assert.strictEqual(
        yield* message,
        `${file}, the SSH key for URL: the passphrase doesn't open the key; check ${passphraseFile}; "ssh-keygen -y -f ${file}" asks for the ` +
          "passphrase and tells whether it fits"
      )
      writeFileSync(passphraseFile, "open, sesame\n")
      yield* transport.advertise
    }))

  it.live("that is none, is missing, or is of a kind that can't be used is told with its cure", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const file = join(yield* temporaryFolder("gitops-keys-"), "key")
      const begin = `${file}, the SSH key for URL: `
      assert.strictEqual(
        yield* failing(server, { identity: file }),
        `${begin}there is no such file; make it, or mount the volume that holds it`
      )
      copyFileSync(`${server.identityFile}.pub`, file)
      assert.strictEqual(
        yield* failing(server, { identity: file }),
        `${begin}it is a public key; give the private one, the file of the same name without .pub`
      )
      writeFileSync(file, "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
      assert.strictEqual(
        yield* failing(server, { identity: file }),
        `${begin}it is a key of PuTTY; convert it with "puttygen ${file} -O private-openssh -o <new file>"`
      )
      writeFileSync(file, "no key")
      assert.include(
        yield* failing(server, { identity: file }),
        `${begin}there is no private key in it; it must begin with`
      )
      writeFileSync(file, readFileSync(server.identityFile, "utf8").slice(0, 200))
      assert.include(
        yield* failing(server, { identity: file }),
        `${begin}the key is damaged or cut short; copy the whole file`
      )
      rmSync(file)
      mkdirSync(file)
      assert.include(yield* failing(server, { identity: file }), `${begin}it is a Directory; it must be a plain file`)
    }))

  it.live("in no failure shows itself or its passphrase", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const folder = yield* temporaryFolder("gitops-keys-")
      const { file } = yield* makeKey(folder, "key", { passphrase: "open, sesame" })
      const passphraseFile = join(folder, "passphrase")
      const secrets = ["sesame", ...readFileSync(file, "utf8").split("\n").filter((line) => line.length > 40)]
      const shown: Array<string> = []
      for (const passphrase of ["sesame, but wrong", "open, sesame"]) {
        writeFileSync(passphraseFile, passphrase)
        const failure = yield* Effect.flip(advertise(server, { identity: file, passphraseFile }))
        shown.push(failure.message, JSON.stringify(failure), String(failure.stack))
      }
      for (const secret of secrets) assert.notInclude(shown.join("\n"), secret)
    }))
})

const command = (name: string, args: ReadonlyArray<string>, env: Record<string, string>) =>
  Effect.callback<string>((resume) => {
    execFile(
      name,
      args,
      { env: { ...process.env, ...env } },
      (error, out) => resume(error === null ? Effect.succeed(out) : Effect.die(error))
    )
  })

/** Somebody's desk: a home with a folder .ssh, and an agent with these keys. */
const makeDesk = Effect.fnUntraced(function*(server: SshGitServer) {
  const home = yield* temporaryFolder("gitops-desk-")
  const folder = join(home, ".ssh")
  mkdirSync(folder)
  copyFileSync(server.knownHostsFile, join(folder, "known_hosts"))
  const socket = join(home, "agent.sock")
  const agent = yield* startProcess({ command: "ssh-agent", args: ["-D", "-a", socket], folder: home })
  yield* eventually("the agent listens", agent.stdout, (out) => out.includes("SSH_AUTH_SOCK"))
  const add = (file: string) => command("ssh-add", ["-q", file], { SSH_AUTH_SOCK: socket })
  return { home, folder, socket, add, env: { HOME: home, SSH_AUTH_SOCK: socket } }
})

describe("at a desk, where the configured key isn't there,", () => {
  const nowhere = { identity: "/nonexistent/identity" }

  it.live("the agent logs in, also with a key that is encrypted on disk", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      for (const [index, type] of (["ed25519", "rsa", "ecdsa"] as const).entries()) {
        const { file } = yield* makeKey(desk.home, `agent-${index}`, { type, ...type === "rsa" ? { bits: 2048 } : {} })
        yield* desk.add(file)
        letIn(server, file)
        yield* advertise(server, nowhere, desk.env)
      }
    }))

  it.live("the keys of its owner do, after the agent's", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      const { file: kept } = yield* makeKey(desk.home, "kept")
      yield* desk.add(kept)
      for (const type of ["ed25519", "ecdsa", "rsa"] as const) {
        const { file } = yield* makeKey(desk.folder, `id_${type}`, { type, ...type === "rsa" ? { bits: 2048 } : {} })
        letIn(server, file)
        yield* advertise(server, nowhere, desk.env)
        yield* advertise(server, nowhere, { HOME: desk.home })
        yield* advertise(server, nowhere, { ...desk.env, SSH_AUTH_SOCK: `${desk.home}/none` })
      }
    }))

  it.live("all that was offered is told, and what was passed over", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      const { file: open } = yield* makeKey(desk.folder, "id_ecdsa", { type: "ecdsa" })
      const { file: closed } = yield* makeKey(desk.folder, "id_ed25519", { passphrase: "open, sesame" })
      writeFileSync(server.authorizedKeysFile, "")
      assert.strictEqual(
        yield* failing(server, nowhere, desk.env),
        `URL lets "${server.username}" in with none of the keys that were offered: the agent at ${desk.socket}, ` +
          `${open} (ecdsa-sha2-nistp256 ${yield* fingerprintOf(
            open
          )}); passed over: ${closed}: the key is encrypted, and there is no passphrase ` +
          "for it. Add the public key to the repository as a deploy key, or to its user's account"
      )
    }))

  it.live("an agent that can't be asked is told", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      assert.include(
        yield* failing(server, nowhere, { ...desk.env, SSH_AUTH_SOCK: `${desk.home}/none` }),
        `were offered (Failed to connect to agent): the agent at ${desk.home}/none. `
      )
    }))

  it.live("and where there is nothing else, that is told", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const home = yield* temporaryFolder("gitops-desk-")
      assert.strictEqual(
        yield* failing(server, nowhere, { HOME: home }),
        `/nonexistent/identity, the SSH key for URL: there is no such file, and neither is there an agent (SSH_AUTH_SOCK), nor a key that can be ` +
          `used in ${home}/.ssh; name your key in credentials.ssh.identity, or add it to the agent with ssh-add`
      )
    }))

  it.live("but the configured key comes first when it is there", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      const { file } = yield* makeKey(desk.folder, "id_ed25519")
      yield* desk.add(file)
      appendFileSync(server.authorizedKeysFile, readFileSync(`${file}.pub`))
      yield* advertise(server, { identity: server.identityFile }, desk.env)
      assert.include(yield* server.log, yield* fingerprintOf(server.identityFile))
      assert.notInclude(yield* server.log, yield* fingerprintOf(file))
    }))
})

describe("in a pod", () => {
  it.live("nothing of anybody's own is looked at", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const desk = yield* makeDesk(server)
      const { file } = yield* makeKey(desk.folder, "id_ed25519")
      yield* desk.add(file)
      letIn(server, file)
      const identity = join(desk.home, "none")
      assert.strictEqual(
        yield* failing(server, { identity }, { ...desk.env, ...inPod }),
        `${identity}, the SSH key for URL: there is no such file; make it, or mount the volume that holds it`
      )
      assert.isEmpty(server.connections)
    }))
})
