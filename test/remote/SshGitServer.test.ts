import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "./BareRepository.ts"
import { git } from "./NativeGit.ts"
import { type SshGitServer, startSshGitServer } from "./SshGitServer.ts"
import { makeSshKey } from "./SshKeys.ts"

const serve = Effect.gen(function*() {
  const repository = yield* bareRepository({ files: { "a.yaml": "a: 1\n" } })
  return { repository, server: yield* startSshGitServer(repository) }
})

const clone = ({ gitEnv, url }: SshGitServer, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const folder = join(yield* temporaryFolder("gitops-clone-"), "clone")
    yield* git(["clone", "--quiet", url, folder], { env: { ...gitEnv, ...env } })
    return folder
  })

const refusal = (server: SshGitServer) => Effect.map(Effect.flip(clone(server)), ({ message }) => message)

describe("an SSH Git server", () => {
  it.live("is cloned from with protocol version 2, and takes pushes", () =>
    Effect.gen(function*() {
      const { repository, server } = yield* serve
      const trace = join(yield* temporaryFolder("gitops-trace-"), "trace")
      const folder = yield* clone(server, { GIT_TRACE_PACKET: trace })
      assert.include(readFileSync(trace, "utf8"), "clone< version 2")
      assert.strictEqual(readFileSync(join(folder, "a.yaml"), "utf8"), "a: 1\n")
      yield* git(["commit", "--quiet", "--allow-empty", "-m", "pushed"], { cwd: folder })
      yield* git(["push", "--quiet", "origin", "main"], { cwd: folder, env: server.gitEnv })
      assert.strictEqual(yield* repository.tip(), yield* git(["rev-parse", "HEAD"], { cwd: folder }))
      assert.strictEqual(server.connections.length, 2)
      assert.match(yield* server.log, /Accepted publickey/)
    }))

  it.live("lets in the authorized key alone, and runs nothing but Git", () =>
    Effect.gen(function*() {
      const { server } = yield* serve
      const { GIT_SSH_COMMAND: ssh } = server.gitEnv
      const port = String(server.port)
      const [command = "", ...args] = ssh.split(" ")
      const other = yield* git(["-c", `alias.run=!${command} ${args.join(" ")} -p ${port} 127.0.0.1 id`, "run"]).pipe(
        Effect.flip
      )
      assert.match(other.stderr, /unrecognized command 'id'/)
      const stranger = yield* makeSshKey(join(yield* temporaryFolder("gitops-key-"), "stranger"), "rsa")
      writeFileSync(server.authorizedKeysFile, readFileSync(`${stranger}.pub`))
      assert.match(yield* refusal(server), /Permission denied \(publickey\)/)
    }))

  it.live("is not trusted by who knows another key of it", () =>
    Effect.gen(function*() {
      const { server } = yield* serve
      const { server: other } = yield* serve
      writeFileSync(server.knownHostsFile, other.hostKeys.map((key) => `[127.0.0.1]:${server.port} ${key}\n`).join(""))
      assert.match(yield* refusal(server), /Host key verification failed/)
    }))

  it.live("cuts and stalls connections where it was told to, goes away and comes back", () =>
    Effect.gen(function*() {
      const { server } = yield* serve
      server.setFault(() => ({ cutAfter: 1500 }))
      assert.match(yield* refusal(server), /closed|reset|early EOF|unexpected disconnect/i)
      assert.strictEqual(server.connections.at(-1)?.sentBytes, 1500)
      server.setFault(() => ({ stallAfter: 10 }))
      const waiting = yield* Effect.forkChild(clone(server))
      yield* eventually("it stalls", Effect.sync(() => server.connections.at(-1)?.sentBytes), (sent) => sent === 10)
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(waiting)
      server.setFault(() => undefined)
      yield* server.stop
      assert.match(yield* refusal(server), /refused/)
      yield* server.start
      yield* clone(server)
    }))
})
