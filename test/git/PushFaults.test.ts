import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { type GitFailure, RemoteError } from "../../src/git/GitError.ts"
import type { PushAnswer } from "../../src/git/Remote.ts"
import * as PktLine from "../../src/git/wire/PktLine.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { type Fault, htmlPage, onPush, onPushing, redirectTo } from "../remote/HttpFault.ts"
import { type HttpGitServerOptions, startHttpGitServer } from "../remote/HttpGitServer.ts"
import { makeAuthor, type OpenOptions, openRemote, putHook } from "./pushing.ts"

const serve = Effect.fnUntraced(function*(server: HttpGitServerOptions = {}, options: OpenOptions = {}) {
  const bare = yield* bareRepository({ files: { "a.yaml": "a: 1\n" } })
  const author = yield* makeAuthor(bare)
  const http = yield* startHttpGitServer(bare, server)
  const remote = yield* openRemote(http.url, { https: http.credentials, ...options })
  const update = yield* author({ "a.yaml": "a: 2\n", "b.yaml": "b".repeat(2000) })
  /** Of a push that doesn't come about. */
  const failure: Effect.Effect<GitFailure> = Effect.flip(remote.push(update)).pipe(
    Effect.catch((answer) => Effect.die(new Error(`answered ${JSON.stringify(answer)}`)))
  )
  const message = Effect.map(failure, (failure) => failure.message.replaceAll(http.url, "URL"))
  const fsck = Effect.map(bare.git("fsck", "--strict", "--no-dangling"), (said) => assert.strictEqual(said, ""))
  return { author, bare, failure, fsck, http, message, remote, update }
})

const wordsOf = (answer: PushAnswer, url: string): string =>
  answer._tag === "Refused" ? answer.words.replaceAll(url, "URL") : `was ${answer._tag}`

describe("a server that forbids pushing over HTTP", () => {
  const cure = `on a server of your own, allow pushing over HTTP with "git config http.receivepack true"`

  it.live("is told apart from one that declines a push, with the cure", () =>
    Effect.gen(function*() {
      const { bare, http, remote, update } = yield* serve({ credentials: "made" })
      yield* bare.git("config", "http.receivepack", "false")
      const expected =
        `URL doesn't let us push (403). Either give the user of ${http.credentials.passwordFile} the right to write to the repository (a token needs that scope, too), or, ${cure}`
      assert.strictEqual(wordsOf(yield* remote.push(update), http.url), expected)
      const permission = yield* remote.mayPush
      assert.strictEqual(permission._tag === "Refused" ? permission.words.replaceAll(http.url, "URL") : "", expected)
      assert.strictEqual((yield* remote.look).commit, update.before)
      assert.strictEqual(yield* bare.tip(), update.before)

      const open = yield* serve()
      yield* open.bare.git("config", "http.receivepack", "false")
      assert.strictEqual(
        wordsOf(yield* open.remote.push(open.update), open.http.url),
        `URL doesn't let us push (403). Either name a password or token that may write in credentials.https.passwordFile, or, ${cure}`
      )
    }))

  it.live("is quoted, in text and in Git's own packets", () =>
    Effect.gen(function*() {
      const { http, remote, update } = yield* serve()
      const says = (body: string, type: string): Fault => ({ status: 403, headers: { "content-type": type }, body })
      const answers = [
        says("remote: Permission to a/b.git denied to c.\u001b[0m\n", "text/plain; charset=utf-8"),
        says(
          Buffer.concat([
            PktLine.line("# service=git-receive-pack"),
            PktLine.flush,
            PktLine.flush,
            PktLine.line("TF401027: You need the Git 'GenericContribute' permission to perform this action.")
          ]).toString(),
          "application/x-git-receive-pack-advertisement"
        )
      ]
      const quotes = ["Permission to a/b.git denied to c. [0m.", "TF401027: You need the Git 'GenericContribute'"]
      for (const [index, answer] of answers.entries()) {
        for (const plan of [onPushing(answer), onPush(answer)]) {
          http.setFault(plan)
          assert.include(wordsOf(yield* remote.push(update), http.url), quotes[index] ?? "none")
        }
      }
    }))

  it.live("and is read by everybody asks for credentials, which may be wrong", () =>
    Effect.gen(function*() {
      const { bare, http, message, remote, update } = yield* serve({ credentials: "made", readableByAll: true }, {
        https: {}
      })
      assert.match(yield* message, /^URL: the server's certificate isn't trusted/)
      const { caFile = "", passwordFile = "" } = http.credentials
      const stranger = yield* openRemote(http.url, { https: { caFile } })
      assert.strictEqual((yield* stranger.look).commit, update.before)
      const unknown = yield* Effect.flip(stranger.push(update))
      assert.strictEqual(unknown._tag, "PushForbidden")
      assert.strictEqual(
        unknown.message.replaceAll(http.url, "URL"),
        "URL lets nobody push without credentials (401). Put a password or token that may write into a file and name it in credentials.https.passwordFile"
      )
      const right = yield* openRemote(http.url, { https: http.credentials })
      writeFileSync(passwordFile, "wrong\n")
      assert.strictEqual(
        (yield* Effect.flip(right.push(update))).message.replaceAll(http.url, "URL"),
        `URL refuses the credentials (401): check credentials.https.username and the password or token in ${passwordFile}`
      )
      writeFileSync(passwordFile, `${http.login?.password}\n`)
      assert.deepStrictEqual(yield* right.push(update), { _tag: "Done" })
      assert.strictEqual(yield* bare.tip(), update.after)
      assert.strictEqual((yield* Effect.flip(remote.look))._tag, "CertificateUntrusted")
    }))
})

describe("a push that fails on its way", () => {
  it.live("by a status or a page says so, and may be tried again", () =>
    Effect.gen(function*() {
      const { bare, failure, fsck, http, message, remote, update } = yield* serve()
      const text = { "content-type": "text/plain" }
      for (const on of [onPush, onPushing]) {
        http.setFault(on({ status: 500, headers: text, body: "tired\n" }))
        assert.strictEqual(yield* message, "URL refused (500): tired. Trying again")
        for (const status of [429, 403]) {
          http.setFault(on({ status, headers: { ...text, "retry-after": "7" }, body: "slow down" }))
          const slow = yield* failure
          assert.strictEqual(slow instanceof RemoteError ? slow.retryAfter : 0, 7000)
        }
        http.setFault(on(htmlPage))
        assert.match(yield* message, /^URL answers with text\/html instead of Git's protocol, beginning "Sign in/)
        http.setFault(on({
          status: 200,
          headers: { "content-type": "application/x-git-receive-pack-result" },
          body: "welcome"
        }))
        assert.match(yield* message, /^URL answers with/)
      }
      assert.strictEqual(yield* bare.tip(), update.before)
      http.setFault(() => undefined)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      yield* fsck
    }))

  it.live("by silence, or by taking too long, is given up on", () =>
    Effect.gen(function*() {
      const { bare, http, message, update } = yield* serve({}, { idleMillis: 800 })
      for (const plan of [onPushing({ silent: true }), onPush({ silent: true }), onPush({ stallAfter: 20 })]) {
        http.setFault(plan)
        assert.strictEqual(yield* message, "URL was silent for 1 s: gave up waiting, and trying again")
      }
      const busy = yield* openRemote(http.url, { https: http.credentials, totalMillis: 800 })
      http.setFault(onPush({ delayMillis: 5000 }))
      assert.match(
        (yield* Effect.flip(busy.push({ ...update, ref: "refs/heads/x", before: undefined }))).message,
        /took longer than 1 s/
      )
      assert.include([update.before, update.after], yield* bare.tip())
    }))

  it.live("is given the time that a slow line needs for what is sent", () =>
    Effect.gen(function*() {
      const { author, bare, http, remote } = yield* serve({}, { idleMillis: 800 })
      const large = yield* author({ "a.bin": randomBytes(40_000) })
      http.setFault(onPush({ delayMillis: 1500 }))
      assert.deepStrictEqual(yield* remote.push(large), { _tag: "Done" })
      assert.strictEqual(yield* bare.tip(), large.after)
    }))

  it.live(
    "since what we send is cut anywhere leaves the branch where it was, and is not repeated unseen",
    () =>
      Effect.gen(function*() {
        const { bare, fsck, http, message, remote, update } = yield* serve()
        const length = update.pack.length + 150
        for (let part = 0; part < 20; part++) {
          http.requests.length = 0
          http.cutPushes(Math.floor(length * part / 20))
          assert.match(yield* message, /^URL can't be reached: the connection was cut/, `part ${part}`)
          assert.strictEqual(http.requests.filter(({ method }) => method === "POST").length, 1)
          assert.strictEqual(yield* bare.tip(), update.before)
          yield* fsck
        }
        http.cutPushes(undefined)
        assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
        yield* fsck
      }),
    60_000
  )

  it.live("since the answer is cut anywhere is found to be done by looking", () =>
    Effect.gen(function*() {
      const { author, bare, fsck, http, remote } = yield* serve()
      http.requests.length = 0
      const measured = yield* author({ "a.yaml": "measured" })
      assert.deepStrictEqual(yield* remote.push(measured), { _tag: "Done" })
      const length = http.requests.at(-1)?.answerBytes ?? 0
      assert.isAbove(length, 40)
      for (let part = 0; part < 10; part++) {
        const update = yield* author({ "a.yaml": `${part}` })
        const cutAfter = Math.floor((length - 10) * part / 10)
        http.setFault(onPush(part % 2 === 0 ? { cutAfter } : { body: (body) => body.subarray(0, cutAfter) }))
        const failure = yield* Effect.flip(remote.push(update))
        assert.strictEqual(failure._tag, "RemoteUnreachable", `part ${part}`)
        assert.strictEqual(yield* bare.tip(), update.after)
        http.setFault(() => undefined)
        assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      }
      assert.strictEqual(yield* bare.git("rev-list", "--count", "main"), "12")
      yield* fsck
    }))

  it.live("since the server dies, before the branch moved or after, never claims what isn't so", () =>
    Effect.gen(function*() {
      const { author, bare, fsck, remote, update } = yield* serve()
      const local = yield* openRemote(bare.url)
      for (const [open, name] of [[remote, "https"], [local, "file"]] as const) {
        const early = yield* author({ "a.yaml": `${name} early` })
        putHook(bare, "pre-receive", "kill -9 $PPID")
        assert.include(["RemoteUnreachable", "RemoteError"], (yield* Effect.flip(open.push(early)))._tag, name)
        assert.strictEqual(yield* bare.tip(), early.before)
        putHook(bare, "pre-receive", "exit 0")
        putHook(bare, "post-receive", "kill -9 $PPID")
        const late = yield* Effect.result(open.push(early))
        assert.isTrue(late._tag === "Failure" || late.success._tag === "Done")
        assert.strictEqual(yield* bare.tip(), early.after)
        putHook(bare, "post-receive", "exit 0")
        assert.deepStrictEqual(yield* open.push(early), { _tag: "Done" })
      }
      assert.notStrictEqual(yield* bare.tip(), update.before)
      yield* fsck
    }))

  it.live("is sent to no other host, and on the same one where the advertisement was", () =>
    Effect.gen(function*() {
      const { bare, http, message, update } = yield* serve({ credentials: "made" })
      const other = yield* startHttpGitServer(bare)
      const elsewhere = other.origin.replace("127.0.0.1", "localhost")
      const expected =
        `URL sends us on to ${elsewhere}/cluster.git, and credentials don't follow to another host. If that is the repository, make it the gitUrl`
      for (const isPost of [true, false]) {
        http.setFault((request) =>
          request.path.includes("git-receive-pack") && (!isPost || request.method === "POST")
            ? redirectTo(elsewhere, 307)(request)
            : undefined
        )
        assert.strictEqual(yield* message, expected)
      }
      assert.isEmpty(other.requests)
      http.setFault(({ path }) =>
        path.startsWith("/old.git")
          ? { status: 301, headers: { location: path.replace("/old.git", "/cluster.git") } }
          : undefined
      )
      const follower = yield* openRemote(http.url.replace("cluster.git", "old.git"), { https: http.credentials })
      assert.deepStrictEqual(yield* follower.push(update), { _tag: "Done" })
      assert.strictEqual(yield* bare.tip(), update.after)
    }))

  it.live("shows the client's certificate where one is asked for", () =>
    Effect.gen(function*() {
      const { bare, http, remote, update } = yield* serve({ clientCertificate: true })
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.strictEqual(yield* bare.tip(), update.after)
      const { caFile = "" } = http.credentials
      const bareHanded = yield* openRemote(http.url, { https: { caFile } })
      assert.strictEqual((yield* Effect.flip(bareHanded.mayPush))._tag, "RemoteUnreachable")
    }))
})
