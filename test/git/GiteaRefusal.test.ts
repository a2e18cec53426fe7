import { assert, describe, it as test, layer } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { isForbidden, verdict } from "../../src/git/wire/PushVerdict.ts"
import type { GiteaRefused } from "../remote/GiteaApi.ts"
import { type GiteaRepository, type GiteaUser, giteaUser } from "../remote/GiteaRepository.ts"
import { makeSshKey, publicKeyOf } from "../remote/SshKeys.ts"
import { named } from "./named.ts"
import { Forge, historyOf, makeUpdate, openRemote, told, type Way, ways, wayTo } from "./openGitea.ts"
import { startGit } from "./startGit.ts"
import { put, text } from "./writing/submitting.ts"

const files = { ...named(), "a.yaml": text("a", "1") }

/** Both of them, told before and when it is pushed; nothing must have changed. */
const refusalOf = Effect.fnUntraced(function*(forged: GiteaRepository, way: Way) {
  const remote = yield* openRemote(way)
  const update = yield* makeUpdate(forged, { "a.yaml": "ours" })
  const before = yield* remote.mayPush
  const answer = yield* remote.push(update)
  assert.strictEqual(yield* forged.tip(), update.before)
  assert.deepStrictEqual(yield* historyOf(forged), ["through the API"])
  const wordsOf = (it: typeof before | typeof answer) => "words" in it ? told(forged, it.words) : ""
  return { before: before._tag, answer: answer._tag, words: wordsOf(answer), wordsBefore: wordsOf(before) }
})

const asUser = Effect.fnUntraced(
  function*(forged: GiteaRepository, user: GiteaUser, kind: (typeof ways)[number]): Effect.fn.Return<
    Way,
    GiteaRefused,
    Forge
  > {
    if (kind === "HTTPS") return { url: forged.url, https: user.https }
    const { server } = yield* Forge
    const identity = yield* makeSshKey(join(server.folder, `${user.name}-key`))
    yield* user.api("POST", "/user/keys", { title: "key", key: publicKeyOf(identity) })
    return { url: forged.sshUrl, ssh: { identity, knownHosts: server.knownHostsFile } }
  }
)

layer(Forge.layer, { excludeTestServices: true, timeout: 120_000 })("a forge refuses", (it) => {
  describe.each(ways)("over %s", (kind) => {
    it.effect("what goes to a protected branch, in its own words", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        yield* forged.api("POST", "/branch_protections", { rule_name: "main", enable_push: false })
        const way = yield* wayTo(forged, kind, "write")
        const refusal = yield* refusalOf(forged, way)
        assert.deepInclude(refusal, { before: "Allowed", answer: "Refused" })
        assert.match(refusal.words, /^pre-receive hook declined: .*Not allowed to push to protected branch main/)

        const { git, latest } = yield* startGit(way.url, way)
        const failure = yield* Effect.flip(git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))
        assert.deepInclude(failure, { _tag: "SubmitRefused", reason: "Declined" })
        assert.include(failure.message, "Not allowed to push to protected branch main")
        assert.include((yield* latest).writing.trouble, "Not allowed to push to protected branch main")
        assert.deepStrictEqual(yield* historyOf(forged), ["through the API"])
      }))

    it.effect("someone who may only read, when the push is there", () =>
      Effect.gen(function*() {
        const { repository, server } = yield* Forge
        const forged = yield* repository({ private: true, files })
        const reader = yield* giteaUser(server)
        yield* forged.api("PUT", `/collaborators/${reader.name}`, { permission: "read" })
        const refusal = yield* refusalOf(forged, yield* asUser(forged, reader, kind))
        assert.deepInclude(refusal, { before: "Allowed", answer: "Refused" })
        assert.match(refusal.words, /^pre-receive hook declined: .*User permission denied for writing\./)
      }))

    it.effect("what goes to an archived repository, before anything is sent", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        const way = yield* wayTo(forged, kind, "write")
        yield* forged.api("PATCH", "", { archived: true })
        const refusal = yield* refusalOf(forged, way)
        assert.deepInclude(refusal, { before: "Refused", answer: "Refused", wordsBefore: refusal.words })
        assert.include(refusal.words, kind === "SSH" ? "Repo: REPOSITORY is archived." : "This repo is archived.")
      }))
  })

  it.effect("a deploy key that may only read, in its own words", () =>
    Effect.gen(function*() {
      const { repository } = yield* Forge
      const forged = yield* repository({ files })
      const way = yield* wayTo(forged, "SSH", "read")
      const words = "Deploy Key: ID:read is not authorized to write to REPOSITORY."
      const refusal = yield* refusalOf(forged, way)
      assert.deepStrictEqual(refusal, { before: "Refused", answer: "Refused", words, wordsBefore: words })
      const { git } = yield* startGit(way.url, way)
      const failure = yield* Effect.flip(git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))
      assert.deepInclude(failure, { _tag: "SubmitRefused", reason: "Declined" })
      assert.include(told(forged, failure.message), words)
    }))

  it.effect("a token that may only read, and the cure is told", () =>
    Effect.gen(function*() {
      const { repository } = yield* Forge
      const forged = yield* repository({ files })
      const refusal = yield* refusalOf(forged, yield* wayTo(forged, "HTTPS", "read"))
      assert.deepInclude(refusal, { before: "Refused", answer: "Refused", wordsBefore: refusal.words })
      assert.match(
        refusal.words,
        /^URL doesn't let us push \(403\): Forbidden\. Either give the user of FILE the right/
      )
    }))

  it.effect("a wrong password, and nobody's, before anything is sent", () =>
    Effect.gen(function*() {
      const { owner, repository, server } = yield* Forge
      const forged = yield* repository({ files })
      const update = yield* makeUpdate(forged, { "a.yaml": "ours" })
      const failureOf = (https: GiteaUser["https"]) =>
        Effect.flatMap(openRemote({ url: forged.url, https }), ({ push }) => Effect.flip(push(update)))
      const wrong = yield* failureOf({ ...(yield* giteaUser(server)).https, username: owner.name })
      assert.strictEqual(
        told(forged, wrong.message),
        "URL refuses the credentials (401): check credentials.https.username and the password or token in FILE"
      )
      const nobody = yield* failureOf({ caFile: server.caFile })
      assert.strictEqual(
        told(forged, nobody.message),
        "URL lets nobody push without credentials (401): Unauthorized. " +
          "Put a password or token that may write into a file and name it in credentials.https.passwordFile"
      )
      assert.deepStrictEqual(yield* historyOf(forged), ["through the API"])
    }))
})

describe("what a forge also says", () => {
  test.each([
    "Internal Server Connection Error",
    "Internal Server Error (no message for end users)",
    "Internal Server Error Decoding Failed",
    "Internal Server Response Reading Failed"
  ])("of itself, %s, may be other words after a while", (words) => {
    assert.strictEqual(verdict("pre-receive hook declined", `error:\nerror: ${words}\nerror:`), "Later")
  })

  test("of a mirror: it can't be pushed to at all", () => {
    assert.isTrue(isForbidden("Mirror Repository ada/cluster is read-only"))
  })
})
