import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { Changes } from "../../../src/git/GitMessages.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { named } from "../named.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { file, files, history, key, put, remove, text } from "./submitting.ts"

const start = Effect.fnUntraced(function*(bare: BareRepository, options: StartOptions = {}) {
  const room = yield* startGit(bare.url, options)
  return { ...room, tip: yield* room.git.refresh }
})

describe("the Git actor, writing", () => {
  it.live("makes one commit of what two kinds change in one file at once, and touches no other byte of it", () =>
    Effect.gen(function*() {
      const before = `# shop\n${text("a", "1")}---\n# secret\n${text("b", "1", "Secret")}`
      const bare = yield* bareRepository({
        files: { ...named(), "shop.yaml": before, "run.sh": { executable: "#!/bin/sh\n" } }
      })
      const server = yield* startHttpGitServer(bare)
      const { git } = yield* startGit(server.url, { https: server.credentials, quiet: 300 })
      const tip = yield* git.refresh
      const answers = yield* Effect.all([
        git.submit("ConfigMap", [put(tip, "a", "2")]),
        git.submit("Secret", [put(tip, "b", "2", "Secret")])
      ], { concurrency: "unbounded" })
      const commit = yield* bare.tip()
      assert.deepStrictEqual(answers.map((answer) => answer), [
        { _tag: "Committed", commit: commit ?? "" },
        { _tag: "Committed", commit: commit ?? "" }
      ])
      assert.strictEqual(yield* file(bare, "shop.yaml"), before.replaceAll(`"1"`, `"2"`).trimEnd())
      assert.strictEqual((yield* history(bare)).length, 2)
      assert.strictEqual((yield* bare.git("ls-tree", "main", "run.sh")).split(" ")[0], "100755")
    }))

  it.live("says in the commit what changed, by which rule and whom, and for which cluster", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const { git, tip } = yield* start(bare)
      yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      const shown = yield* bare.git("log", "-1", "--format=%an <%ae>|%cn|%B", "main")
      const [who, committer, message = ""] = shown.split("|")
      assert.strictEqual(who, "gitops-controller <gitops-controller@example.com>")
      assert.strictEqual(committer, "gitops-controller")
      const lines = message.trimEnd().split("\n")
      assert.strictEqual(lines[0], "Update ConfigMap shop/a")
      assert.strictEqual(lines[2], "- Update ConfigMap shop/a in a.yaml (rule 2, changed by kubectl-edit)")
      assert.strictEqual(lines.at(-1), "Gitops-Cluster: test-cluster")
    }))

  it.live("moves its own tip without fetching, and tells everybody before it answers", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "a.yaml": text("a", "1"), "s.yaml": text("s", "1", "Secret") }
      })
      const server = yield* startHttpGitServer(bare)
      const { git, latest, reader } = yield* startGit(server.url, { https: server.credentials })
      const tip = yield* git.refresh
      server.requests.length = 0
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      const report = yield* latest
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: report.tip?.commit ?? "" })
      assert.strictEqual(report.tip?.subject, "Update ConfigMap shop/a")
      assert.strictEqual(report.tip?.index.kinds.get("Secret"), tip.index.kinds.get("Secret"))
      const [ref] = report.tip?.index.kinds.get("ConfigMap") ?? []
      if (ref === undefined) return assert.fail("no manifest")
      assert.deepStrictEqual((yield* reader.read(ref))["data"], { key: "2" })
      assert.strictEqual(yield* git.refresh, report.tip)
      assert.isFalse(server.requests.some(({ command }) => command === "fetch"))
      assert.deepInclude(report.writing, { waiting: 0, trouble: undefined })
      assert.strictEqual(report.writing.pushed?.commit, report.tip?.commit)
    }))

  it.live("commits only the last of several wishes for a document", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const { git, tip } = yield* start(bare, { quiet: 300 })
      const values = ["2", "3", "4", "5"]
      const answers = yield* Effect.all(values.map((value) => git.submit("ConfigMap", [put(tip, "a", value)])), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(answers.map(({ _tag }) => _tag), ["Replaced", "Replaced", "Replaced", "Committed"])
      assert.include(yield* file(bare, "a.yaml"), `"5"`)
      assert.strictEqual((yield* history(bare)).length, 2)
    }))

  it.live("makes no commit of what the tip says already", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": `# mine\n${text("a", "1")}` } })
      const { git, tip } = yield* start(bare)
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "1")])
      const gone = yield* git.submit("ConfigMap", [remove(tip, "never")])
      assert.deepStrictEqual([answer, gone], [
        { _tag: "Committed", commit: tip.commit ?? "" },
        { _tag: "Committed", commit: tip.commit ?? "" }
      ])
      assert.strictEqual((yield* history(bare)).length, 1)
    }))

  it.live("builds on what a person pushed meanwhile, and asks again where the person changed the same document", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "ab.yaml": `${text("a", "1")}---\n${text("b", "1")}` }
      })
      const { git, tip } = yield* start(bare)
      yield* bare.commit({ "ab.yaml": `${text("a", "1")}---\n${text("b", "person")}`, "c.yaml": text("c", "1") })
      const [mine, theirs, both] = yield* Effect.all([
        git.submit("ConfigMap", [put(tip, "a", "2")]),
        Effect.flip(git.submit("ConfigMap", [put(tip, "b", "2")])),
        Effect.flip(git.submit("Secret", [put(tip, "s", "1", "Secret"), put(tip, "c", "2")]))
      ], { concurrency: "unbounded" })
      assert.strictEqual(mine._tag, "Committed")
      assert.deepStrictEqual(theirs._tag === "DecideAgain" ? theirs.keys : [], [key("b")])
      assert.strictEqual(
        both.message,
        "The changes of Secret were not committed: ConfigMap shop/c changed in Git meanwhile; it is decided again"
      )
      assert.strictEqual(yield* file(bare, "ab.yaml"), `${text("a", "2")}---\n${text("b", "person")}`.trimEnd())
      assert.deepStrictEqual(yield* files(bare), ["ab.yaml", "c.yaml"])
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "change", "first"])
    }))

  it.live("never edits a document that stands twice, nor makes one that a broken file may hold", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: {
          ...named(),
          "a.yaml": text("a", "1"),
          "b/a.yaml": text("a", "2"),
          "broken.yaml": `kind: ConfigMap\nname: [c`,
          "d.yaml": text("d", "1")
        }
      })
      const { git, tip } = yield* start(bare)
      const refused = yield* Effect.all([
        Effect.flip(git.submit("ConfigMap", [put(tip, "a", "3")])),
        Effect.flip(git.submit("ConfigMap", [put(tip, "c", "1")]))
      ], { concurrency: "unbounded" })
      assert.deepStrictEqual(refused.map(({ message }) => message), [
        "The changes of ConfigMap were not committed: ConfigMap shop/a is described in a.yaml:1 and in b/a.yaml:1; keep one of them",
        "The changes of ConfigMap were not committed: ConfigMap shop/c may be described in broken.yaml already, which can't be read; mend that file"
      ])
      yield* git.submit("ConfigMap", [put(tip, "d", "2")])
      yield* git.submit("Secret", [put(yield* git.refresh, "e", "1", "Secret")])
      assert.strictEqual((yield* history(bare)).length, 3)
    }))

  it.live("refuses an edit that can't be made, and holds nothing else up", () =>
    Effect.gen(function*() {
      const list =
        `apiVersion: v1\nkind: List\nitems: [&x {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}]\n`
      const bare = yield* bareRepository({
        files: {
          ...named(),
          "a.yaml": list,
          "b.yaml": text("b", "1"),
          "shop/configmap-d.yaml": "nothing",
          "shop/Configmap-e.yaml": ""
        }
      })
      const { git, tip } = yield* start(bare, { quiet: 200 })
      const [refused, ...others] = yield* Effect.all([
        Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2"), put(tip, "x", "1")])),
        git.submit("ConfigMap", [put(tip, "b", "2")]),
        git.submit("ConfigMap", [put(tip, "d", "1")]),
        git.submit("ConfigMap", [put(tip, "e", "1")])
      ], { concurrency: "unbounded" })
      assert.match(
        refused.message,
        /^The changes of ConfigMap were not committed: a\.yaml: ConfigMap shop\/a can't be changed/
      )
      assert.strictEqual(new Set(others.map((answer) => answer._tag === "Committed" && answer.commit)).size, 1)
      const after = yield* files(bare)
      assert.strictEqual(after.length, 6)
      assert.strictEqual(yield* file(bare, "shop/configmap-d.yaml"), "nothing")
      assert.isFalse(after.some((path) => path.includes("configmap-x")), "all of a submission, or nothing")
      yield* history(bare)
    }))

  it.live("waits for quiet, and forgets what is withdrawn before", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { ...named(), "a.yaml": text("a", "1"), "b.yaml": text("b", "1", "Secret") }
      })
      const { git, tip, until } = yield* start(bare, { quiet: 60_000 })
      const mine = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      const theirs = yield* Effect.forkChild(git.submit("Secret", [put(tip, "b", "2", "Secret")]))
      yield* until(({ writing }) => writing.waiting === 2)
      yield* git.withdraw("ConfigMap")
      assert.deepStrictEqual(yield* Fiber.join(mine), { _tag: "Withdrawn" })
      assert.strictEqual((yield* history(bare)).length, 1)
      yield* git.drain
      assert.strictEqual((yield* Fiber.join(theirs))._tag, "Committed")
      assert.deepStrictEqual(yield* history(bare), ["Update Secret shop/b", "first"])
      yield* git.drain
    }))

  it.live("pushes back when too much waits, and takes the rest when there is room", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: named() })
      const { git, log, tip, until } = yield* start(bare, { quiet: 60_000, maxAge: 60_000 })
      const set = (name: string, count = 3000): Changes => [
        put(tip, name, "1"),
        ...Array.from({ length: count - 1 }, (_, index) => put(tip, `${name}-${index}`, "1"))
      ]
      const first = yield* Effect.forkChild(
        Effect.forEach(["a", "b", "c"], (name) => git.submit("ConfigMap", set(name)), { concurrency: "unbounded" })
      )
      yield* until(({ writing }) => writing.waiting === 9000)
      const last = yield* Effect.forkChild(git.submit("Other", set("d", 1001)))
      for (let i = 0; i < 3; i++) yield* git.refresh
      assert.strictEqual((yield* until(() => true)).writing.waiting, 9000)
      yield* git.withdraw("ConfigMap")
      assert.deepStrictEqual(
        (yield* Fiber.join(first)).map(({ _tag }) => _tag),
        ["Withdrawn", "Withdrawn", "Withdrawn"]
      )
      yield* until(({ writing }) => writing.waiting === 1001)
      yield* git.drain
      assert.strictEqual((yield* Fiber.join(last))._tag, "Committed")
      assert.strictEqual((yield* files(bare)).length, 1001)
      assert.include(log, "Info: Committed 1,001 of 1,001 changes")
      assert.deepStrictEqual(yield* history(bare), ["Create 1001 ConfigMap objects in shop", "first"])
    }), 30_000)
})
