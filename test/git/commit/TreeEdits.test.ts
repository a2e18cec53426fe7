import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { composeCommit } from "../../../src/git/commit/composeCommit.ts"
import { writePack } from "../../../src/git/commit/PackWriter.ts"
import { PathRefused } from "../../../src/git/commit/PathRefused.ts"
import { editTree } from "../../../src/git/commit/TreeEdits.ts"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { git } from "../../remote/NativeGit.ts"
import { type NativeFile, nativeTrees } from "./nativeTrees.ts"
import { commitFiles, filesOf, parentOf, requestOf, storeOf, takeIn } from "./nativeTwin.ts"

const submodule = "1234567890123456789012345678901234567890"

const others = {
  "program.sh": { executable: "#!/bin/sh\n" },
  "link.yaml": { symlink: "a/b.yaml" },
  "linked": { symlink: "a" },
  "module": { submodule },
  "a/b.yaml": "b",
  "a/c/d.yaml": "d"
} as const

describe("new trees", () => {
  it.live("keep the modes of files, and everything that isn't changed", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: others })
      yield* commitFiles(bare, { "program.sh": "exit\n", "a/b.yaml": "B" })
      assert.deepStrictEqual(
        (yield* bare.git("ls-tree", "-r", "main")).split("\n").map((line) =>
          line.replace(/ (?:blob|commit) .{40}\t/, " ")
        ),
        [
          "100644 a/b.yaml",
          "100644 a/c/d.yaml",
          "120000 link.yaml",
          "120000 linked",
          "160000 module",
          "100755 program.sh"
        ]
      )
      assert.strictEqual(yield* bare.git("diff", "--name-only", "main^", "main"), "a/b.yaml\nprogram.sh")
    }))

  it.live.each<[path: string, at: string, reason: string]>([
    ["a", "a", "is a directory already"],
    ["a/b.yaml/c", "a/b.yaml", "is a file already"],
    ["program.sh/c", "program.sh", "is a file already"],
    ["link.yaml", "link.yaml", "is a symlink already"],
    ["linked/b.yaml", "linked", "is a symlink already"],
    ["module", "module", "is a submodule already"],
    ["module/b.yaml", "module", "is a submodule already"],
    ["a/../b.yaml", "a/../b.yaml", "has \"..\" in it"],
    [".git/hooks/update", ".git/hooks/update", "leads into a .git directory"]
  ])("refuse %s, put or removed", ([path, at, reason]) =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: others })
      const [source, parent] = [yield* storeOf(bare), yield* parentOf(bare)]
      for (const content of ["x", undefined]) {
        const fault = yield* Effect.flip(
          composeCommit(source, requestOf(parent, filesOf({ [path]: content, "z": "z" })))
        )
        assert.instanceOf(fault, PathRefused)
        assert.deepInclude(fault, { path: at, reason })
        assert.include(
          fault instanceof PathRefused ? fault.message : "",
          `"${at}" ${reason}: nothing was written there`
        )
      }
    }))

  it.live("refuse a file and a directory of one name", () =>
    Effect.gen(function*() {
      const fault = yield* Effect.flip(
        composeCommit(ObjectStore.emptyStore(), requestOf(undefined, filesOf({ "a/b": "1", "a": "2" })))
      )
      assert.deepInclude(fault, { _tag: "PathRefused", path: "a" })
    }))

  it.live("let a file become a directory and a directory a file when nothing of them is left", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a": "1", "a.b": "2", "c/d/e": "3", "c.d": "4", "c0": "5" } })
      yield* commitFiles(bare, {
        "a": undefined,
        "a/x": "6",
        "c/d/e": undefined,
        "c": "7",
        "gone": undefined,
        "gone/y": "8"
      })
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), "a.b\na/x\nc\nc.d\nc0\ngone/y")
      yield* commitFiles(bare, { "a": "9", "a/x": undefined })
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), "a\na.b\nc\nc.d\nc0\ngone/y")
    }))

  it.live("keep entries as they are that people made with other tools", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a": "1" } })
      const blob = Buffer.from(yield* bare.git("rev-parse", "main:a"), "hex")
      const entry = (mode: string, name: Buffer) =>
        Buffer.concat([Buffer.from(`${mode} `), name, Buffer.alloc(1), blob])
      const entries = [
        entry("100664", Buffer.from("group")),
        entry("100644", Buffer.from([0x6c, 0xe4])),
        entry("100644", Buffer.from([0x6c, 0xe5])),
        entry("100664", Buffer.from("z"))
      ]
      const write = (body: Uint8Array, type: "tree" | "blob") =>
        git(["hash-object", "-w", "-t", type, "--stdin"], { cwd: bare.path, stdin: [body] })
      const tree = yield* write(Buffer.concat(entries), "tree")
      yield* bare.git("update-ref", "refs/heads/main", yield* bare.git("commit-tree", "-m", "m", tree))
      const composed = yield* composeCommit(
        yield* storeOf(bare),
        requestOf(yield* parentOf(bare), filesOf({ "group": "new", "l\\xe5": "new", "m": "new" }))
      )
      const id = Buffer.from(yield* write(Buffer.from("new"), "blob"), "hex")
      const renewed = (index: number) => Buffer.concat([entries[index]!.subarray(0, -20), id])
      const expected = [renewed(0), entries[1]!, renewed(2), Buffer.from("100644 m\0"), id, entries[3]!]
      assert.strictEqual(composed?.root, yield* write(Buffer.concat(expected), "tree"))
    }))

  it.live("reach as deep as paths do", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const deep = `${"a/".repeat(2_047)}b`
      const store = ObjectStore.emptyStore()
      const first = yield* composeCommit(store, requestOf(undefined, filesOf({ [deep]: "1", "c": "2" })))
      yield* takeIn(bare, first!)
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), `${deep}\nc`)
      const source = ObjectStore.withPack(store, first!.indexed)
      const second = yield* composeCommit(source, requestOf(first, filesOf({ [deep]: undefined })))
      yield* takeIn(bare, second!)
      assert.strictEqual(yield* bare.git("ls-tree", "-r", "--name-only", "main"), "c")
    }))

  it.live("of a directory with very many files are those of native git", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 5_000 }, (_, i) => `${(i * 7919) % 5_000}.yaml`)
      const bare = yield* bareRepository({ files: Object.fromEntries(names.map((name) => [`flat/${name}`, name])) })
      const changes = Object.fromEntries(
        names.slice(0, 900).map((name, i) => [
          `flat/${i % 3 === 0 ? `new-${name}` : name}`,
          i % 3 === 1 ? undefined : "new"
        ])
      )
      const composed = yield* commitFiles(bare, changes)
      const removed = Object.entries(changes).map(([path, content]) => [path, content ?? null] as const)
      const twin = yield* bareRepository({ files: Object.fromEntries(names.map((name) => [`flat/${name}`, name])) })
      yield* twin.commit(Object.fromEntries(removed))
      assert.strictEqual(composed?.root, yield* twin.git("rev-parse", "main^{tree}"))
    }))
})

const name = fc.constantFrom(
  "a",
  "b",
  "a.b",
  "a-b",
  "a0",
  "A",
  "-x",
  " s p ",
  "ü",
  "u\u0308",
  "日本",
  "🚀",
  "q\"\\",
  "n\nl",
  "t\t",
  ".x",
  "a~1"
)
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"))
const content = fc.constantFrom("1", "2", "3")
const file: fc.Arbitrary<NativeFile> = fc.oneof(
  { weight: 6, arbitrary: content.map((content): NativeFile => ({ mode: "100644", content })) },
  { weight: 2, arbitrary: content.map((content): NativeFile => ({ mode: "100755", content })) },
  { weight: 1, arbitrary: content.map((content): NativeFile => ({ mode: "120000", content })) },
  fc.constant<NativeFile>({ mode: "160000", content: submodule })
)

/** Without what can't stand beside another: a path through a file. */
const standing = (files: ReadonlyArray<readonly [string, NativeFile]>): ReadonlyMap<string, NativeFile> => {
  const kept = new Map<string, NativeFile>()
  for (const [path, file] of files)
    if (![...kept.keys()].some((other) => isWithin(path, other) || isWithin(other, path))) kept.set(path, file)
  return kept
}

const isWithin = (path: string, directory: string) => path.startsWith(`${directory}/`)

interface Case {
  readonly before: ReadonlyMap<string, NativeFile>
  readonly edits: ReadonlyMap<string, string | undefined>
}

const edit = fc.option(content, { nil: undefined, freq: 3 })
const someCase: fc.Arbitrary<Case> = fc.array(fc.tuple(path, file), { maxLength: 12 }).map(standing).chain((before) => {
  const known = before.size === 0 ? path : fc.constantFrom(...before.keys())
  return fc.array(fc.tuple(fc.oneof(known, path), edit), { maxLength: 8 })
    .map((edits) => ({ before, edits: new Map(edits) }))
})

/** Whether nothing stands in the way of any of the edits, or of one another. */
const isFree = ({ before, edits }: Case): boolean =>
  [...edits.keys()].every((path) =>
    !/^(?:12|16)/.test(before.get(path)?.mode ?? "") &&
    [...before.keys(), ...edits.keys()].every((other) => !isWithin(path, other) && !isWithin(other, path))
  )

const applied = ({ before, edits }: Case): ReadonlyMap<string, NativeFile> => {
  const after = new Map(before)
  for (const [path, content] of edits) {
    if (content === undefined) after.delete(path)
    else after.set(path, { mode: before.get(path)?.mode === "100755" ? "100755" : "100644", content })
  }
  return after
}

describe("random edits of random trees", () => {
  it.live("give the trees that native git gives, or are refused because something is in the way", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const cases = fc.sample(someCase, 600)
      const trees = yield* nativeTrees(bare, cases.flatMap((each) => [each.before, applied(each)]))
      const store = yield* storeOf(bare)
      const made = new Map<string, Buffer>()
      let [refused, done] = [0, 0]
      for (const [index, { before, edits }] of cases.entries()) {
        const files = new Map(
          Array.from(
            edits,
            ([path, text]) => [path, text === undefined ? undefined : objectName("blob", Buffer.from(text))]
          )
        )
        const result = yield* Effect.result(editTree(store, trees[2 * index], files))
        const shown = JSON.stringify([[...before], [...edits]])
        if (result._tag === "Failure") {
          assert.isFalse(isFree({ before, edits }), shown)
          assert.strictEqual(result.failure._tag, "PathRefused", shown)
          refused++
          continue
        }
        assert.strictEqual(result.success.root, trees[2 * index + 1], shown)
        for (const [name, body] of result.success.trees) made.set(name, body)
        done++
      }
      assert.isAbove(refused, 50)
      assert.isAbove(done, 100)
      const { pack } = yield* writePack(Array.from(made, ([name, body]) => ({ name, type: "tree", body })))
      yield* git(["unpack-objects", "--strict", "-q"], { cwd: bare.path, stdin: [pack] })
    }))
})
