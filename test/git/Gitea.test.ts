import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { giteaUser } from "../remote/GiteaRepository.ts"
import { makeSshKey } from "../remote/SshKeys.ts"
import { Forge, openRemote, told, type Way, ways, wayTo } from "./openGitea.ts"
import { startGit } from "./startGit.ts"
import { text } from "./writing/submitting.ts"

const hint = "Check gitUrl; many servers also say this when the credentials don't reach the repository"

const failureAt = (way: Way) =>
  Effect.gen(function*() {
    const remote = yield* openRemote(way)
    return yield* Effect.flip(remote.look(undefined))
  })

layer(Forge.layer, { excludeTestServices: true, timeout: 120_000 })("a forge", (it) => {
  describe.each(ways)("over %s", (kind) => {
    it.effect("gives a private repository to a token or key that may only read, and each commit made through its API", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({
          private: true,
          files: { "a.yaml": text("a", "1"), "b.yaml": text("b", "1") }
        })
        const way = yield* wayTo(forged, kind, "read")
        const { git } = yield* startGit(way.url, way)
        const names = Effect.map(git.refresh, ({ commit, index }) => ({
          commit,
          names: [...index.kinds.values()].flat().map(({ manifest }) => manifest.name).toSorted()
        }))
        assert.deepStrictEqual(yield* names, { commit: yield* forged.tip(), names: ["a", "b"] })
        const second = yield* forged.commit({ "a.yaml": null, "deep/c.yaml": text("c", "1") })
        assert.deepStrictEqual(yield* names, { commit: second, names: ["b", "c"] })
      }))

    it.effect("has nothing to read in an empty repository, and then the first commit", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository()
        const way = yield* wayTo(forged, kind, "read")
        const { git } = yield* startGit(way.url, way)
        const { branch, commit } = yield* git.refresh
        assert.deepStrictEqual({ branch, commit }, { branch: "main", commit: undefined })
        const first = yield* forged.commit({ "a.yaml": text("a", "1") })
        assert.strictEqual((yield* git.refresh).commit, first)
      }))

    it.effect("misses a branch that was deleted, keeps its last tip, and follows it when it is made again", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files: { "a.yaml": text("a", "1") } })
        yield* forged.api("POST", "/branches", { new_branch_name: "prod", old_branch_name: "main" })
        const way = yield* wayTo(forged, kind, "read")
        const { git, latest } = yield* startGit(way.url, { ...way, branch: "prod" })
        const { commit } = yield* git.refresh
        yield* forged.api("DELETE", "/branches/prod")
        const gone = yield* Effect.flip(git.refresh)
        assert.strictEqual(
          told(forged, gone.message),
          `URL has no branch prod: there is main. Push the branch, or correct "branch" in the configuration`
        )
        assert.strictEqual((yield* latest).tip?.commit, commit)
        yield* forged.commit({ "a.yaml": text("a", "2") })
        yield* forged.api("POST", "/branches", { new_branch_name: "prod", old_branch_name: "main" })
        const tip = yield* git.refresh
        assert.strictEqual(tip.commit, yield* forged.tip("main"))
        assert.notStrictEqual(tip.commit, commit)
      }))

    it.effect("says that there is no such repository", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files: { "a.yaml": "a" } })
        const way = yield* wayTo(forged, kind, "read")
        const missing = `${forged.fullName}-2`
        const url = way.url.replace(forged.fullName, missing)
        const failure = yield* failureAt({ ...way, url })
        const reason = kind === "SSH"
          ? `the server says "Cannot find repository: ${missing}"`
          : "the server answers 404"
        assert.strictEqual(failure.message, `There is no repository at ${url} (${reason}). ${hint}`)
        assert.strictEqual(failure._tag, "RepositoryNotFound")
      }))
  })

  it.effect("refuses a wrong password, and names the file it came from", () =>
    Effect.gen(function*() {
      const { owner, repository, server } = yield* Forge
      const forged = yield* repository({ private: true, files: { "a.yaml": "a" } })
      const other = yield* giteaUser(server)
      const failure = yield* failureAt({ url: forged.url, https: { ...other.https, username: owner.name } })
      assert.strictEqual(
        told(forged, failure.message),
        "URL refuses the credentials (401): check credentials.https.username and the password or token in FILE"
      )
      assert.strictEqual((yield* failureAt({ url: forged.url, https: other.https }))._tag, "RepositoryNotFound")
      const remote = yield* openRemote({ url: forged.url, https: owner.https })
      assert.strictEqual((yield* remote.look(undefined)).commit, yield* forged.tip())
    }))

  it.effect("shows a public repository to everybody, and asks for credentials where a private one may be", () =>
    Effect.gen(function*() {
      const { repository, server } = yield* Forge
      const https = { caFile: server.caFile }
      const open = yield* repository({ files: { "a.yaml": "a" } })
      const remote = yield* openRemote({ url: open.url, https })
      assert.strictEqual((yield* remote.look(undefined)).commit, yield* open.tip())
      const hidden = yield* repository({ private: true, files: { "a.yaml": "a" } })
      for (const url of [hidden.url, hidden.url.replace("cluster-", "clutter-")]) {
        const failure = yield* failureAt({ url, https })
        assert.strictEqual(
          failure.message,
          `${url} asks for credentials (401): put a password or token into a file and name it in credentials.https.passwordFile`
        )
      }
    }))

  it.effect("doesn't let a key in that it doesn't know, and says so of one that belongs to another repository", () =>
    Effect.gen(function*() {
      const { repository, server } = yield* Forge
      const forged = yield* repository({ private: true, files: { "a.yaml": "a" } })
      const identity = yield* makeSshKey(join(server.folder, "stranger"))
      const stranger = yield* failureAt({ url: forged.sshUrl, ssh: { identity, knownHosts: server.knownHostsFile } })
      assert.strictEqual(stranger._tag, "SshAuthenticationFailed")
      const { ssh = {} } = yield* wayTo(yield* repository(), "SSH", "read")
      const elsewhere = yield* failureAt({ url: forged.sshUrl, ssh })
      assert.include(
        told(forged, elsewhere.message),
        "Public (Deploy) Key: ID:read is not authorized to read REPOSITORY."
      )
    }))
})
