import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { cluster, named } from "../named.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { file, files, history, put, text } from "./submitting.ts"

const mine = { cluster, stateNamespace: "gitops" }
const other = { cluster: "other-cluster", stateNamespace: "state" }

const start = Effect.fnUntraced(function*(bare: BareRepository, options: StartOptions = {}) {
  const room = yield* startGit(bare.url, options)
  return { ...room, tip: yield* room.git.refresh }
})

const messageOf = (bare: BareRepository) => bare.git("log", "-1", "--format=%B", bare.branch)

describe("the cluster that writes to a repository", () => {
  it.live("is named in a commit of its own, and then may change documents", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "prod/a.yaml": text("a", "1") } })
      const server = yield* startHttpGitServer(bare)
      const { git } = yield* startGit(server.url, { https: server.credentials, gitPath: "prod" })
      const tip = yield* git.refresh
      assert.deepStrictEqual(tip.named, { _tag: "Nobody" })
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "NotNamed" })
      assert.include(
        refused.message,
        "prod/.gitops-controller.yaml names no cluster; nothing else is written before it names this one (test-cluster)"
      )
      assert.deepStrictEqual(yield* history(bare), ["first"])

      const answer = yield* git.nameCluster(mine)
      const commit = (yield* bare.tip()) ?? ""
      assert.deepStrictEqual(answer, { _tag: "Committed", commit })
      assert.strictEqual(
        yield* messageOf(bare),
        [
          "Name cluster test-cluster as the writer of prod",
          "",
          "From now on only the cluster test-cluster (the UID of its namespace",
          "kube-system) writes to prod. Its record is in the namespace",
          "gitops.",
          "",
          "Gitops-Controller: test 0.0.0",
          "Gitops-Cluster: test-cluster",
          ""
        ].join("\n").replace("0.0.0", /test (\S+)/.exec(yield* messageOf(bare))?.[1] ?? "")
      )
      assert.strictEqual(
        yield* bare.git("show", "--format=", "--name-status", commit),
        "A\tprod/.gitops-controller.yaml"
      )
      const now = yield* git.refresh
      assert.deepStrictEqual(now.named, { _tag: "Named", ...mine })
      assert.deepStrictEqual([now.index.problems, now.index.passedOver, now.index.files], [[], [], 1])
      assert.strictEqual((yield* git.submit("ConfigMap", [put(now, "a", "2")]))._tag, "Committed")
    }))

  it.live("is not named again where it is named already, and after a copy of the directory", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named({ gitPath: "prod" }), "staging/a.yaml": text("a", "1"), "prod/a.yaml": text("a", "1") }
      })
      const { git, tip } = yield* start(bare, { gitPath: "prod" })
      assert.deepStrictEqual(yield* git.nameCluster(mine), { _tag: "Committed", commit: tip.commit ?? "" })
      assert.deepStrictEqual(yield* history(bare), ["first"])

      yield* bare.commit({ "staging/.gitops-controller.yaml": yield* file(bare, "prod/.gitops-controller.yaml") })
      const staging = yield* start(bare, { gitPath: "staging" })
      assert.deepStrictEqual(staging.tip.named, { _tag: "Nobody" })
      assert.strictEqual((yield* staging.git.nameCluster(mine))._tag, "Committed")
      assert.deepStrictEqual((yield* staging.git.refresh).named, { _tag: "Named", ...mine })
    }))

  it.live("is asked for its place, refuses, and is not asked again by whom it refused", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": text("a", "1") } })
      const { git } = yield* start(bare)
      yield* git.nameCluster(mine)
      const third = { cluster: "third-cluster", stateNamespace: "third" }
      const ask = (takeover: typeof other) => git.nameCluster({ ...mine, takeover })
      assert.strictEqual((yield* ask(other))._tag, "Committed")
      assert.match(yield* messageOf(bare), /^Ask to take the place of cluster test-cluster in this repository\n/)
      assert.deepStrictEqual((yield* git.refresh).named, { _tag: "Named", ...mine, takeover: other })
      const commit = (yield* bare.tip()) ?? ""
      assert.deepStrictEqual(yield* ask(other), { _tag: "Committed", commit }, "it is said already")
      assert.strictEqual((yield* Effect.flip(ask(third)))._tag, "DecideAgain", "one asks at a time")
      const early = yield* Effect.flip(git.nameCluster({ ...third, replaces: cluster, byRequest: true }))
      assert.strictEqual(early._tag, "DecideAgain", "who has not asked takes no place")
      assert.strictEqual((yield* Effect.flip(git.nameCluster({ ...mine, refused: third })))._tag, "DecideAgain")
      assert.strictEqual((yield* git.nameCluster({ ...mine, refused: other }))._tag, "Committed")
      assert.match(yield* messageOf(bare), /^Refuse this repository to cluster other-cluster: this one lives\n/)
      assert.deepStrictEqual((yield* git.refresh).named, { _tag: "Named", ...mine, refused: other })
      assert.strictEqual((yield* Effect.flip(ask(other)))._tag, "DecideAgain")
      const late = yield* Effect.flip(git.nameCluster({ ...other, replaces: cluster, byRequest: true }))
      assert.strictEqual(late._tag, "DecideAgain", "a refusal at the last moment counts")
      yield* ask(third)
      assert.strictEqual(
        (yield* git.nameCluster({ ...third, replaces: cluster, byRequest: true }))._tag,
        "Committed"
      )
      assert.deepStrictEqual((yield* git.refresh).named, { _tag: "Named", ...third })
    }))

  it.live("takes no other's place unless it is told to take that one's", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": text("a", "1") } })
      const theirs = yield* start(bare)
      yield* theirs.git.nameCluster(other)
      const { git, tip } = yield* start(bare)
      assert.deepStrictEqual(tip.named, { _tag: "Named", ...other })
      const notNamed = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.include(notNamed.message, "names the cluster other-cluster as the one that writes there")
      for (const naming of [mine, { ...mine, replaces: "third-cluster" }]) {
        const again = yield* Effect.flip(git.nameCluster(naming))
        assert.strictEqual(again._tag, "DecideAgain")
        assert.include(again.message, "what they were based on changed in Git meanwhile")
      }
      assert.strictEqual((yield* history(bare)).length, 2)
      assert.strictEqual((yield* git.nameCluster({ ...mine, replaces: "other-cluster" }))._tag, "Committed")
      assert.include(yield* messageOf(bare), "\nUntil now it was the cluster other-cluster.\n")
      // The one that was named finds out before its next commit.
      const late = yield* Effect.flip(theirs.git.nameCluster(other))
      assert.strictEqual(late._tag, "DecideAgain")
      assert.deepStrictEqual((yield* theirs.git.refresh).named, { _tag: "Named", ...mine })
    }))

  it.live("that is another by the time of the push is left named", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": text("a", "1") } })
      const { git } = yield* start(bare)
      const rival = yield* start(bare)
      yield* rival.git.nameCluster(other)
      // Ours was read before, and still seems to name nobody.
      assert.strictEqual((yield* Effect.flip(git.nameCluster(mine)))._tag, "DecideAgain")
      assert.deepStrictEqual((yield* git.refresh).named, { _tag: "Named", ...other })
    }))

  it.live("that another comes in place of writes nothing more, also what it has made already", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1"), "b.yaml": text("b", "1") } })
      const { git, tip } = yield* start(bare, { quiet: 60_000, maxAge: 60_000 })
      const waiting = yield* Effect.forkChild(Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")])))
      const rival = yield* start(bare)
      yield* rival.git.nameCluster({ ...other, replaces: cluster })
      yield* git.drain
      assert.deepInclude(yield* Fiber.join(waiting), { _tag: "SubmitRefused", reason: "NotNamed" })
      assert.strictEqual((yield* history(bare)).length, 2)
    }))

  it.live("is not named over a file that can't be read, which is told with its line", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ".gitops-controller.yaml": "cluster: 5\n", "a.yaml": text("a", "1") }
      })
      const { git, tip } = yield* start(bare)
      assert.strictEqual(tip.named._tag, "Unreadable")
      const refused = yield* Effect.flip(git.nameCluster(mine))
      assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "Unreadable" })
      assert.include(refused.message, ".gitops-controller.yaml:1: cluster is 5, a number, but must be text; mend it")
      assert.strictEqual((yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")])))._tag, "SubmitRefused")
      yield* bare.commit({ ".gitops-controller.yaml": null })
      assert.strictEqual((yield* git.nameCluster(mine))._tag, "Committed")
    }))

  it.live("is told to be unreadable where something else than a file stands, and never written over it", () =>
    Effect.gen(function*() {
      const first = yield* bareRepository({ files: { "a.yaml": text("a", "1") } })
      const submodule = (yield* first.tip()) ?? ""
      for (const [content, tag] of [[{ symlink: "a.yaml" }, "Unreadable"], [{ submodule }, "Unreadable"]] as const) {
        const bare = yield* bareRepository({ files: { ".gitops-controller.yaml": content, "a.yaml": text("a", "1") } })
        const { git, tip } = yield* start(bare)
        assert.strictEqual(tip.named._tag, tag)
        assert.strictEqual((yield* Effect.flip(git.nameCluster(mine)))._tag, "SubmitRefused")
        assert.deepStrictEqual(yield* history(bare), ["first"])
      }
      const bare = yield* bareRepository({ files: { ".gitops-controller.yaml/x": "", "a.yaml": text("a", "1") } })
      const { git } = yield* start(bare)
      const refused = yield* Effect.flip(git.nameCluster(mine))
      assert.include(refused.message, "is a directory already")
    }))

  it.live("names itself in a directory below another's, which passes that over", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "a.yaml": text("a", "1"), "below/b.yaml": text("b", "1") }
      })
      const below = yield* start(bare, { gitPath: "below" })
      yield* below.git.nameCluster(other)
      const { tip } = yield* start(bare)
      assert.deepStrictEqual(tip.named, { _tag: "Named", ...mine })
      assert.strictEqual(tip.index.files, 1)
      assert.deepStrictEqual(tip.index.passedOver, [
        { path: "below", reason: "another gitops-controller writes to this directory" }
      ])
      assert.deepStrictEqual(yield* files(bare), ["a.yaml", "below/b.yaml"])
    }))
})
