import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Logger, Metric, Tracer } from "effect"
import { randomBytes } from "node:crypto"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startConnectProxy } from "../remote/ConnectProxy.ts"
import { htmlPage, onPush, onPushing, redirectTo } from "../remote/HttpFault.ts"
import { type HttpGitServer, startHttpGitServer } from "../remote/HttpGitServer.ts"
import { inPod, makeAuthor, type OpenOptions, openRemote } from "./pushing.ts"

/** Everything that leaves the room except over the wire: logs, errors in every way they are printed, spans, metrics. */
const makeCapture = () => {
  const lines: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const loggers = [
    Logger.map(Logger.formatJson, (line) => void lines.push(line)),
    Logger.map(Logger.formatStructured, (line) => void lines.push(inspect(line, { depth: 20 }))),
    Logger.make(({ cause, message }) =>
      lines.push(inspect(message, { depth: 20, showHidden: true }), Cause.pretty(cause))
    )
  ]
  const watch = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Exit.Exit<A, E>, never, R> =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(effect)
      if (Exit.isSuccess(exit)) yield* Effect.logInfo("did", exit.value)
      else {
        yield* Effect.logError("failed", exit.cause)
        lines.push(
          Cause.pretty(exit.cause),
          JSON.stringify(exit.cause),
          inspect(exit.cause, { depth: 20, showHidden: true })
        )
        for (const failure of exit.cause.reasons.filter(Cause.isFailReason)) {
          const { error } = failure
          lines.push(String(error), JSON.stringify(error))
          if (error instanceof Error)
            lines.push(error.message, String(error.stack), inspect(error.cause, { depth: 20 }))
        }
      }
      return exit
    }).pipe(
      Effect.withSpan("watched"),
      Effect.provide(Logger.layer(loggers)),
      Effect.provideService(Tracer.Tracer, tracer)
    )
  const printed = Effect.gen(function*() {
    const metrics = [yield* Metric.dump, inspect(yield* Metric.snapshot, { depth: 20 })]
    const traced = spans.map((span) => inspect([span.name, span.attributes, span.events, span.status], { depth: 20 }))
    return [...lines, ...metrics, ...traced].join("\n")
  })
  return { spans, watch, printed }
}

/** As it is, and as it travels. */
const shapes = (secret: string, username = "git"): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -2),
  Buffer.from(`${username}:${secret}`).toString("base64")
]

const makeSecret = () => `sentinel-${randomBytes(12).toString("hex")}:@/%`

const serve = Effect.gen(function*() {
  const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
  const login = { username: "ada", password: makeSecret() }
  const http = yield* startHttpGitServer(bare, { credentials: login, clientCertificate: true })
  const author = yield* makeAuthor(bare)
  return { author, bare, http, login }
})

type Served = Effect.Success<typeof serve>

const faults: ReadonlyArray<readonly [string, (http: HttpGitServer, password: string) => void]> = [
  ["nothing wrong", () => {}],
  [
    "a status 500 that repeats what it was sent",
    ({ setFault }) =>
      setFault(({ headers }) => ({
        status: 500,
        headers: { "content-type": "text/html" },
        body: `${headers.authorization}`
      }))
  ],
  ["a sentence that repeats what it was sent", ({ setFault }, password) =>
    setFault(({ headers }) => ({
      status: 500,
      headers: { "content-type": "text/plain" },
      body: `who is ${headers.authorization}, and what is ${password}?`
    }))],
  [
    "a page that repeats what it was sent",
    ({ setFault }, password) =>
      setFault(({ headers }) => ({
        status: 200,
        headers: { "content-type": "text/html" },
        body: `<p>${password}</p><p>${headers.authorization}`
      }))
  ],
  [
    "a redirect with the password in its path",
    ({ setFault }, password) =>
      setFault(() => ({
        status: 302,
        headers: { location: `https://elsewhere.example/${encodeURIComponent(password)}/x` }
      }))
  ],
  ["the credentials refused", ({ setCredentials }) => setCredentials({ username: "ada", password: "another" })],
  [
    "access refused",
    ({ setFault }) => setFault(() => ({ status: 403, headers: { "content-type": "text/plain" }, body: "no" }))
  ],
  ["pushing refused", ({ setFault }) => setFault(onPushing({ status: 403, body: "no" }))],
  ["too many requests", ({ setFault }) => setFault(() => ({ status: 429, headers: { "retry-after": "3" } }))],
  ["no repository", ({ setFault }) => setFault(() => ({ status: 404 }))],
  ["a page", ({ setFault }) => setFault(() => htmlPage)],
  ["a redirect", ({ setFault }) => setFault(redirectTo("https://elsewhere.example"))],
  ["a redirect with the password in it", ({ setFault }, password) =>
    setFault(() => ({
      status: 302,
      headers: {
        location: `https://ada:${encodeURIComponent(password)}@elsewhere.example/x?token=${
          encodeURIComponent(password)
        }`
      }
    }))],
  ["the connection cut", ({ setFault }) => setFault(() => ({ hangUp: true }))],
  ["the push cut", ({ cutPushes }) => cutPushes(100)],
  ["an answer cut", ({ setFault }) => setFault(onPush({ cutAfter: 10 }))],
  ["silence", ({ setFault }) => setFault(() => ({ silent: true }))]
]

/** Reads and pushes with each thing going wrong, and answers everything that was printed. */
const everything = Effect.fnUntraced(function*({ author, http, login }: Served, options: OpenOptions) {
  const { printed, spans, watch } = makeCapture()
  const outcomes: Array<string> = []
  for (const [what, begin] of faults) {
    const update = yield* author({ "a.yaml": what })
    begin(http, login.password)
    const remote = yield* openRemote(http.url, { idleMillis: 700, ...options })
    for (const effect of [remote.look, remote.mayPush, remote.push(update)])
      outcomes.push(`${what}: ${(yield* watch(effect as Effect.Effect<unknown, unknown>))._tag}`)
    http.setFault(() => undefined)
    http.setCredentials(login)
    http.cutPushes(undefined)
  }
  assert.isAbove(spans.length, 20)
  assert.include(outcomes, "nothing wrong: Success")
  assert.include(outcomes, "the credentials refused: Failure")
  return yield* printed
})

const assertAbsent = (text: string, secrets: ReadonlyArray<string>) => {
  assert.isAbove(text.length, 1000)
  for (const secret of secrets) {
    const at = text.indexOf(secret)
    assert.strictEqual(at, -1, at === -1 ? "" : `leaked in: ${text.slice(Math.max(0, at - 200), at + 100)}`)
  }
}

describe("no secret is printed, whatever goes wrong", () => {
  it.live("and one that is would be found", () =>
    Effect.gen(function*() {
      const secret = makeSecret()
      const ways: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
        Effect.logInfo(`using ${secret}`),
        Effect.logWarning({ header: Buffer.from(`git:${secret}`).toString("base64") }),
        Effect.fail(new Error(secret)),
        Effect.fail(new Error("outer", { cause: new Error(encodeURIComponent(secret)) })),
        Effect.die(new Error(secret)),
        Effect.withSpan(Effect.void, "leaky", { attributes: { url: `https://git:${secret}@host` } }),
        Effect.fail({ _tag: "Broken", reason: secret })
      ]
      for (const [index, way] of ways.entries()) {
        const { printed, watch } = makeCapture()
        yield* watch(way)
        const text = yield* printed
        assert.isTrue(shapes(secret).some((shape) => text.includes(shape)), `way ${index}`)
      }
      const { printed, watch } = makeCapture()
      yield* watch(Metric.update(Metric.counter("leaky", { attributes: { user: secret } }), 1))
      assert.include(yield* printed, secret)
    }))

  it.live("of a password file and a client's key", () =>
    Effect.gen(function*() {
      const served = yield* serve
      const { http, login } = served
      const key = readFileSync(http.credentials.keyFile ?? "", "utf8").split("\n").filter((line) => line.length > 30)
      assert.isAbove(key.length, 1)
      const text = yield* everything(served, { https: http.credentials })
      assertAbsent(text, [...shapes(login.password, login.username), ...key])
    }), 60_000)

  it.live("of a client's key that is none, and of a server that isn't trusted", () =>
    Effect.gen(function*() {
      const { author, http, login } = yield* serve
      const update = yield* author({ "a.yaml": "b" })
      const secret = makeSecret()
      const keyFile = join(yield* temporaryFolder("gitops-key-"), "client.key")
      const broken = [
        secret,
        `-----BEGIN PRIVATE KEY-----\n${Buffer.from(secret).toString("base64")}\n-----END PRIVATE KEY-----\n`,
        readFileSync(http.credentials.keyFile ?? "", "utf8").replace(
          /^(M.*)$/m,
          `$1${Buffer.from(secret).toString("base64")}`
        )
      ]
      const { printed, watch } = makeCapture()
      for (const content of broken) {
        writeFileSync(keyFile, content)
        const remote = yield* openRemote(http.url, { https: { ...http.credentials, keyFile } })
        assert.isTrue(Exit.isFailure(yield* watch(remote.look)))
        assert.isTrue(Exit.isFailure(yield* watch(remote.push(update))))
      }
      const { caFile: _, ...untrusting } = http.credentials
      const stranger = yield* openRemote(http.url, { https: untrusting })
      assert.isTrue(Exit.isFailure(yield* watch(stranger.look)))
      assert.isTrue(Exit.isFailure(yield* watch(stranger.push(update))))
      assertAbsent(yield* printed, [...shapes(secret), ...shapes(login.password, login.username)])
    }))

  it.live("of a proxy, that lets us through and that doesn't", () =>
    Effect.gen(function*() {
      const served = yield* serve
      const { http, login } = served
      const secret = makeSecret()
      const proxy = yield* startConnectProxy({ username: "git", password: secret })
      const variable = (password: string) => ({
        ...inPod,
        HTTPS_PROXY: `http://git:${encodeURIComponent(password)}@${proxy.host}`
      })
      const all = [...shapes(secret), ...shapes(login.password, login.username)]
      assertAbsent(yield* everything(served, { https: http.credentials, env: variable(secret) }), all)
      assert.isAbove(proxy.asked.length, 10)

      const { printed, watch } = makeCapture()
      const another = makeSecret()
      const values = [
        variable(another).HTTPS_PROXY,
        `http://git:${encodeURIComponent(another)}@127.0.0.1:1`,
        `http://git:${encodeURIComponent(another)}@no-such-host.invalid`,
        `https://git:${encodeURIComponent(another)}@${proxy.host}`,
        `socks5://git:${encodeURIComponent(another)}@${proxy.host}`,
        `http://git:${another}@ :x`
      ]
      for (const HTTPS_PROXY of values) {
        const remote = yield* openRemote(http.url, { https: http.credentials, env: { ...inPod, HTTPS_PROXY } })
        assert.isTrue(Exit.isFailure(yield* watch(remote.look)), HTTPS_PROXY)
        assert.isTrue(Exit.isFailure(yield* watch(remote.mayPush)))
      }
      const plain = yield* startHttpGitServer(served.bare, { tls: false })
      for (const status of [407, 502] as const) {
        proxy.refuse(status)
        const remote = yield* openRemote(plain.url, { env: { ...inPod, HTTP_PROXY: values[0] ?? "" } })
        assert.isTrue(Exit.isFailure(yield* watch(remote.look)))
      }
      assertAbsent(yield* printed, [...all, ...shapes(another)])
    }), 60_000)

  it.live("of the user's credential helper", () =>
    Effect.gen(function*() {
      const served = yield* serve
      const { http, login } = served
      const folder = yield* temporaryFolder("gitops-helper-")
      const helper = join(folder, "helper")
      writeFileSync(
        helper,
        `#!/bin/sh\n[ "$1" = get ] && printf 'username=%s\\npassword=%s\\n' '${login.username}' '${login.password}'\necho '${login.password}' >&2\n`
      )
      chmodSync(helper, 0o755)
      writeFileSync(join(folder, "gitconfig"), `[credential]\n  helper = ${helper}\n`)
      const before = process.env["GIT_CONFIG_GLOBAL"]
      yield* Effect.acquireRelease(
        Effect.sync(() => void (process.env["GIT_CONFIG_GLOBAL"] = join(folder, "gitconfig"))),
        () =>
          Effect.sync(() => {
            if (before === undefined) delete process.env["GIT_CONFIG_GLOBAL"]
            else process.env["GIT_CONFIG_GLOBAL"] = before
          })
      )
      const { passwordFile: _, username: _user, ...https } = http.credentials
      const text = yield* everything(served, { https, env: { PATH: process.env["PATH"] ?? "" } })
      assertAbsent(text, shapes(login.password, login.username))
    }), 60_000)
})
