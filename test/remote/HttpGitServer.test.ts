import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "./BareRepository.ts"
import { makeLogin } from "./HttpCredentials.ts"
import { type Fault, flipByte, htmlPage, onCommand, redirectTo, times } from "./HttpFault.ts"
import { type HttpGitServer, type HttpGitServerOptions, startHttpGitServer } from "./HttpGitServer.ts"
import { git } from "./NativeGit.ts"

const files = { "a.yaml": "a: 1\n", "deep/b.yaml": "b: 2\n" }

const serve = (options?: HttpGitServerOptions) =>
  Effect.flatMap(bareRepository({ files }), (repository) => startHttpGitServer(repository, options))

type Reached = Pick<HttpGitServer, "gitArguments" | "urlWithLogin">

/** Clones with the server's credentials and answers the folder. */
const clone = ({ gitArguments, urlWithLogin }: Reached, ...before: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const folder = join(yield* temporaryFolder("gitops-clone-"), "clone")
    yield* git([...gitArguments, ...before, "clone", "--quiet", urlWithLogin, folder])
    return folder
  })

const refusal = (...args: Parameters<typeof clone>) => Effect.map(Effect.flip(clone(...args)), ({ message }) => message)

const assertCloned = (folder: string) => {
  assert.sameMembers(readdirSync(folder), [".git", "a.yaml", "deep"])
  assert.strictEqual(readFileSync(join(folder, "deep/b.yaml"), "utf8"), "b: 2\n")
}

describe("an HTTP Git server", () => {
  it.live("is cloned from over HTTPS with protocol version 2, and remembers every request", () =>
    Effect.gen(function*() {
      const server = yield* serve({ credentials: "made" })
      assertCloned(yield* clone(server))
      assert.deepStrictEqual(server.requests.map((it) => [it.method, it.path, it.command, it.status]), [
        ["GET", "/cluster.git/info/refs?service=git-upload-pack", undefined, 401],
        ["GET", "/cluster.git/info/refs?service=git-upload-pack", undefined, 200],
        ["POST", "/cluster.git/git-upload-pack", "ls-refs", 200],
        ["POST", "/cluster.git/git-upload-pack", "fetch", 200]
      ])
      assert.isTrue(server.requests.every(({ headers }) => headers["git-protocol"] === "version=2"))
      assert.isAbove(server.requests[3]?.answerBytes ?? 0, 200)
      assert.strictEqual(readFileSync(server.credentials.passwordFile ?? "", "utf8"), `${server.login?.password}\n`)
    }))

  it.live.each([0, 1, 2] as const)(
    "is cloned from over plain HTTP, speaking version %s at most",
    (protocol) =>
      Effect.gen(function*() {
        const server = yield* serve({ tls: false, protocol, gzip: true })
        assert.match(server.url, /^http:/)
        assert.deepStrictEqual(server.credentials, {})
        assertCloned(yield* clone(server))
        assert.strictEqual(server.requests.some(({ command }) => command === "ls-refs"), protocol === 2)
      })
  )

  it.live("takes pushes", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository({ files })
      const server = yield* startHttpGitServer(repository, { credentials: "made" })
      const folder = yield* clone(server)
      yield* git(["commit", "--quiet", "--allow-empty", "-m", "pushed"], { cwd: folder })
      yield* git([...server.gitArguments, "push", "--quiet", "origin", "main"], { cwd: folder })
      assert.strictEqual(yield* repository.tip(), yield* git(["rev-parse", "HEAD"], { cwd: folder }))
    }))

  it.live("refuses who knows no authority, brings another password, or no certificate", () =>
    Effect.gen(function*() {
      const server = yield* serve({ credentials: "made" })
      assert.match(yield* refusal({ ...server, gitArguments: [] }), /certificate/i)
      server.setCredentials(makeLogin())
      assert.match(yield* refusal(server), /Authentication failed/)

      const strict = yield* serve({ clientCertificate: true })
      assertCloned(yield* clone(strict))
      const seen = strict.requests.length
      yield* refusal({ ...strict, gitArguments: strict.gitArguments.slice(0, 2) })
      assert.strictEqual(strict.requests.length, seen)
    }))

  it.live("answers with the status, the page or the redirection it was told to", () =>
    Effect.gen(function*() {
      const server = yield* serve()
      server.setFault(times(1, { status: 429, headers: { "retry-after": "7" } }))
      assert.match(yield* refusal(server), /429/)
      assertCloned(yield* clone(server))
      server.setFault(() => htmlPage)
      assert.match(yield* refusal(server), /not valid/)
      const plain = yield* serve({ tls: false })
      server.setFault(redirectTo(plain.origin))
      assertCloned(yield* clone(server))
      assert.isNotEmpty(plain.requests)
    }))

  const broken: ReadonlyArray<readonly [string, Fault, number | undefined]> = [
    ["cut", { cutAfter: 100 }, 100],
    ["cut before its body", { cutAfter: 0 }, 0],
    ["shortened", { body: (body) => body.subarray(0, 100) }, 100],
    ["flipped in one byte", flipByte(150), undefined],
    ["replaced", { body: () => Buffer.from("0000") }, 4],
    ["never begun", { hangUp: true }, 0]
  ]
  it.live.each(broken)("spoils a clone by an answer that is %s", ([, fault, bytes]) =>
    Effect.gen(function*() {
      const server = yield* serve()
      server.setFault(onCommand("fetch", fault))
      yield* refusal(server)
      const last = server.requests.at(-1)
      assert.isTrue(last?.isFaulty)
      if (bytes !== undefined) assert.strictEqual(last?.answerBytes, bytes)
      server.setFault(() => undefined)
      assertCloned(yield* clone(server))
    }))

  it.live("keeps its clients waiting, at the start and in the middle, and answers late", () =>
    Effect.gen(function*() {
      const server = yield* serve()
      for (const [fault, bytes] of [[{ silent: true }, 0], [{ stallAfter: 10 }, 10]] as const) {
        server.setFault(() => fault)
        const waiting = yield* Effect.forkChild(clone(server))
        const last = Effect.sync(() => server.requests.at(-1))
        yield* eventually("the server is silent", last, (it) => it?.isFaulty === true && it.answerBytes === bytes)
        assert.isUndefined(waiting.pollUnsafe())
        yield* Fiber.interrupt(waiting)
      }
      server.setFault(times(1, { delayMillis: 300 }))
      const begin = performance.now()
      assertCloned(yield* clone(server))
      assert.isAbove(performance.now() - begin, 300)
    }))

  it.live("goes away and comes back on the same port", () =>
    Effect.gen(function*() {
      const server = yield* serve()
      yield* server.stop
      assert.match(yield* refusal(server), /refused|connect/i)
      yield* server.start
      assertCloned(yield* clone(server))
    }))
})
