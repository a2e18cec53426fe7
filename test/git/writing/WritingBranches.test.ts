import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { cluster, named } from "../named.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { files, history, put, remove, text } from "./submitting.ts"

const start = Effect.fnUntraced(function*(bare: BareRepository, options: StartOptions = {}) {
  const room = yield* startGit(bare.url, options)
  return { ...room, tip: yield* room.git.refresh }
})

describe("where the Git actor writes", () => {
  it.live("puts new manifests where the layout says, below gitPath, and takes files away that hold none any more", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named({ gitPath: "prod" }), "prod/b.yaml": text("b", "1"), "README.md": "hello" }
      })
      const { git, tip } = yield* start(bare, { gitPath: "prod" })
      yield* git.submit("ConfigMap", [put(tip, "a", "1"), remove(tip, "b")])
      assert.deepStrictEqual(yield* files(bare), ["README.md", "prod/shop/configmap-a.yaml"])
      assert.deepStrictEqual(yield* history(bare), [
        "Change 2 ConfigMap objects in shop (1 created, 1 removed)",
        "first"
      ])
      const next = yield* git.refresh
      assert.strictEqual(next.commit, yield* bare.tip())
      yield* git.submit("ConfigMap", [remove(next, "a")])
      assert.deepStrictEqual(yield* files(bare), ["README.md"])
      assert.strictEqual((yield* git.refresh).index.files, 0)
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "c", "1")])
      assert.deepStrictEqual(yield* files(bare), ["README.md", "prod/shop/configmap-c.yaml"])
      yield* history(bare)
    }))

  it.live("may take the last file of a repository away, and begin again", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const { git, tip } = yield* start(bare)
      yield* git.submit("ConfigMap", [remove(tip, "a")])
      assert.deepStrictEqual(yield* files(bare), [])
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")])
      assert.deepStrictEqual(yield* files(bare), ["shop/configmap-a.yaml"])
      assert.deepStrictEqual(yield* history(bare), ["Create ConfigMap shop/a", "Remove ConfigMap shop/a", "first"])
    }))

  it.live("makes the first commit of an empty repository, and of a branch that is configured", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ branch: "trunk" })
      const { git, tip } = yield* start(bare)
      assert.strictEqual(tip.commit, undefined)
      const named = yield* git.nameCluster({ cluster, stateNamespace: "gitops" })
      assert.deepStrictEqual(named, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "1")])
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.deepStrictEqual(yield* history(bare), [
        "Create ConfigMap shop/a",
        "Name cluster test-cluster as the writer of this repository"
      ])
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")])
      assert.strictEqual((yield* history(bare)).length, 3)

      const other = yield* bareRepository()
      const below = yield* start(other, { branch: "prod", gitPath: "clusters/prod" })
      yield* below.git.nameCluster({ cluster, stateNamespace: "gitops" })
      yield* below.git.submit("ConfigMap", [put(below.tip, "a", "1")])
      assert.deepStrictEqual(yield* history(other, "prod"), [
        "Create ConfigMap shop/a",
        "Name cluster test-cluster as the writer of clusters/prod"
      ])
      assert.strictEqual(
        yield* other.git("ls-tree", "-r", "--name-only", "prod"),
        "clusters/prod/.gitops-controller.yaml\nclusters/prod/shop/configmap-a.yaml"
      )
    }))

  it.live("does so with servers of the old protocol, in turns with a person", () =>
    Effect.gen(function*() {
      for (const protocol of [0, 1] as const) {
        const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
        const server = yield* startHttpGitServer(bare, { protocol })
        const { git } = yield* startGit(server.url, { https: server.credentials })
        for (let value = 2; value < 5; value++) {
          yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", `${value}`)])
          yield* bare.commit({ "b.yaml": text("b", `${value}`) }, { message: "person" })
        }
        const ours = "Update ConfigMap shop/a"
        assert.deepStrictEqual(yield* history(bare), ["person", ours, "person", ours, "person", ours, "first"])
        assert.strictEqual((yield* git.refresh).index.files, 2)
      }
    }))

  it.live("follows the remote's HEAD to a branch of another name", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const { git } = yield* start(bare)
      yield* bare.git("branch", "trunk", "main")
      yield* bare.git("symbolic-ref", "HEAD", "refs/heads/trunk")
      const tip = yield* git.refresh
      assert.strictEqual(tip.branch, "trunk")
      const naming = "Name cluster test-cluster as the writer of this repository"
      yield* git.nameCluster({ cluster, stateNamespace: "gitops" })
      yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      assert.deepStrictEqual(yield* history(bare, "trunk"), ["Update ConfigMap shop/a", naming, "first"])
      assert.deepStrictEqual(yield* history(bare, "main"), ["first"])
    }))

  it.live("asks for a branch where the remote's HEAD names none", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const head = yield* bare.tip()
      yield* Effect.sync(() => writeFileSync(join(bare.path, "HEAD"), `${head}\n`))
      const { git, tip } = yield* start(bare)
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.include(refused.message, `say which with "branch" in the configuration`)
      const room = yield* start(bare, { branch: "main" })
      assert.strictEqual((yield* room.git.submit("ConfigMap", [put(room.tip, "a", "2")]))._tag, "Committed")
    }))
})
