import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeCredentialHelper } from "../../../src/git/https/CredentialHelper.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { type Login, makeLogin } from "../../remote/HttpCredentials.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { inPod, makeAuthor, openRemote } from "../pushing.ts"
import { platform } from "../startGit.ts"

/** The helper runs as this process's child, so the user's environment is ours. */
const withEnvironment = (env: Readonly<Record<string, string>>) => {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  return Effect.acquireRelease(
    Effect.sync(() => void Object.assign(process.env, env)),
    () =>
      Effect.sync(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      })
  )
}

/** A person's Git: a helper that keeps what it is told in a file and writes down what it is asked, and a program that would ask the person. */
const makePerson = Effect.gen(function*() {
  const folder = yield* temporaryFolder("gitops-person-")
  const file = (name: string) => join(folder, name)
  const script = (name: string, text: string) => {
    writeFileSync(file(name), `#!/bin/sh\n${text}\n`)
    chmodSync(file(name), 0o755)
    return file(name)
  }
  const helper = script(
    "helper",
    [
      `input=$(cat)`,
      `printf '%s %s\\n' "$1" "$(printf '%s' "$input" | grep -E '^(protocol|host|path|password)=' | tr '\\n' ' ')" >> '${
        file("log")
      }'`,
      `case $1 in`,
      `get) [ -e '${file("hang")}' ] && touch '${file("hanging")}' && sleep 300; [ -e '${file("kept")}' ] && cat '${
        file("kept")
      }';;`,
      `erase) if [ -e '${file("next")}' ]; then mv '${file("next")}' '${file("kept")}'; fi;;`,
      `esac`,
      `exit 0`
    ].join("\n")
  )
  const asking = script("ask", `touch '${file("asked")}'; echo typed`)
  writeFileSync(file("gitconfig"), `[credential]\n  helper = ${helper}\n[core]\n  askPass = ${asking}\n`)
  yield* withEnvironment({
    GIT_CONFIG_GLOBAL: file("gitconfig"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ASKPASS: asking,
    SSH_ASKPASS: asking,
    DISPLAY: ":0"
  })
  const write = (name: string) => ({ password, username }: Login) =>
    writeFileSync(file(name), `username=${username}\npassword=${password}\n`)
  return {
    keeps: write("kept"),
    keepsAfterErasing: write("next"),
    hangs: () => writeFileSync(file("hang"), ""),
    isHanging: Effect.sync(() => existsSync(file("hanging"))),
    log: () =>
      existsSync(file("log")) ? readFileSync(file("log"), "utf8").trim().split("\n").map((line) => line.trim()) : [],
    wasAsked: () => existsSync(file("asked"))
  }
})

const laptop = { PATH: process.env["PATH"] ?? "" }

const serve = Effect.gen(function*() {
  const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
  const http = yield* startHttpGitServer(bare, { credentials: "made" })
  const update = yield* (yield* makeAuthor(bare))({ "a.yaml": "b" })
  const { caFile = "" } = http.credentials
  const open = (env: Readonly<Record<string, string>> = laptop) => openRemote(http.url, { https: { caFile }, env })
  const { host } = new URL(http.url)
  const asked = `protocol=https host=${host}`
  return { bare, http, login: http.login ?? makeLogin(), open, update, asked }
})

describe("the credential helper of the user's Git", () => {
  it.live("is asked once the server asks, and told that it was right", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      const { asked, bare, http, login, open, update } = yield* serve
      person.keeps(login)
      const remote = yield* open()
      assert.isEmpty(person.log())
      assert.strictEqual((yield* remote.look).commit, update.before)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.strictEqual((yield* remote.look).commit, yield* bare.tip())
      assert.deepStrictEqual(person.log(), [`get ${asked}`, `store ${asked} password=${login.password}`])
      assert.strictEqual(http.requests.filter(({ status }) => status === 401).length, 1)
      assert.isFalse(person.wasAsked())
    }))

  it.live("is told that it was wrong, asked once again, and then let be", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      const { asked, http, login, open } = yield* serve
      const old = makeLogin()
      person.keeps(old)
      person.keepsAfterErasing(login)
      const remote = yield* open()
      yield* remote.look
      assert.deepStrictEqual(person.log(), [
        `get ${asked}`,
        `erase ${asked} password=${old.password}`,
        `get ${asked}`,
        `store ${asked} password=${login.password}`
      ])
      const rotated = makeLogin()
      http.setCredentials(rotated)
      const failure = yield* Effect.flip(remote.look)
      assert.strictEqual(
        failure.message.replaceAll(http.url, "URL"),
        `URL refuses the credentials (401) of Git's credential helper on this machine: sign in with "git ls-remote URL", or put a password or token into a file and name it in credentials.https.passwordFile`
      )
      assert.isBelow(http.requests.filter(({ status }) => status === 401).length, 6)
      person.keeps(rotated)
      yield* remote.look
      assert.isFalse(person.wasAsked())
    }))

  it.live("that has nothing leaves it at the question, and nobody is asked", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      const { asked, http, open } = yield* serve
      const remote = yield* open()
      assert.strictEqual(
        (yield* Effect.flip(remote.look)).message.replaceAll(http.url, "URL"),
        `URL asks for credentials (401), and Git's credential helper on this machine has none for it: sign in with "git ls-remote URL", or put a password or token into a file and name it in credentials.https.passwordFile`
      )
      assert.deepStrictEqual(person.log(), [`get ${asked}`])
      assert.isFalse(person.wasAsked())
    }))

  it.live("is not asked in a pod, nor where the configuration names a password", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      const { http, login, open } = yield* serve
      person.keeps(login)
      const message = (yield* Effect.flip((yield* open(inPod)).look)).message
      assert.match(message, /asks for credentials \(401\): put a password or token into a file/)
      const configured = yield* openRemote(http.url, { https: http.credentials, env: laptop })
      yield* configured.look
      assert.isEmpty(person.log())
    }))

  it.live("is as good as none without Git", () =>
    Effect.gen(function*() {
      const { http, open } = yield* serve
      const remote = yield* open()
      yield* withEnvironment({ PATH: "/nonexistent" })
      assert.include((yield* Effect.flip(remote.look)).message, "has none for it")
      assert.isAbove(http.requests.length, 0)
    }))

  it.effect("is not waited for without end", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      person.hangs()
      const helper = yield* makeCredentialHelper("https://git.example.com/x.git").pipe(Effect.provide(platform))
      const asking = yield* Effect.forkChild(helper.fill)
      yield* eventually("the helper hangs", person.isHanging, (hangs) => hangs)
      yield* TestClock.adjust("14 seconds")
      assert.isUndefined(asking.pollUnsafe())
      yield* TestClock.adjust("2 seconds")
      assert.isUndefined(yield* Fiber.join(asking))
    }))

  it.live("is not believed when it floods us", () =>
    Effect.gen(function*() {
      const person = yield* makePerson
      person.keeps({ username: "ada", password: randomBytes(100_000).toString("hex") })
      const helper = yield* makeCredentialHelper("https://git.example.com/x.git").pipe(Effect.provide(platform))
      assert.isUndefined(yield* helper.fill)
    }))
})
