import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { faultOf } from "../../../src/git/commit/WritablePath.ts"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import * as Tree from "../../../src/git/objects/Tree.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { git } from "../../remote/NativeGit.ts"

const blob = objectName("blob", Buffer.from(""))

const refused = [
  "",
  "/",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "a/./b",
  "a/../b",
  ".git",
  ".GiT/config",
  "a/.git/b",
  "GIT~1",
  "git~1/b",
  ".git.",
  ".git ",
  ".git . .",
  ".git::$INDEX_ALLOCATION",
  "a\\.git",
  "a\\git~1\\b",
  ".g\u200cit",
  "\ufeff.git",
  ".gi\u202et",
  "a\0b",
  "a\ud800",
  `${"x".repeat(256)}/a`,
  "a/".repeat(2_048)
]

const allowed = [
  "a",
  "-x",
  "-",
  " a b /c ",
  "...",
  "..a",
  ".gitignore",
  ".github/workflows/a.yaml",
  "git~2",
  "agit~1",
  ".git-a",
  "ü/日本/🚀.yaml",
  "a\nb",
  "a:b",
  "a\\b",
  "x".repeat(255),
  `${"a/".repeat(2_047)}b`
]

describe("a path", () => {
  it.each(refused)("is refused when it is %j", (path) => {
    assert.isString(faultOf(path))
  })

  it.each(allowed)("may be %j", (path) => {
    assert.isUndefined(faultOf(path))
  })

  it.live("that isn't refused is nothing that git fsck finds fault with, and one we read back", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const part = fc.constantFrom(
        ...".gGiItT~1 :\\\u200c\ufeff\u202e\u0131\u017f.",
        ".git",
        "git~1",
        ".gitmodules",
        "::$DATA",
        "x"
      )
      const names = fc.sample(fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("")), 3_000)
        .filter((name) => faultOf(name) === undefined && name.toLowerCase() !== ".gitmodules")
      const body = (names: ReadonlyArray<string>) =>
        Buffer.concat(names.flatMap((name) => [Buffer.from(`100644 ${name}\0`), Buffer.from(blob, "hex")]))
      const sorted = [...new Set(names)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.isAbove(sorted.length, 500)
      yield* git(["hash-object", "-w", "--stdin"], { cwd: bare.path, stdin: "" })
      const tree = yield* git(["hash-object", "-w", "-t", "tree", "--stdin", "--literally"], {
        cwd: bare.path,
        stdin: [body(sorted)]
      })
      yield* bare.git("update-ref", "refs/heads/main", yield* bare.git("commit-tree", "-m", "m", tree))
      yield* bare.git("fsck", "--strict")
      assert.deepStrictEqual(
        Result.getOrThrow(Tree.parse(body(sorted))).map(({ name }) => name),
        sorted
      )
    }))
})
