import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { chmodSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { join } from "node:path"
import { makeRemote } from "../../../src/git/Remote.ts"
import { whole } from "../../../src/git/Transport.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { startSshGitServer } from "../../remote/SshGitServer.ts"
import { credentialsOf, openSsh, serveSsh, told } from "./openSsh.ts"

const hint = "Check gitUrl; many servers also say this when the credentials don't reach the repository"

/** A server that runs a script whatever it is asked for. */
const scripted = Effect.fnUntraced(function*(script: string) {
  const file = join(yield* temporaryFolder("gitops-script-"), "command")
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  const server = yield* startSshGitServer(yield* bareRepository(), { settings: [`ForceCommand ${file}`] })
  return { server, transport: yield* openSsh(server.url, credentialsOf(server)) }
})

const saying = (text: string, exit = 1) => `cat >&2 <<'WORDS'\n${text}\nWORDS\nexit ${exit}`

const failureOf = (script: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { server, transport } = yield* scripted(script)
    const failure = yield* Effect.flip(transport.advertise)
    return `${failure._tag}: ${told(server, failure.message)}`
  }))

describe("a server that refuses", () => {
  it.live("for want of the repository is told in its words", () =>
    Effect.gen(function*() {
      const { bare, open, server } = yield* serveSsh()
      rmSync(bare.path, { recursive: true })
      const failure = yield* Effect.flip((yield* open).advertise)
      assert.strictEqual(
        told(server, failure.message),
        `There is no repository at URL (the server says "'${bare.path}' does not appear to be a git repository"). ${hint}`
      )
      const pushing = yield* Effect.flip(Stream.runDrain((yield* open).push(() => Effect.succeed(undefined))))
      assert.strictEqual(pushing._tag, "RepositoryNotFound")
    }))

  it.live.each(
    [
      ["GitHub", "ERROR: Repository not found.", "Repository not found."],
      [
        "GitLab",
        "remote: \nremote: ========================================================================\nremote: \n" +
        "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\nremote: \n" +
        "remote: ========================================================================\nremote: ",
        "The project you were looking for could not be found or you don't have permission to view it."
      ],
      ["Gitea", "Gitea: Cannot find repository: acme/cluster", "Gitea: Cannot find repository: acme/cluster"],
      ["Bitbucket", "conq: repository access denied.", "conq: repository access denied."]
    ] as const
  )("as %s does for want of the repository is understood", ([, text, words]) =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* failureOf(saying(text)),
        `RepositoryNotFound: There is no repository at URL (the server says "${words}"). ${hint}`
      )
    }))

  it.live.each(
    [
      [saying("remote: ERROR: Access denied"), "RemoteError: URL refused: Access denied. Trying again"],
      [
        "printf '0036ERR upload-pack: https://ada:secret@host/x is busy'",
        "RemoteError: URL refused: upload-pack: https://host/x is busy. Trying again"
      ],
      ["exit 3", "RemoteError: URL refused: the command on the server ended with 3 and without a word. Trying again"],
      [
        "exit 0",
        "RemoteUnreachable: URL can't be reached: it hung up without a word. Check gitUrl, and that this machine can reach the host; trying again"
      ],
      [
        "echo Welcome, friend; cat",
        "NotAGitServer: URL answers with something that isn't Git's protocol, beginning \"Welcome, friend\". Check that gitUrl is the URL for " +
        "\"git clone\", and that no login page or proxy stands in between"
      ]
    ] as const
  )("by %j is told", ([script, message]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* failureOf(script), message)
    }))

  it.live("in the middle of it is told, and the words of a push are kept", () =>
    Effect.gen(function*() {
      const refusing = `printf '0000'; cat > /dev/null; ${saying("error: hook declined to update refs/heads/main")}`
      const { server, transport } = yield* scripted(refusing)
      const push = transport.push(() => Effect.succeed(Buffer.from("0000")))
      const failure = yield* Effect.flip(Stream.runDrain(push))
      assert.strictEqual(
        told(server, failure.message),
        "URL refused: hook declined to update refs/heads/main. Trying again"
      )
      const remote = yield* makeRemote(transport)
      assert.strictEqual((yield* Effect.result(remote.look("main")))._tag, "Success") // no refs at all: an empty repository
    }))

  it.live("in the middle of a long pack is heard to the end", () =>
    Effect.gen(function*() {
      const { transport } = yield* scripted(
        `printf '0000'; head -c 100000 > /dev/null; printf '0013ng too large\\n\\n0000'`
      )
      const answer = yield* whole(transport.push(() => Effect.succeed(Buffer.alloc(20_000_000))))
      assert.strictEqual(answer.toString(), "0013ng too large\n\n0000")
    }))

  it.live("no more and is lost in the middle of a pack is noticed at once", () =>
    Effect.gen(function*() {
      const { server, transport } = yield* scripted("printf '0000'; sleep 30")
      const pushing = yield* Effect.forkScoped(
        Effect.flip(Stream.runDrain(transport.push(() => Effect.succeed(Buffer.alloc(20_000_000)))))
      )
      yield* eventually("the command runs", server.log, (log) => log.includes("Starting session"))
      yield* server.stop
      const failure = yield* Effect.timeout(Fiber.join(pushing), "10 seconds")
      assert.strictEqual(failure._tag, "RemoteUnreachable")
    }))

  it.live("every channel is told, and others are served meanwhile", () =>
    Effect.gen(function*() {
      const { server, transport } = yield* scripted(saying("Rate limit exceeded"))
      for (let i = 0; i < 3; i++) {
        const failure = yield* Effect.flip(transport.advertise)
        assert.strictEqual(told(server, failure.message), "URL refused: Rate limit exceeded. Trying again")
      }
    }))
})

/** Something on a port of its own that isn't SSH. */
const listening = (onConnection: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const server = createServer((socket) => onConnection(socket.on("error", () => socket.destroy())))
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ port, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

describe("an address", () => {
  const cure = "Check gitUrl, and that this machine can reach the host; trying again"

  const others: ReadonlyArray<readonly [what: string, behave: (socket: Socket) => void, reason: string]> = [
    ["hangs up at once", (socket) => socket.end(), "the connection was closed before SSH began"],
    ["resets", (socket) => socket.resetAndDestroy(), "the connection was cut"],
    [
      "isn't SSH",
      (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      "the connection was closed before SSH began"
    ]
  ]

  it.live.each(others)("behind which something %s is told", ([, behave, reason]) =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const { port } = yield* listening(behave)
      const transport = yield* openSsh(server.url, credentialsOf(server), undefined, { port })
      const failure = yield* Effect.flip(transport.advertise)
      assert.strictEqual(told(server, failure.message), `URL can't be reached: ${reason}. ${cure}`)
    }))

  it.live("whose name nobody knows is told", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh()
      const transport = yield* openSsh(server.url, credentialsOf(server), undefined, { host: "nobody.invalid" })
      const failure = yield* Effect.flip(transport.advertise)
      assert.match(failure.message, /can't be reached: its host name (is unknown|could not be looked up)\./)
    }))

  it.live("of a server that is too old to be safe is told", () =>
    Effect.gen(function*() {
      const { server } = yield* serveSsh({ settings: ["KexAlgorithms diffie-hellman-group1-sha1"] })
      const transport = yield* openSsh(server.url, credentialsOf(server))
      assert.strictEqual(
        told(server, (yield* Effect.flip(transport.advertise)).message),
        "URL is served by a Git that lacks SSH algorithms that are safe (no matching key exchange algorithm): update the server"
      )
    }))
})
