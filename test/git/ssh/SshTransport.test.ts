import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Stream } from "effect"
import { symlinkSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join, relative } from "node:path"
import { makeRemote } from "../../../src/git/Remote.ts"
import { makeRepository } from "../../../src/git/Repository.ts"
import { quoted } from "../../../src/git/ssh/SshTransport.ts"
import { Limits, type Transport, whole } from "../../../src/git/Transport.ts"
import * as Advertisement from "../../../src/git/wire/Advertisement.ts"
import * as PktLine from "../../../src/git/wire/PktLine.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { git, gitBytes } from "../../remote/NativeGit.ts"
import { type SshGitServer, startSshGitServer } from "../../remote/SshGitServer.ts"
import { makeSshKey, publicKeyOf } from "../../remote/SshKeys.ts"
import { openRepository } from "../openRepository.ts"
import { startGit } from "../startGit.ts"
import { credentialsOf, openSsh, serveSsh, told } from "./openSsh.ts"

const look = (transport: Transport) => Effect.flatMap(makeRemote(transport), (remote) => remote.look("main"))

const many = Object.fromEntries(
  Array.from({ length: 1000 }, (_, i) => [`apps/team-${i % 7}/app-${i}.yaml`, `kind: ConfigMap\nnumber: ${i}\n`])
)

/** Native Git's list of what is in a commit. */
const listed = (cwd: string, commit: string) => git(["ls-tree", "-r", commit], { cwd })

describe("a repository over SSH", () => {
  describe.each([2, 0])("with version %d of the protocol", (version) => {
    it.live("is read whole at first, and then by what changed, just as native Git has it", () =>
      Effect.gen(function*() {
        const { bare, server } = yield* serveSsh({ acceptsEnv: version === 2 })
        const first = yield* bare.commit({ ...many, "README.md": "hello" })
        const transport = yield* openSsh(server.url, credentialsOf(server))
        const advertisement = Advertisement.decode(yield* transport.advertise)
        assert.strictEqual(advertisement._tag === "Success" ? advertisement.success.version : undefined, version)
        const repository = yield* openRepository(server.url, { ssh: credentialsOf(server) })
        const start = yield* repository.advance(false)
        if (start !== undefined) yield* repository.accept(start)
        assert.strictEqual(start?.commit, first)
        const native = yield* listed(bare.path, first)
        const ours = (start?.changes ?? []).map(({ entry, path }) => `100644 blob ${entry?.blob}\t${path}`)
        assert.sameMembers(ours, native.split("\n"))
        assert.deepStrictEqual(yield* repository.texts(start), { ...many, "README.md": "hello", "a.yaml": "a: 1\n" })

        const second = yield* bare.commit({ "apps/team-3/app-3.yaml": "changed", "README.md": null })
        const next = yield* repository.advance(true)
        assert.strictEqual(next?.commit, second)
        assert.deepStrictEqual(yield* repository.texts(next), {
          "apps/team-3/app-3.yaml": "changed",
          "README.md": undefined
        })
      }))

    it.live("that is empty has no branch, and then its first", () =>
      Effect.gen(function*() {
        const bare = yield* bareRepository()
        const server = yield* startSshGitServer(bare, { acceptsEnv: version === 2 })
        const transport = yield* openSsh(server.url, credentialsOf(server))
        assert.deepStrictEqual(yield* look(transport), { branch: "main", commit: undefined })
        const commit = yield* bare.commit({ "a.yaml": "a" })
        assert.deepStrictEqual(yield* look(transport), { branch: "main", commit })
      }))
  })

  it.live("is found below the user's home, from a tilde, and with whatever is in its name", () =>
    Effect.gen(function*() {
      const { bare, server } = yield* serveSsh()
      const tip = yield* bare.tip()
      const strange = join(server.home, "it's a $(touch x) \"test\"! ünï.git")
      symlinkSync(bare.path, strange)
      symlinkSync(bare.path, join(server.home, "cluster.git"))
      for (const path of [strange, "~/cluster.git", relative(homedir(), bare.path)]) {
        const transport = yield* openSsh(server.url, credentialsOf(server), undefined, { path })
        assert.strictEqual((yield* look(transport)).commit, tip, path)
      }
    }))

  it("is named to the server's shell as one word", () => {
    assert.strictEqual(quoted("/srv/a b.git"), "'/srv/a b.git'")
    assert.strictEqual(quoted("it's!"), "'it'\\''s'\\!''")
  })
})

const sessions = (server: SshGitServer) => Effect.map(server.log, (log) => log.split("Starting session: ").length - 1)

describe("the connection", () => {
  it.live("is one for every conversation, and a look at an unchanged branch is one command on it", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh()
      const remote = yield* makeRemote(yield* open)
      yield* remote.look("main")
      const before = yield* eventually("two commands", sessions(server), (count) => count === 2)
      yield* remote.look("main")
      yield* remote.look("main")
      yield* eventually("two more", sessions(server), (count) => count === before + 2)
      assert.lengthOf(server.connections, 1)
    }))

  it.live("ends with its scope", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh()
      yield* Effect.scoped(Effect.flatMap(open, look))
      yield* eventually(
        "the server has seen the end",
        server.log,
        (log) => /Connection closed by|disconnected by user|Received disconnect/.test(log)
      )
    }))

  it.live("that was killed between two looks is opened again", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const remote = yield* makeRemote(yield* open)
      yield* remote.look("main")
      yield* server.stop
      yield* server.start
      const commit = yield* bare.commit({ "b.yaml": "b: 1\n" })
      assert.strictEqual((yield* remote.look("main")).commit, commit)
      assert.lengthOf(server.connections, 2)
    }))

  it.live("to a server that has gone fails, and works once it is back", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const transport = yield* open
      yield* look(transport)
      yield* server.stop
      assert.strictEqual(
        told(server, (yield* Effect.flip(look(transport))).message),
        "URL can't be reached: the connection was refused. Check gitUrl, and that this machine can reach the host; trying again"
      )
      yield* server.start
      assert.strictEqual((yield* look(transport)).commit, yield* bare.tip())
    }))

  it.live("takes up a key that was rotated on disk, and is not kept with the old one", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const transport = yield* open
      yield* look(transport)
      yield* makeSshKey(server.identityFile, "ecdsa")
      assert.match((yield* Effect.flip(look(transport))).message, /lets ".*" in with none of the keys/)
      writeFileSync(server.authorizedKeysFile, `${publicKeyOf(server.identityFile)}\n`)
      assert.strictEqual((yield* look(transport)).commit, yield* bare.tip())
    }))

  it.live("ends when its host is struck off known_hosts", () =>
    Effect.gen(function*() {
      const { open, server } = yield* serveSsh()
      const transport = yield* open
      yield* look(transport)
      writeFileSync(server.knownHostsFile, "# nobody\n")
      assert.strictEqual((yield* Effect.flip(look(transport)))._tag, "HostUnknown")
    }))

  it.live("that is cut anywhere fails in time, and the next one works", () =>
    Effect.gen(function*() {
      const { bare, server } = yield* serveSsh()
      yield* bare.commit(many)
      const wholeRun = yield* Effect.scoped(fetched(server))
      const total = server.connections.at(-1)?.sentBytes ?? 0
      assert.isAbove(total, 10_000)
      const tags = new Set<string>()
      for (let part = 0; part < 20; part++) {
        server.setFault(() => ({ cutAfter: Math.floor(total * part / 20) }))
        const failure = yield* Effect.scoped(Effect.flip(fetched(server)))
        tags.add(failure._tag)
        assert.notInclude(failure.message, "mistake in this program")
      }
      assert.deepStrictEqual([...tags], ["RemoteUnreachable"])
      server.setFault(() => undefined)
      assert.strictEqual(yield* Effect.scoped(fetched(server)), wholeRun)
    }))

  it.live("that goes silent is given up after the longest silence, wherever that is", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      yield* Effect.scoped(fetched(server))
      const total = server.connections.at(-1)?.sentBytes ?? 0
      const limits = { idle: Duration.millis(300), total: Duration.minutes(1), bytes: 1e8 }
      for (const stallAfter of [0, 30, Math.floor(total * 0.4), Math.floor(total * 0.7)]) {
        server.setFault(() => ({ stallAfter }))
        const failure = yield* Effect.scoped(Effect.flip(fetched(server)).pipe(Effect.provideService(Limits, limits)))
        assert.strictEqual(told(server, failure.message), "URL was silent for 0 s: gave up waiting, and trying again")
      }
      server.setFault(() => undefined)
      yield* Effect.scoped(fetched(server))
    }))

  it.live("that takes too long altogether is given up", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      server.setFault(() => ({ stallAfter: 1500 }))
      const limits = { idle: Duration.minutes(1), total: Duration.millis(1000), bytes: 1e8 }
      const failure = yield* Effect.scoped(Effect.flip(fetched(server)).pipe(Effect.provideService(Limits, limits)))
      assert.strictEqual(
        told(server, failure.message),
        "URL took longer than 1 s for one answer: gave up waiting, and trying again"
      )
    }))

  it.live("is not used again after it went silent", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const limits = { idle: Duration.millis(500), total: Duration.minutes(1), bytes: 1e8 }
      yield* Effect.gen(function*() {
        const remote = yield* makeRemote(yield* open)
        server.setFault(() => ({ stallAfter: 5500 }))
        yield* Effect.flip(Effect.forever(remote.look("main")))
        server.setFault(() => undefined)
        assert.strictEqual((yield* remote.look("main")).commit, yield* bare.tip())
      }).pipe(Effect.provideService(Limits, limits))
      assert.lengthOf(server.connections, 2)
    }))
})

const fetched = (server: SshGitServer) =>
  Effect.gen(function*() {
    const transport = yield* openSsh(server.url, credentialsOf(server))
    const remote = yield* makeRemote(transport)
    const repository = yield* makeRepository(remote, { branch: "main", gitPath: "" })
    const moved = yield* repository.advance(false)
    return moved?.changes.length
  })

describe("the Git room", () => {
  it.live("follows a branch over SSH, and says when the host isn't the one that is known", () =>
    Effect.gen(function*() {
      const { bare, server } = yield* serveSsh({ hostKeys: ["ed25519"] })
      const { git, latest } = yield* startGit(server.url, { ssh: credentialsOf(server) })
      assert.strictEqual((yield* git.refresh).commit, yield* bare.tip())
      const commit = yield* bare.commit({ "b.yaml": "b: 1\n" })
      assert.strictEqual((yield* git.refresh).commit, commit)
      yield* server.changeHostKeys
      yield* server.stop
      yield* server.start
      const failure = yield* Effect.flip(git.refresh)
      assert.include(failure.message, "shows another key than the one that is known")
      assert.strictEqual((yield* latest).tip?.commit, commit)
    }))
})

describe("a push", () => {
  const command = (before: string, after: string, ref: string) =>
    PktLine.line(`${before} ${after} ${ref}\0report-status agent=git/test`)

  /** A commit made by native Git on top of a clone, and the pack that the server lacks. */
  const prepared = Effect.fnUntraced(function*(server: SshGitServer, before: string) {
    const folder = join(yield* temporaryFolder("gitops-clone-"), "clone")
    yield* git(["clone", "--quiet", server.url, folder], { env: server.gitEnv })
    writeFileSync(join(folder, "b.yaml"), "b: 2\n".repeat(200_000))
    yield* git(["add", "."], { cwd: folder })
    yield* git(["commit", "--quiet", "-m", "Pushed by hand"], { cwd: folder })
    const after = yield* git(["rev-parse", "HEAD"], { cwd: folder })
    const pack = yield* gitBytes(["pack-objects", "--stdout", "--revs", "--thin", "--compression=0"], {
      cwd: folder,
      stdin: `${after}\n^${before}\n`
    })
    return { after, pack }
  })

  it.live("is accepted, and seen by native Git", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const before = (yield* bare.tip()) ?? ""
      const { after, pack } = yield* prepared(server, before)
      assert.isAbove(pack.length, 900_000)
      const transport = yield* open
      let advertised = ""
      const answer = yield* whole(transport.push((advertisement) => {
        advertised = advertisement.toString("latin1")
        return Effect.succeed(Buffer.concat([command(before, after, "refs/heads/main"), PktLine.flush, pack]))
      }))
      assert.match(advertised, new RegExp(`^[0-9a-f]{4}${before} refs/heads/main\0.*report-status`))
      assert.strictEqual(answer.toString(), "000eunpack ok\n0017ok refs/heads/main\n0000")
      assert.strictEqual(yield* bare.git("log", "--format=%s", "-1", "main"), "Pushed by hand")
      assert.strictEqual(yield* bare.tip(), after)
      yield* bare.git("fsck", "--strict")
      assert.lengthOf(yield* Effect.sync(() => server.connections), 2)
    }))

  it.live("of a branch that has moved is refused in the answer", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const before = (yield* bare.tip()) ?? ""
      const { after, pack } = yield* prepared(server, before)
      const moved = yield* bare.commit({ "c.yaml": "c: 3\n" })
      const answer = yield* whole((yield* open).push(() =>
        Effect.succeed(Buffer.concat([command(before, after, "refs/heads/main"), PktLine.flush, pack]))
      ))
      assert.match(answer.toString(), /ng refs\/heads\/main /)
      assert.strictEqual(yield* bare.tip(), moved)
    }))

  it.live("that is thought better of changes nothing, and leaves the connection as it was", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      const before = yield* bare.tip()
      const transport = yield* open
      const answer = yield* Stream.runCollect(transport.push(() => Effect.succeed(undefined)))
      assert.isEmpty(answer)
      assert.strictEqual((yield* look(transport)).commit, before)
      assert.lengthOf(server.connections, 1)
    }))
})
