import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { indexPack } from "../../../src/git/objects/PackIndex.ts"
import * as Tree from "../../../src/git/objects/Tree.ts"
import { diffTrees } from "../../../src/git/objects/TreeDiff.ts"
import { type Directory, makePack, type PackEntry, treeObjects } from "./packs.ts"

const name = fc.constantFrom("a", "b", "a.yaml", "b-c", "ü", " -x")
const directory: fc.Arbitrary<Directory> = fc.letrec<{ level: Directory }>((tie) => ({
  level: fc.dictionary(
    name,
    fc.oneof({ maxDepth: 4, depthSize: "small" }, fc.constantFrom("1", "2", "3"), tie("level")),
    { maxKeys: 4 }
  )
})).level.map(withoutEmpty)

/** Git has no empty directories. */
function withoutEmpty(level: Directory): Directory {
  return Object.fromEntries(
    Object.entries(level)
      .map((
        [name, content]
      ): [string, string | Directory] => [name, typeof content === "string" ? content : withoutEmpty(content)])
      .filter(([, content]) => typeof content === "string" || Object.keys(content).length > 0)
  )
}

const filesOf = (level: Directory, prefix = ""): Map<string, string> =>
  new Map(
    Object.entries(level).flatMap(([name, content]) =>
      typeof content === "string"
        ? [[`${prefix}${name}`, objectName("blob", Buffer.from(content))]]
        : [...filesOf(content, `${prefix}${name}/`)]
    )
  )

const sourceOf = Effect.fnUntraced(function*(entries: ReadonlyArray<PackEntry>) {
  const store = ObjectStore.emptyStore()
  return ObjectStore.withPack(store, yield* indexPack(makePack(entries), store.find, store.cache))
})

describe("the difference of two trees", () => {
  it("turns the files of the one into those of the other, and names nothing else", () =>
    fc.assert(fc.asyncProperty(directory, directory, (before, after) =>
      Effect.runPromise(Effect.gen(function*() {
        const [old, now] = [treeObjects(before), treeObjects(after)]
        const source = yield* sourceOf([...old.entries, ...now.entries])
        const files = filesOf(before)
        for (const { entry, path } of yield* diffTrees(source, old.root, now.root, "")) {
          assert.notStrictEqual(files.get(path), entry?.blob)
          if (entry === undefined) files.delete(path)
          else files.set(path, entry.blob)
        }
        assert.deepStrictEqual([...files].toSorted(), [...filesOf(after)].toSorted())
      })))))

  it.effect("fails when anything that is new is missing", () =>
    Effect.gen(function*() {
      const { entries, root } = treeObjects({ a: "1", b: { c: "2", d: { e: "3" } } })
      for (const left of entries) {
        const source = yield* sourceOf(entries.filter((entry) => entry !== left))
        const fault = yield* Effect.flip(diffTrees(source, undefined, root, ""))
        assert.strictEqual(fault._tag, "Missing")
      }
    }))

  it.effect("stops at a tree that describes more files than anybody has", () =>
    Effect.gen(function*() {
      let level: Directory = { a: "1", b: "1", c: "1", d: "1", e: "1", f: "1", g: "1", h: "1", i: "1", j: "1" }
      const entries = [...treeObjects(level).entries]
      let root = treeObjects(level).root
      for (let depth = 0; depth < 6; depth++) {
        const body = Buffer.concat(
          [..."abcdefghij"].flatMap((name) => [Buffer.from(`40000 ${name}\0`), Buffer.from(root, "hex")])
        )
        root = objectName("tree", body)
        entries.push({ type: "tree", body })
      }
      const fault = yield* Effect.flip(diffTrees(yield* sourceOf(entries), undefined, root, "", 20_000))
      assert.strictEqual(fault._tag, "TooMany")
    }))
})

describe("a tree", () => {
  const entry = (mode: string, name: string | Buffer) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.alloc(20, 1)])

  it("tells files, programs, links, submodules and directories apart", () => {
    const modes = ["100644", "100755", "120000", "160000", "40000"]
    const tree = Result.getOrThrow(Tree.parse(Buffer.concat(modes.map((mode) => entry(mode, mode)))))
    assert.deepStrictEqual(tree.map(({ mode }) => mode), ["file", "executable", "symlink", "submodule", "directory"])
  })

  it("keeps names apart that aren't UTF-8", () => {
    const tree = Tree.parse(
      Buffer.concat([entry("100644", Buffer.from([0x61, 0xff])), entry("100644", Buffer.from([0x61, 0xfe]))])
    )
    assert.deepStrictEqual(Result.getOrThrow(tree).map(({ name }) => name), ["a\\xff", "a\\xfe"])
  })

  it.each([
    [entry("100644", ".."), `a tree with an entry named ".."`],
    [entry("100644", "a/b"), `a tree with an entry named "a/b"`],
    [entry("40000", ".GIT"), `a tree with an entry named ".GIT"`],
    [entry("777", "a"), `a tree with mode "777"`],
    [Buffer.from("100644 a"), "a tree that ends within an entry"],
    [entry("100644", "a").subarray(0, -1), "a tree that ends within an entry"]
  ])("with something wrong in it is refused (%#)", (body, reason) => {
    assert.deepStrictEqual(Tree.parse(body), Result.fail(reason))
  })
})
