// Repositories that are unlike most: what the room makes of them when it writes, too, as native Git sees it.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import type { DocumentChange } from "../../src/git/GitMessages.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import { named } from "./named.ts"
import { credentialsOf } from "./ssh/openSsh.ts"
import { startGit } from "./startGit.ts"
import { file, history, key, manifest, put, refOf, remove, text } from "./writing/submitting.ts"

describe("a repository of another hash", () => {
  it.live("is refused, and nothing is ever pushed to it", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ objectFormat: "sha256" })
      const http = yield* startHttpGitServer(bare)
      const { git, latest, until } = yield* startGit(http.url, { https: http.credentials })
      const { failure } = yield* until(({ failure }) => failure !== undefined)
      assert.include(failure?.message ?? "", "is a SHA256 repository; only SHA-1 repositories can be read")
      const change: DocumentChange = {
        _tag: "PutDocument",
        key: key("a"),
        manifest: manifest("a", "1"),
        why: { rule: "1" }
      }
      yield* Effect.forkChild(git.submit("ConfigMap", [change]))
      yield* until(({ writing }) => writing.waiting === 1)
      yield* Effect.flip(git.refresh)
      assert.strictEqual((yield* latest).writing.waiting, 1)
      assert.isFalse(http.requests.some(({ path }) => path.includes("receive-pack")))
      assert.strictEqual(yield* bare.git("for-each-ref"), "")
      yield* git.withdraw("ConfigMap")
    }))
})

describe("a repository with all that Git can hold", () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4".repeat(64)}\nsize 12345\n`
  const odd = {
    "-dash.yaml": { executable: text("dash", "1") },
    "a b/c d.yaml": text("space", "1"),
    "a.yaml": text("a", "1"),
    "a/a.yaml": text("in-a", "1"),
    "a0/a.yaml": text("in-a0", "1"),
    "link.yaml": { symlink: "../../etc/passwd" },
    "large.bin": pointer,
    "module": { submodule: "1".repeat(40) },
    "ünï/cödé 🦊.yaml": text("unicode", "1")
  }
  const changed = ["dash", "space", "a", "in-a", "in-a0", "unicode"]

  it.live.each(["HTTPS", "SSH"])(
    "is changed over %s in the files it was asked for and in nothing else",
    (way) =>
      Effect.gen(function*() {
        const bare = yield* bareRepository({ files: { ...named(), ...odd } })
        const open = Effect.gen(function*() {
          if (way === "HTTPS") {
            const { credentials, url } = yield* startHttpGitServer(bare)
            return yield* startGit(url, { https: credentials })
          }
          const server = yield* startSshGitServer(bare)
          return yield* startGit(server.url, { ssh: credentialsOf(server) })
        })
        const { git } = yield* open
        const tip = yield* git.refresh
        const listed = Effect.map(bare.git("ls-tree", "-r", "-z", "main"), (list) =>
          list.split("\0").filter((line) =>
            line !== ""
          ).map((line) => {
            const [about = "", path = ""] = line.split("\t")
            const [mode = "", , id = ""] = about.split(" ")
            return { path, mode, id }
          }))
        const before = yield* listed
        const answers = yield* Effect.all(
          changed.map((name) => git.submit("ConfigMap", [put(tip, name, "2")])),
          {
            concurrency: "unbounded"
          }
        )
        assert.strictEqual(new Set(answers.map((answer) => answer._tag === "Committed" && answer.commit)).size, 1)
        const after = yield* listed
        assert.deepStrictEqual(
          after.map(({ mode, path }) => [path, mode]),
          before.map(({ mode, path }) => [path, mode])
        )
        const touched = after.filter(({ id }, index) => id !== before[index]?.id).map(({ path }) => path)
        assert.sameMembers(touched, Object.keys(odd).filter((path) => path.endsWith(".yaml") && path !== "link.yaml"))
        assert.strictEqual(yield* file(bare, "large.bin"), pointer.trimEnd())
        for (const path of touched) assert.include(yield* file(bare, path), "key: \"2\"")
        yield* history(bare)

        yield* git.submit("ConfigMap", [remove(yield* git.refresh, "dash")])
        assert.isFalse((yield* listed).some(({ path }) => path === "-dash.yaml"))
        assert.strictEqual((yield* history(bare)).length, 3)
      })
  )
})

describe("a YAML file of two megabytes", () => {
  it.live("is made and changed by us, and keeps every byte that nobody changed", () =>
    Effect.gen(function*() {
      const documents = Array.from({ length: 20_000 }, (_, index) => text(`many-${index}`, `${index}`) + "# why\n")
      const bare = yield* bareRepository({ files: { ...named(), "many.yaml": documents.join("---\n") } })
      assert.isAbove((yield* file(bare, "many.yaml")).length, 1_900_000)
      const http = yield* startHttpGitServer(bare)
      const { git } = yield* startGit(http.url, { https: http.credentials })
      const tip = yield* git.refresh
      yield* git.submit("ConfigMap", [put(tip, "many-7777", "changed")])
      const wanted = `${text("many-7777", "changed").replaceAll("\"", "")}# why\n`
      const expected = documents.with(7777, wanted).join("---\n")
      assert.strictEqual(`${yield* file(bare, "many.yaml")}\n`, expected)

      const large = "0123456789abcdef".repeat(128 * 1024)
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "large", large)])
      assert.include(yield* file(bare, "shop/configmap-large.yaml"), large)
      const now = yield* git.refresh
      assert.isDefined(refOf(now, key("large")))
      yield* git.submit("ConfigMap", [put(now, "large", "small")])
      assert.isBelow((yield* file(bare, "shop/configmap-large.yaml")).length, 200)
      assert.strictEqual((yield* history(bare)).length, 4)
    }), 60_000)
})

describe("a repository with a hundred thousand refs", () => {
  it.live.each(["HTTPS", "SSH", "file"])("is followed and pushed to over %s", (way) =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const tip = yield* bare.tip()
      const refs = Array.from(
        { length: 100_000 },
        (_, index) => `${tip} refs/tags/v${String(index).padStart(6, "0")}\n`
      )
      appendFileSync(join(bare.path, "packed-refs"), `# pack-refs with: peeled fully-peeled sorted \n${refs.join("")}`)
      const open = Effect.gen(function*() {
        if (way === "file") return yield* startGit(bare.url)
        if (way === "HTTPS") {
          const { credentials, url } = yield* startHttpGitServer(bare)
          return yield* startGit(url, { https: credentials })
        }
        const server = yield* startSshGitServer(bare)
        return yield* startGit(server.url, { ssh: credentialsOf(server) })
      })
      const { git } = yield* open
      const first = yield* git.refresh
      assert.strictEqual(yield* git.refresh, first)
      yield* git.submit("ConfigMap", [put(first, "a", "2")])
      yield* bare.commit({ "b.yaml": text("b", "1") })
      assert.strictEqual((yield* git.refresh).index.files, 2)
      assert.strictEqual(yield* bare.git("rev-list", "--count", "main"), "3")
    }), 60_000)
})

describe("a branch that somebody else moves at will", () => {
  const start = Effect.gen(function*() {
    const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1"), "b.yaml": text("b", "1") } })
    const http = yield* startHttpGitServer(bare)
    const room = yield* startGit(http.url, { https: http.credentials, interval: 1000 })
    return { ...room, bare, tip: yield* room.git.refresh }
  })

  it.live("with a rewritten history is followed; what was based on what is gone is decided again", () =>
    Effect.gen(function*() {
      const { bare, git, tip } = yield* start
      yield* bare.rewrite({ ...named(), "b.yaml": text("b", "1"), "c.yaml": text("c", "1") }, { message: "rewritten" })
      const [kept, gone] = yield* Effect.all([
        Effect.result(git.submit("ConfigMap", [put(tip, "b", "2")])),
        Effect.result(git.submit("Secret", [put(tip, "a", "2")]))
      ], { concurrency: "unbounded" })
      assert.strictEqual(kept._tag, "Success")
      assert.deepStrictEqual(
        gone._tag === "Failure" && gone.failure._tag === "DecideAgain" && gone.failure.keys,
        [key("a")]
      )
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/b", "rewritten"])
    }))

  it.live("back to an older commit is followed, and nothing that was taken away is pushed again", () =>
    Effect.gen(function*() {
      const { bare, git, tip } = yield* start
      yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      const ours = yield* git.refresh
      yield* bare.moveBranch(tip.commit ?? "")
      assert.strictEqual((yield* git.refresh).commit, tip.commit)
      const again = yield* Effect.flip(git.submit("ConfigMap", [put(ours, "a", "3")]))
      assert.strictEqual(again._tag, "DecideAgain")
      yield* git.submit("ConfigMap", [put(tip, "b", "2")])
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/b", "first"])
      assert.strictEqual(yield* file(bare, "a.yaml"), text("a", "1").trimEnd())
    }))

  it.live("that is deleted is waited for and not made again by us, and is written to once it is back", () =>
    Effect.gen(function*() {
      const { bare, git, tip, until } = yield* start
      const commit = tip.commit ?? ""
      yield* bare.deleteBranch()
      const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      const { failure, tip: last, writing } = yield* until(({ failure, writing }) =>
        failure !== undefined && writing.waiting === 1
      )
      assert.strictEqual(failure?._tag, "BranchNotFound")
      assert.deepStrictEqual([last?.commit, writing.waiting], [commit, 1])
      assert.isUndefined(yield* bare.tip())
      const back = yield* bare.commit({ ...named(), "a.yaml": text("a", "1") }, { parent: "none", message: "back" })
      assert.strictEqual((yield* Fiber.join(answer))._tag, "Committed")
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "back"])
      assert.strictEqual(yield* bare.git("rev-parse", "main^"), back)
    }))
})
