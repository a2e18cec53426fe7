import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHmac } from "node:crypto"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { SshCredentials } from "../../../src/config/Config.ts"
import { fingerprint } from "../../../src/git/ssh/KnownHosts.ts"
import type { Transport } from "../../../src/git/Transport.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import type { SshGitServer } from "../../remote/SshGitServer.ts"
import { credentialsOf, inPod, openSsh, serveSsh, told } from "./openSsh.ts"

const nameOf = ({ port }: SshGitServer) => `[127.0.0.1]:${port}`

const fingerprintOf = (publicKey = "") => fingerprint(Buffer.from(publicKey.split(" ")[1] ?? "", "base64"))

/** The server's key of a type: `type base64`. */
const keyOf = ({ hostKeys }: SshGitServer, type: string) => hostKeys.find((key) => key.startsWith(type)) ?? ""

const know = (server: SshGitServer, ...lines: ReadonlyArray<string>) =>
  writeFileSync(server.knownHostsFile, lines.map((line) => `${line}\n`).join(""))

const refusal = (server: SshGitServer, transport: Transport) =>
  Effect.map(Effect.flip(transport.advertise), (failure) => ({
    tag: failure._tag,
    message: told(server, failure.message)
  }))

const refusedWith = (
  server: SshGitServer,
  credentials: SshCredentials = credentialsOf(server),
  env: Record<string, string> = inPod
) => Effect.flatMap(openSsh(server.url, credentials, env), (transport) => refusal(server, transport))

const nobodyGotIn = Effect.fnUntraced(function*(server: SshGitServer) {
  assert.notMatch(yield* server.log, /Accepted publickey|Failed publickey|Postponed publickey/)
})

describe("a host", () => {
  it.live("that is known by name, in any way of writing that, is let be", () =>
    Effect.gen(function*() {
      const { server, open } = yield* serveSsh()
      const name = nameOf(server)
      const key = keyOf(server, "ssh-ed25519")
      const salt = Buffer.alloc(20, 7)
      const hashed = `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`
      for (const names of [name, hashed, `other,${name}`, `[127.0.0.?]:*`, `*,!elsewhere`]) {
        know(server, `${names} ${key} a comment`)
        yield* (yield* open).advertise
      }
    }))

  it.live("is asked for the key that is known of it, whatever else it has", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh({ hostKeys: ["ed25519", "ecdsa", "rsa"] })
      for (const type of ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"]) {
        know(server, `${nameOf(server)} ${keyOf(server, type)}`)
        yield* (yield* open).advertise
      }
    }))

  it.live("that isn't known is refused with all that it takes to look into it, and sees no key of ours", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      know(server, `elsewhere ${keyOf(server, "ssh-ed25519")}`, `127.0.0.1 ${keyOf(server, "ssh-ed25519")}`)
      const shown = `ssh-ed25519 ${fingerprintOf(keyOf(server, "ssh-ed25519"))}`
      assert.deepStrictEqual(yield* refusedWith(server), {
        tag: "HostUnknown",
        message:
          `URL: the host HOST isn't known: KNOWN_HOSTS has no key of it. It shows ${shown}: compare that with what its owner has published, ` +
          `and only if it is the same put the line that "ssh-keyscan -t ed25519 -p PORT 127.0.0.1" prints into KNOWN_HOSTS`
      })
      yield* nobodyGotIn(server)
    }))

  it.live("with another key is refused, with both keys and the line", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      const { server: other } = yield* serveSsh({ hostKeys: ["ed25519"] })
      know(server, "# first", `${nameOf(server)} ${other.hostKeys[0]}`)
      assert.deepStrictEqual(yield* refusedWith(server), {
        tag: "HostKeyChanged",
        message:
          `URL: the host HOST shows another key than the one that is known: ssh-ed25519 ${
            fingerprintOf(server.hostKeys[0])
          } instead of ` +
          `ssh-ed25519 ${
            fingerprintOf(other.hostKeys[0])
          } (KNOWN_HOSTS:2). Somebody may stand in between, or the host was set up anew: ask its ` +
          `owner for the fingerprint, and only if it is the new one put the line that "ssh-keyscan -t ed25519 -p PORT 127.0.0.1" prints in the ` +
          `place of the old`
      })
      yield* nobodyGotIn(server)
    }))

  it.live("that lost the only key that is known of it is refused by the one it shows instead", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      const { server: other } = yield* serveSsh({ hostKeys: ["rsa"] })
      know(server, `${nameOf(server)} ${other.hostKeys[0]}`)
      const { message, tag } = yield* refusedWith(server)
      assert.strictEqual(tag, "HostKeyChanged")
      assert.include(
        message,
        `ssh-ed25519 ${fingerprintOf(server.hostKeys[0])} instead of ssh-rsa ${
          fingerprintOf(other.hostKeys[0])
        } (KNOWN_HOSTS:1)`
      )
      yield* nobodyGotIn(server)
    }))

  it.live("that changes its key while we run is refused from the next connection on", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      const transport = yield* open
      yield* transport.advertise
      const [changed] = yield* server.changeHostKeys
      yield* transport.advertise // the connection that was there is still the right host's
      yield* server.stop
      yield* server.start
      const { message, tag } = yield* refusal(server, transport)
      assert.strictEqual(tag, "HostKeyChanged")
      assert.include(message, `ssh-ed25519 ${fingerprintOf(changed)} instead of`)
      know(server, `${nameOf(server)} ${changed}`)
      yield* transport.advertise
    }))

  it.live("with a revoked key is refused, even over the connection that is there", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      const transport = yield* open
      yield* transport.advertise
      const [key = ""] = server.hostKeys
      know(server, `${nameOf(server)} ${key}`, `@revoked * ${key}`)
      assert.deepStrictEqual(yield* refusal(server, transport), {
        tag: "HostKeyRevoked",
        message:
          `URL: the host HOST shows the key ssh-ed25519 ${
            fingerprintOf(key)
          }, which KNOWN_HOSTS:2 marks as @revoked: whoever has it may not be ` +
          `that host. Ask its owner for a new key, and compare it with what "ssh-keyscan -t ed25519 -p PORT 127.0.0.1" prints`
      })
    }))

  it.live("known by an authority for certificates alone is refused clearly", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      know(server, `@cert-authority * ${server.hostKeys[0]}`)
      assert.deepStrictEqual(yield* refusedWith(server), {
        tag: "HostOnlyCertified",
        message:
          `URL: the host HOST is known by a @cert-authority alone (KNOWN_HOSTS:1), and certificates of hosts can't be checked here. It shows ` +
          `ssh-ed25519 ${
            fingerprintOf(server.hostKeys[0])
          }: compare that with what its owner has published, and only if it is the same put the ` +
          `line that "ssh-keyscan -t ed25519 -p PORT 127.0.0.1" prints into KNOWN_HOSTS`
      })
      yield* nobodyGotIn(server)
    }))
})

describe("the file of known hosts", () => {
  it.live("that was named and isn't there, or can't be read, is told", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      rmSync(server.knownHostsFile)
      assert.deepStrictEqual(yield* refusedWith(server), {
        tag: "CredentialUnreadable",
        message:
          "A file of the credentials for URL can't be used: KNOWN_HOSTS: there is no such file; write the host keys to trust into it, " +
          "or leave credentials.ssh.knownHosts out"
      })
      mkdirSync(server.knownHostsFile)
      assert.match(
        (yield* refusedWith(server)).message,
        /KNOWN_HOSTS: it can't be read \(\w+\); it must be a plain file$/
      )
    }))

  it.live("is the list that comes with the program where there is no other", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const { message, tag } = yield* refusedWith(server, { identity: server.identityFile })
      assert.strictEqual(tag, "HostUnknown")
      assert.include(
        message,
        "isn't known: the list of well-known Git hosts that comes with this program has no key of it."
      )
      assert.match(message, /prints into a file, and name that in credentials\.ssh\.knownHosts$/)
    }))

  it.live("is that of its owner at a desk, and never in a pod", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const home = yield* temporaryFolder("gitops-home-")
      mkdirSync(join(home, ".ssh"))
      writeFileSync(join(home, ".ssh/known_hosts"), readFileSync(server.knownHostsFile))
      const credentials = { identity: server.identityFile }
      const atDesk = yield* openSsh(server.url, credentials, { HOME: home })
      yield* atDesk.advertise
      const named = yield* openSsh(server.url, { ...credentials, knownHosts: join(home, "none") }, { HOME: home })
      yield* named.advertise
      assert.strictEqual(
        (yield* refusedWith(server, credentials, { ...inPod, HOME: home })).tag,
        "HostUnknown"
      )

      writeFileSync(join(home, ".ssh/known_hosts"), "")
      assert.include(
        (yield* refusal(server, atDesk)).message,
        `isn't known: ${home}/.ssh/known_hosts has no key of it`
      )
    }))
})
