import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "./BareRepository.ts"
import { git, gitBytes } from "./NativeGit.ts"

describe("a bare repository", () => {
  it.live("is empty at first, and then cloned from its file URL", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository({ branch: "trunk" })
      assert.isUndefined(yield* repository.tip())
      const commit = yield* repository.commit({ "a.yaml": "a: 1\n" }, { message: "One\n\nbody" })
      const folder = join(yield* temporaryFolder("gitops-clone-"), "clone")
      yield* git(["clone", "--quiet", repository.url, folder])
      assert.strictEqual(
        yield* git(["log", "--format=%H %D %B"], { cwd: folder }).pipe(Effect.map((it) => it.trim())),
        `${commit} HEAD -> trunk, origin/trunk, origin/HEAD One\n\nbody`
      )
    }))

  it.live("holds every mode, any bytes and any path", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository()
      const submodule = yield* repository.commit({ "elsewhere": "x" }, { branch: "other" })
      const binary = Uint8Array.from({ length: 256 }, (_, index) => index)
      yield* repository.commit({
        "a/b.bin": binary,
        "run.sh": { executable: "#!/bin/sh\n" },
        link: { symlink: "../outside" },
        module: { submodule },
        "o d\"d\\\nü": "odd"
      })
      const tree = yield* repository.git("ls-tree", "-r", "-z", "HEAD")
      const entries = tree.split("\0").filter((line) => line !== "")
      assert.sameMembers(entries.map((line) => line.replace(/ .*\t/, " ")), [
        "100644 a/b.bin",
        "100755 run.sh",
        "120000 link",
        "160000 module",
        "100644 o d\"d\\\nü"
      ])
      assert.isTrue((yield* gitBytes(["cat-file", "blob", "HEAD:a/b.bin"], { cwd: repository.path })).equals(binary))
    }))

  it.live("changes, loses, keeps and replaces what it held", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository({ files: { "a/1": "1", "a/2": "2", b: "b", c: "c" } })
      const names = (at: string) =>
        Effect.map(repository.git("ls-tree", "-r", "--name-only", at), (it) => it.split("\n"))
      assert.deepStrictEqual(yield* names(yield* repository.commit({ a: null, b: "other" })), ["b", "c"])
      assert.deepStrictEqual(yield* names(yield* repository.commit({ d: "d" }, { only: true })), ["d"])
      assert.strictEqual(yield* repository.git("rev-list", "--count", "HEAD"), "3")
    }))

  it.live("has its branch moved, rewritten and deleted", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository()
      const first = yield* repository.commit({ a: "1" })
      const second = yield* repository.commit({ a: "2" })
      yield* repository.moveBranch(first)
      assert.strictEqual(yield* repository.tip(), first)
      const sibling = yield* repository.commit({ a: "2" }, { parent: first, branch: "side" })
      assert.notStrictEqual(sibling, second)
      const rewritten = yield* repository.rewrite({ a: "1" })
      assert.notStrictEqual(rewritten, first)
      assert.strictEqual(yield* repository.git("rev-list", "--count", "HEAD"), "1")
      yield* repository.deleteBranch()
      assert.isUndefined(yield* repository.tip())
      assert.strictEqual(yield* repository.tip("side"), sibling)
    }))

  it.live("is made with SHA-256 too, and goes with its scope", () =>
    Effect.gen(function*() {
      const { path, tip } = yield* Effect.scoped(
        Effect.gen(function*() {
          const { path, tip } = yield* bareRepository({ objectFormat: "sha256", files: { a: "1" } })
          return { path, tip: yield* tip() }
        })
      )
      assert.match(tip ?? "", /^[0-9a-f]{64}$/)
      assert.isFalse(existsSync(path))
    }))

  it.live("takes ten thousand files in one commit", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository()
      const file = (index: number) => [`folder-${index % 100}/${index}.yaml`, `index: ${index}\n`] as const
      yield* repository.commit(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => file(index))))
      assert.lengthOf((yield* repository.git("ls-tree", "-r", "--name-only", "HEAD")).split("\n"), 10_000)
    }))
})
