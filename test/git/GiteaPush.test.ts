import { assert, describe, layer } from "@effect/vitest"
import { Effect, Fiber, Schema, Stream } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import type { GiteaRepository } from "../remote/GiteaRepository.ts"
import { cluster, named } from "./named.ts"
import { Forge, historyOf, makeUpdate, openRemote, ways, wayTo } from "./openGitea.ts"
import { startGit } from "./startGit.ts"
import { put, remove, text } from "./writing/submitting.ts"

const files = { ...named(), "a.yaml": text("a", "1"), "b.yaml": `# kept\n${text("b", "1")}` }

const Person = Schema.Struct({ name: Schema.String, email: Schema.String })
const Shown = Schema.decodeUnknownSync(Schema.Struct({
  commit: Schema.Struct({
    author: Person,
    committer: Person,
    message: Schema.String,
    verification: Schema.Struct({ verified: Schema.Boolean })
  }),
  files: Schema.Array(Schema.Struct({ filename: Schema.String, status: Schema.String }))
}))

/** What the forge shows of a commit to those who look at it. */
const shown = ({ api }: GiteaRepository, commit: string) => Effect.map(api("GET", `/git/commits/${commit}`), Shown)

const controller = { name: "gitops-controller", email: "gitops-controller@example.com" }

/** Hooks of the forge can't reach it while the scope is open. */
const hooksCutOff = Effect.gen(function*() {
  const { server: { configurationFile } } = yield* Forge
  const before = readFileSync(configurationFile, "utf8")
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      writeFileSync(
        configurationFile,
        before.replace("[server]\n", "[server]\nLOCAL_ROOT_URL = https://127.0.0.1:9/\n")
      )
    ),
    () => Effect.sync(() => writeFileSync(configurationFile, before))
  )
})

layer(Forge.layer, { excludeTestServices: true, timeout: 120_000 })("a forge that is pushed to", (it) => {
  describe.each(ways)("over %s", (kind) => {
    it.effect("takes commits of the Git actor, one after the other, and shows whose they are", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ private: true, files })
        const way = yield* wayTo(forged, kind, "write")
        const { git } = yield* startGit(way.url, way)
        const tip = yield* git.refresh
        const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2"), remove(tip, "b"), put(tip, "c", "1")])
        const commit = (yield* forged.tip()) ?? ""
        assert.deepStrictEqual(answer, { _tag: "Committed", commit })
        const { commit: made, files: touched } = yield* shown(forged, commit)
        assert.deepStrictEqual({ author: made.author, committer: made.committer }, {
          author: controller,
          committer: controller
        })
        const statuses = touched.map(({ filename, status }) => `${status} ${filename}`).toSorted()
        assert.deepStrictEqual(statuses, ["added shop/configmap-c.yaml", "modified a.yaml", "removed b.yaml"])
        assert.strictEqual(yield* forged.git("show", "main:a.yaml"), text("a", "2").trimEnd())

        yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "3")])
        const history = yield* historyOf(forged)
        assert.deepStrictEqual([history[0], history.length], ["Update ConfigMap shop/a", 3])
      }))

    it.effect("takes the first commit of an empty repository", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository()
        const way = yield* wayTo(forged, kind, "write")
        const { git } = yield* startGit(way.url, way)
        yield* git.nameCluster({ cluster, stateNamespace: "gitops" })
        const answer = yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "1")])
        assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* forged.tip()) ?? "" })
        assert.deepStrictEqual(yield* historyOf(forged), [
          "Create ConfigMap shop/a",
          "Name cluster test-cluster as the writer of this repository"
        ])
        assert.strictEqual(yield* forged.git("show", "main:shop/configmap-a.yaml"), text("a", "1").trimEnd())
      }))

    it.effect("loses neither a person's commit nor ours when both come at once", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        const way = yield* wayTo(forged, kind, "write")
        const { git } = yield* startGit(way.url, { ...way, quiet: 10 })
        let tip = yield* git.refresh
        for (const value of ["2", "3", "4"]) {
          yield* Effect.all([
            git.submit("ConfigMap", [put(tip, "a", value)]),
            Effect.retry(forged.commit({ "b.yaml": text("b", value) }), { times: 10 })
          ], { concurrency: "unbounded" })
          tip = yield* git.refresh
        }
        const history = yield* historyOf(forged)
        assert.strictEqual(history.filter((subject) => subject === "Update ConfigMap shop/a").length, 3)
        assert.strictEqual(history.filter((subject) => subject === "through the API").length, 4)
        assert.strictEqual(yield* forged.git("show", "main:a.yaml"), text("a", "4").trimEnd())
        assert.strictEqual(yield* forged.git("show", "main:b.yaml"), text("b", "4").trimEnd())
      }))

    it.effect("says that the branch has moved when it is not where the update says", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        const remote = yield* openRemote(yield* wayTo(forged, kind, "write"))
        const update = yield* makeUpdate(forged, { "a.yaml": "ours" })
        const theirs = yield* forged.commit({ "a.yaml": "theirs" })
        const answer = yield* remote.push(update)
        assert.strictEqual(answer._tag, "Moved")
        assert.strictEqual(yield* forged.tip(), theirs)
        yield* historyOf(forged)
      }))

    it.effect("may say what it likes about a new branch", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        const said: Array<string> = []
        const remote = yield* openRemote(yield* wayTo(forged, kind, "write"), (transport) => ({
          ...transport,
          push: (compose) =>
            Stream.tap(transport.push(compose), (bytes) => Effect.sync(() => said.push(bytes.toString())))
        }))
        const update = yield* makeUpdate(forged, { "a.yaml": "new" }, "prod", "main")
        assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
        assert.include(said.join(""), "Create a new pull request for 'prod':")
        assert.strictEqual(yield* forged.tip("prod"), update.after)
        assert.deepStrictEqual(yield* historyOf(forged, "prod"), ["pushed", "through the API"])
        assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" }, "the branch is there already")
      }))

    it.effect("whose hooks can't reach it gets the commit once they can", () =>
      Effect.gen(function*() {
        const { repository } = yield* Forge
        const forged = yield* repository({ files })
        const way = yield* wayTo(forged, kind, "write")
        const { git, until } = yield* startGit(way.url, way)
        const tip = yield* git.refresh
        const submitted = yield* Effect.scoped(Effect.gen(function*() {
          yield* hooksCutOff
          const waiting = yield* Effect.forkDetach(git.submit("ConfigMap", [put(tip, "a", "2")]))
          const { writing } = yield* until((report) => report.writing.trouble !== undefined)
          assert.include(writing.trouble, "Internal Server Connection Error")
          return waiting
        }))
        assert.strictEqual((yield* Fiber.join(submitted))._tag, "Committed")
        assert.deepStrictEqual(yield* historyOf(forged), ["Update ConfigMap shop/a", "through the API"])
      }))
  })

  it.effect("that wants signatures takes signed commits alone, and finds ours good", () =>
    Effect.gen(function*() {
      const { repository, server: { signingKeyFile } } = yield* Forge
      const forged = yield* repository({ files })
      yield* forged.api("POST", "/branch_protections", {
        rule_name: "main",
        enable_push: true,
        require_signed_commits: true
      })
      const way = yield* wayTo(forged, "SSH", "write")
      const update = yield* makeUpdate(forged, { "a.yaml": "unsigned" })
      const refused = yield* Effect.result((yield* openRemote(way)).push(update))
      // 1.26.0 calls it an error of its own.
      assert.isFalse(refused._tag === "Success" && refused.success._tag === "Done")
      assert.strictEqual(yield* forged.tip(), update.before)
      const { git } = yield* startGit(way.url, { ...way, signingKeyFile })
      const answer = yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")])
      const { commit: { verification } } = yield* shown(forged, answer._tag === "Committed" ? answer.commit : "")
      assert.isTrue(verification.verified)
      assert.deepStrictEqual(yield* historyOf(forged), ["Update ConfigMap shop/a", "through the API"])
    }))
})
