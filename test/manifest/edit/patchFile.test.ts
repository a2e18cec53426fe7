import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit } from "../../../src/manifest/edit/DocumentEdit.ts"
import { composed, item, patched, patchOf, path, remove, set } from "./patch.ts"

const map = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}} # as I like it\ndata:\n  key: ${value} # why\n`

const key = path("data", "key")
const change = (name: string) => patchOf(name, set(key, "new", "old"))

describe("a file in which fields change", () => {
  it("keeps its other documents, and all that stands between them", () => {
    const text = `\n# head\n--- # one\n${map("a", "old")}\n# behind\n...\n# between\n---\n${map("b", "old")}---\n# end`
    assert.strictEqual(composed(text, change("b")), text.replace(/old(?=[^]*# end)(?![^]*old)/, "new"))
    assert.strictEqual(composed(text, change("a"), change("b")), text.replaceAll("old", "new"))
  })

  it("may begin behind its separator", () => {
    const text = "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {key: old}} # one\n"
    assert.strictEqual(composed(text, change("a")), text.replace("old", "new"))
    assert.strictEqual(composed(text, patchOf("a", set(path("data", "x"), 1))), text.replace("old", "old, x: 1"))
  })

  it("keeps its line ends and its byte order mark", () => {
    const windows = (text: string) => `\ufeff${text.replaceAll("\n", "\r\n")}`
    assert.strictEqual(
      composed(
        windows(map("a", "old")),
        patchOf("a", set(key, "one\ntwo\n", "old"), set(path("data", "x"), { z: [1] }))
      ),
      windows(map("a", "|").replace(" why\n", " why\n    one\n    two\n  x:\n    z:\n    - 1\n"))
    )
  })

  it("may lose another document at the same time, and get a new one", () => {
    const put: DocumentEdit = {
      _tag: "Put",
      key: patchOf("c", set(key, "")).key,
      manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } }
    }
    const gone: DocumentEdit = { _tag: "Remove", key: patchOf("b", set(key, "")).key }
    assert.strictEqual(
      composed(`${map("a", "old")}---\n${map("b", "old")}`, put, change("a"), gone),
      `${map("a", "new")}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n`
    )
  })

  it("may be a list of objects", () => {
    const text =
      "apiVersion: v1\nkind: ConfigMapList\nitems:\n  # one\n  - metadata: {name: a}\n    data:\n      key: old # why\n  # two\n  - metadata:\n      name: b\n    # none yet\n"
    assert.strictEqual(composed(text, change("a")), text.replace("old", "new"))
    assert.strictEqual(
      composed(text, patchOf("b", set(key, "x"))),
      text.replace("    # none yet\n", "    data:\n      key: x\n    # none yet\n")
    )
  })

  it("stays JSON, laid out as it is", () => {
    const json = (indent: number | string | undefined, data: object) =>
      JSON.stringify({ kind: "ConfigMap", metadata: { name: "a" }, data, apiVersion: "v1" }, null, indent)
    for (const indent of [undefined, 2, 4, "\t"]) {
      const text = json(indent, { one: 1, key: "old", list: [1, { x: 2 }] })
      assert.strictEqual(composed(text, change("a")), json(indent, { one: 1, key: "new", list: [1, { x: 2 }] }))
      assert.strictEqual(
        composed(text, patchOf("a", remove(key, "old"), set(path("data", "z"), { a: ["\u2028", {}], b: "" }))),
        json(indent, { one: 1, list: [1, { x: 2 }], z: { a: ["-", {}], b: "" } }).replace("-", "\\u2028")
      )
      assert.strictEqual(
        composed(text, patchOf("a", set(path("data", "list"), [{ x: 2 }, 3], [1, { x: 2 }]))),
        json(indent, { one: 1, key: "old", list: [{ x: 2 }, 3] })
      )
    }
    assert.strictEqual(
      composed(json(2, {}).replaceAll("\n", "\r\n"), patchOf("a", set(key, ["x"]))),
      json(2, { key: ["x"] }).replaceAll("\n", "\r\n")
    )
    assert.strictEqual(
      composed(
        "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}",
        patchOf("a", set(key, "1"))
      ),
      "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}, \"data\": {\"key\":\"1\"}}"
    )
  })
})

describe("an edit that is outdated", () => {
  const outdated = (text: string, ...edits: ReadonlyArray<DocumentEdit>): ReadonlyArray<string> => {
    const result = composeFile(Buffer.from(text), edits, "default")
    if (Result.isSuccess(result) || result.failure._tag !== "EditOutdated") return []
    return result.failure.keys.map(({ name }) => name)
  }

  it("names the documents in which something else stands than it was based on", () => {
    const text = `${map("a", "other")}---\n${map("b", "old")}---\n${map("c", "other")}`
    assert.deepStrictEqual(outdated(text, change("a"), change("b"), change("c")), ["a", "c"])
    assert.deepStrictEqual(outdated(text, change("b")), [])
    assert.strictEqual(
      composed(text, change("a")),
      "ConfigMap default/a: what should be changed here is no longer what it was; look again and decide anew"
    )
  })

  it("is one whose document, item or map is gone", () => {
    assert.deepStrictEqual(outdated(map("a", "old"), change("b")), ["b"])
    assert.deepStrictEqual(
      outdated(map("a", "old"), patchOf("a", set(path("env", item({ name: "x" }), "value"), "1", "2"))),
      ["a"]
    )
    assert.deepStrictEqual(outdated(map("a", "old"), patchOf("a", set(path("data", "key", "deeper"), "1"))), ["a"])
  })

  it("is none if only null stands where nothing was", () =>
    assert.strictEqual(patched("data:\n  key: null # why\n", set(key, "new")), "data:\n  key: new # why\n"))
})

describe("what nobody can edit safely is", () => {
  it("what is repeated elsewhere, or repeats something", () => {
    const text = "one: &one {x: 1}\ntwo: *one\nthree:\n  <<: *one\n  z: 2\nfour: 4\n"
    assert.strictEqual(patched(text, set(path("four"), 5, 4)), text.replace(": 4", ": 5"))
    assert.strictEqual(
      patched(text, set(path("one", "x"), 2, 1)),
      "ConfigMap default/a can't be changed here (line 5, /one): an anchor (&) stands here, and what is repeated elsewhere would change or break with it; write it out in both places"
    )
    assert.match(patched(text, remove(path("one"), { x: 1 })), /\(line 5, \/one\): an anchor/)
    assert.match(
      patched(text, set(path("two", "x"), 2, 1)),
      /\(line 6, \/two\): this repeats .* \(\*\); write it out here/
    )
    assert.match(patched(text, set(path("three", "z"), 3, 2)), /\(line 8, \/three\): this map holds a merge/)
  })

  it("a value with a tag", () =>
    assert.match(
      patched("data:\n  key: !!str 5\n", set(key, "6", "5")),
      /\(line 6, \/data\/key\): this value has a tag \(!\).*; remove the tag/
    ))

  it("a key that is more than a word before its colon", () =>
    assert.match(patched("data:\n  ? key\n  : old\n", set(key, "new", "old")), /\(line 6, \/data\): .*write out/))

  it("brackets with comments in them, when something comes or goes", () => {
    const text = "args: [\n  a, # one\n  b\n]\n"
    assert.match(patched(text, set(path("args"), ["a"], ["a", "b"])), /\(line 5, \/args\): comments stand between/)
    assert.strictEqual(patched(text, set(path("args"), ["a", "c"], ["a", "b"])), text.replace("b", "c"))
  })

  it("an item that stands there twice", () => {
    const text = "env:\n- name: x\n- name: x\n"
    assert.match(
      patched(text, set(path("env", item({ name: "x" }), "value"), "1")),
      /\(line 1, \/env\/\[name=x\]\/value\): several items .* the same keys/
    )
  })

  it("an object that stands there twice", () =>
    assert.match(composed(`${map("a", "old")}---\n${map("a", "old")}`, change("a")), /line 1\): it is described twice/))

  it("what would no longer be the manifest of the object", () => {
    assert.match(patched("data: {}\n", set(path("metadata", "name"), "b", "a")), /describes another object/)
    assert.match(patched("data: {}\n", set(path("metadata", "labels"), "b")), /no valid manifest/)
  })

  it("what text can't hold", () =>
    assert.match(patched("data: {}\n", set(key, "\ud800")), /can't be made on the text of this file/))

  it("a file that would become too large", () =>
    assert.match(patched("data: {}\n", set(key, "x".repeat(5 * 1024 * 1024))), /MiB/))
})
