import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { DocumentChange } from "../../../src/git/GitMessages.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { named } from "../named.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { file, files, history, key, patch, put, text } from "./submitting.ts"

const start = Effect.fnUntraced(function*(bare: BareRepository, options: StartOptions = {}) {
  const server = yield* startHttpGitServer(bare)
  const room = yield* startGit(server.url, { https: server.credentials, ...options })
  return { ...room, tip: yield* room.git.refresh }
})

describe("fields of a document", () => {
  it.live("are changed in its text, and the message says which, from what to what, and by whom", () =>
    Effect.gen(function*() {
      const before = `# mine\n${text("a", "1").replace("data:", "data: # theirs")}---\n${text("b", "1")}`
      const bare = yield* bareRepository({ files: { ...named(), "ab.yaml": before } })
      const { git } = yield* start(bare)
      const answer = yield* git.submit("ConfigMap", [patch("a", "2", "1")])
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.strictEqual(yield* file(bare, "ab.yaml"), before.replace(`"1"`, `"2"`).trimEnd())
      assert.deepStrictEqual(yield* history(bare), ["Set key of ConfigMap shop/a to 2", "first"])
      const body = yield* bare.git("log", "-1", "--format=%b", bare.branch)
      assert.deepStrictEqual(body.split("\n").slice(0, 2), [
        "- Update ConfigMap shop/a in ab.yaml (rule 1 (images), changed by kubectl-edit at 2026-11-23T10:00:00Z)",
        "    /data/key: 1 → 2"
      ])
    }))

  it.live("are changed on what a person did meanwhile to others, and decided again where it was the same", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "a.yaml": text("a", "1"), "b.yaml": text("b", "1"), "c.yaml": text("c", "1") }
      })
      const { git } = yield* start(bare, { quiet: 100 })
      yield* bare.commit({ "a.yaml": `${text("a", "1")}  more: x\n`, "b.yaml": text("b", "person"), "c.yaml": null })
      const answers = yield* Effect.all(
        ["a", "b", "c"].map((name) => Effect.result(git.submit(name, [patch(name, "2", "1")]))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        answers.map((answer) => answer._tag === "Success" ? answer.success._tag : answer.failure.message),
        ["Committed", "b", "c"].map((name) =>
          name === "Committed"
            ? name
            : `The changes of ${name} were not committed: ConfigMap shop/${name} changed in Git meanwhile; it is decided again`
        )
      )
      assert.strictEqual(yield* file(bare, "a.yaml"), `${text("a", "2")}  more: x`)
      assert.strictEqual(yield* file(bare, "b.yaml"), text("b", "person").trimEnd())
      assert.deepStrictEqual(yield* history(bare), ["Set key of ConfigMap shop/a to 2", "change", "first"])
    }))

  it.live("that are in one file with what is outdated are committed without it", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "ab.yaml": `${text("a", "1")}---\n${text("b", "person")}` }
      })
      const { git } = yield* start(bare, { quiet: 100 })
      const [a, b] = yield* Effect.all([
        Effect.result(git.submit("A", [patch("a", "2", "1")])),
        Effect.result(git.submit("B", [patch("b", "2", "1")]))
      ], { concurrency: "unbounded" })
      assert.strictEqual(a._tag, "Success")
      assert.deepInclude(b._tag === "Failure" ? b.failure : {}, { _tag: "DecideAgain", keys: [key("b")] })
      assert.strictEqual(yield* file(bare, "ab.yaml"), `${text("a", "2")}---\n${text("b", "person")}`.trimEnd())
    }))

  it.live("that Git says already make no commit", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const { git, tip } = yield* start(bare)
      const answer = yield* git.submit("ConfigMap", [patch("a", "1", "1")])
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: tip.commit ?? "" })
      assert.deepStrictEqual(yield* history(bare), ["first"])
      yield* git.submit("ConfigMap", [patch("a", "2", "1")])
      assert.strictEqual((yield* history(bare)).length, 2)
    }))
})

describe("documents that need each other", () => {
  const needing = (change: DocumentChange, ...names: ReadonlyArray<string>): DocumentChange =>
    change._tag === "PutDocument" ? { ...change, needs: names.map((name) => key(name)) } : change

  it.live("go into one commit, whoever submits them and whenever; others wait for nothing", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: named() })
      const { git, tip, until } = yield* start(bare)
      const first = yield* Effect.forkChild(git.submit("Snapshot", [needing(put(tip, "snapshot", "1"), "content")]))
      yield* until(({ writing }) => writing.waiting === 1)
      assert.strictEqual((yield* git.submit("ConfigMap", [put(tip, "other", "1")]))._tag, "Committed")
      assert.deepStrictEqual(yield* files(bare), ["shop/configmap-other.yaml"])
      const second = yield* git.submit("Content", [needing(put(tip, "content", "1"), "snapshot")])
      assert.strictEqual(second._tag, "Committed")
      assert.deepStrictEqual(yield* Fiber.join(first), second)
      assert.deepStrictEqual((yield* history(bare))[0], "Create ConfigMap shop/content and ConfigMap shop/snapshot")
    }))
})
