import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { composeCommit } from "../../../src/git/commit/composeCommit.ts"
import { emptyTree } from "../../../src/git/objects/GitObject.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { git, gitBytes } from "../../remote/NativeGit.ts"
import { commitFiles, filesOf, parentOf, requestOf, storeOf, takeIn } from "./nativeTwin.ts"

/** How often others got a turn meanwhile. */
const turnsDuring = Effect.fnUntraced(function*<A, E>(work: Effect.Effect<A, E>) {
  let turns = 0
  let next: NodeJS.Immediate
  const count = () => {
    turns++
    next = setImmediate(count)
  }
  next = setImmediate(count)
  const result = yield* work.pipe(Effect.ensuring(Effect.sync(() => clearImmediate(next))))
  return { result, turns }
})

describe("a commit", () => {
  it.live("changes, makes and removes files as native git does it", () =>
    Effect.gen(function*() {
      const files = { "a/b/c.yaml": "c", "a/d.yaml": "d", "e.yaml": "e", "a-b/f.yaml": "f" }
      const changes = { "a/b/c.yaml": "C", "a/b.yaml": "new", "g/h/i.yaml": "new", "a-b/f.yaml": null }
      const [ours, native] = [yield* bareRepository({ files }), yield* bareRepository({ files })]
      const parent = yield* ours.tip()
      const composed = yield* commitFiles(ours, { ...changes, "a-b/f.yaml": undefined })
      yield* native.commit(changes)
      assert.strictEqual(composed?.root, yield* native.git("rev-parse", "main^{tree}"))
      assert.strictEqual(composed?.commit, yield* ours.tip())
      assert.strictEqual(yield* ours.git("rev-parse", "main^"), parent)
      assert.strictEqual(yield* ours.git("ls-tree", "-r", "main"), yield* native.git("ls-tree", "-r", "main"))
      assert.strictEqual(yield* ours.git("show", "main:a/b/c.yaml"), "C")
      assert.strictEqual(
        yield* ours.git("diff", "--name-status", "main^", "main"),
        yield* native.git("diff", "--name-status", "main^", "main")
      )
    }))

  it.live("says who, when and what", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { a: "1" } })
      const message = "Update ü\n\n- a line\n\nGitops-Cluster: c\n"
      yield* commitFiles(bare, { a: "2" }, {
        message,
        author: { name: "Ä Person", email: "a@example.com" },
        committer: { name: "gitops", email: "b@example.com" },
        at: 1_700_000_000_999
      })
      assert.strictEqual(
        yield* bare.git("log", "-1", "--format=%an|%ae|%ad|%cn|%ce|%cd", "--date=raw"),
        "Ä Person|a@example.com|1700000000 +0000|gitops|b@example.com|1700000000 +0000"
      )
      assert.strictEqual(`${yield* bare.git("log", "-1", "--format=%B")}`, message)
    }))

  it.live("can be the first of a branch", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const composed = yield* commitFiles(bare, { "a/b.yaml": "b", "gone.yaml": undefined })
      assert.strictEqual(yield* bare.git("rev-list", "--parents", "main"), composed?.commit)
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), "a/b.yaml")
    }))

  it.live("can remove the last file, and the next one can make files again", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b/c.yaml": "c" } })
      const empty = yield* commitFiles(bare, { "a/b/c.yaml": undefined })
      assert.strictEqual(empty?.root, emptyTree)
      yield* commitFiles(bare, { "d.yaml": "d" })
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), "d.yaml")
    }))

  it.live("that would change nothing is none", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b.yaml": "b" } })
      assert.isUndefined(yield* commitFiles(bare, { "a/b.yaml": "b", "a/gone.yaml": undefined, "x/y": undefined }))
      assert.isUndefined(yield* commitFiles(bare, {}))
      assert.isUndefined(yield* commitFiles(yield* bareRepository(), { "a": undefined }))
    }))

  it.live("brings only what its parent lacks, and once", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b.yaml": "b", "c/d.yaml": "d", "c/e.yaml": "e" } })
      const composed = yield* commitFiles(bare, { "a/b.yaml": "b", "c/d.yaml": "new", "f/d.yaml": "new" })
      assert.deepStrictEqual(
        [...composed?.indexed.objects.values() ?? []].map(({ type }) => type),
        ["commit", "tree", "tree", "tree", "blob"]
      )
    }))

  it.live("brings along what only a push that failed left in the store", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b.yaml": "b" } })
      const [store, parent] = [yield* storeOf(bare), yield* parentOf(bare)]
      const request = requestOf(parent, filesOf({ "a/b.yaml": "new" }))
      const lost = yield* composeCommit(store, request)
      const later = ObjectStore.withPack(store, lost!.indexed)
      const again = yield* composeCommit(later, { ...request, at: request.at + 5_000 })
      yield* takeIn(bare, again!)
      assert.strictEqual(yield* bare.git("show", "main:a/b.yaml"), "new")
      yield* bare.git("fsck", "--strict")
    }))

  it.live("can be built on at once, without reading its pack again", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b.yaml": "b" } })
      let [store, parent] = [yield* storeOf(bare), yield* parentOf(bare)]
      for (let i = 0; i < 20; i++) {
        const composed = yield* composeCommit(store, requestOf(parent, filesOf({ [`a/${i % 7}/n.yaml`]: `${i}` })))
        yield* takeIn(bare, composed!, "unpack")
        store = ObjectStore.withPack(store, composed!.indexed)
        parent = composed
      }
      yield* bare.git("fsck", "--strict")
      assert.strictEqual(yield* bare.git("rev-list", "--count", "main"), "21")
      assert.strictEqual(yield* bare.git("show", "main:a/5/n.yaml"), "19")
    }))

  it.live("of a thousand files gives others their turns", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/0.yaml": "0" } })
      const [store, parent] = [yield* storeOf(bare), yield* parentOf(bare)]
      const files = Object.fromEntries(
        Array.from({ length: 1_000 }, (_, i) => [`a/${i % 30}/${i}.yaml`, `number: ${i}\n`.repeat(100)])
      )
      const { result, turns } = yield* turnsDuring(composeCommit(store, requestOf(parent, filesOf(files))))
      assert.isAbove(turns, 5)
      yield* takeIn(bare, result!)
      yield* bare.git("fsck", "--strict")
      assert.lengthOf((yield* bare.git("ls-tree", "-r", "--name-only", "main")).split("\n"), 1_001)
    }))

  it.live("of a 2 MB file gives others their turns, and keeps every byte", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
      const content = Buffer.from(randomBytes(1_000_000).toString("hex"))
      const request = requestOf(yield* parentOf(bare), new Map([["big.yaml", content]]))
      const { result, turns } = yield* turnsDuring(composeCommit(yield* storeOf(bare), request))
      assert.isAbove(turns, 5)
      yield* takeIn(bare, result!)
      yield* bare.git("fsck", "--strict")
      assert.isTrue((yield* gitBytes(["cat-file", "blob", "main:big.yaml"], { cwd: bare.path })).equals(content))
    }))

  it.live("fails as its signer fails", () =>
    Effect.gen(function*() {
      const request = { ...requestOf(undefined, filesOf({ a: "1" })), sign: () => Effect.fail("no key") }
      assert.strictEqual(yield* Effect.flip(composeCommit(ObjectStore.emptyStore(), request)), "no key")
    }))

  it.live("tells which tree is missing where", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a/b/c.yaml": "c" } })
      const store = yield* storeOf(bare)
      const missing = yield* bare.git("rev-parse", "main:a/b")
      const source = { ...store, find: (name: string) => name === missing ? undefined : store.find(name) }
      const request = requestOf(yield* parentOf(bare), filesOf({ "a/b/c.yaml": "C" }))
      assert.deepStrictEqual(yield* Effect.flip(composeCommit(source, request)), {
        _tag: "Missing",
        name: missing,
        path: "a/b/"
      })
    }))

  it.live("is found by git fsck to be what it is, whatever the names of people are", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const names = [
        "",
        " . ",
        "<evil>\n\nparent 0000",
        "a\0b",
        "\u202e",
        "Ünï, Jr.",
        "O'Neill",
        "a\ncommitter x <x> 0 +0000",
        "\ud800"
      ]
      for (const [index, name] of names.entries()) {
        const identity = { name, email: name }
        yield* commitFiles(bare, { a: `${index}` }, { author: identity, committer: identity })
        const shown = yield* bare.git("log", "-1", "--format=%an|%ae|%cn|%ce|%P")
        assert.match(shown, /^[^|<>]+\|[^|<> ]+\|[^|<>]+\|[^|<> ]+\|[0-9a-f]{0,40}$/)
      }
      assert.strictEqual(yield* git(["rev-list", "--count", "main"], { cwd: bare.path }), `${names.length}`)
      assert.include(yield* bare.git("log", "--format=%an"), "Ünï, Jr")
    }))
})
