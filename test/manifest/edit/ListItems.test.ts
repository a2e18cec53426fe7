import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit } from "../../../src/manifest/edit/DocumentEdit.ts"

const key = (name: string) => ({ group: "", kind: "ConfigMap", namespace: "default", name })

const put = (name: string, value: string): DocumentEdit => ({
  _tag: "Put",
  key: key(name),
  manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { key: value } }
})

const remove = (name: string): DocumentEdit => ({ _tag: "Remove", key: key(name) })

const compose = (text: string, ...edits: ReadonlyArray<DocumentEdit>): string | undefined => {
  const result = composeFile(Buffer.from(text), edits, "default")
  if (Result.isFailure(result)) throw result.failure
  return result.success === undefined ? undefined : Buffer.from(result.success).toString()
}

const refusal = (text: string, ...edits: ReadonlyArray<DocumentEdit>): string => {
  const result = composeFile(Buffer.from(text), edits, "default")
  return Result.isFailure(result) ? result.failure.message : "not refused"
}

const item = (name: string, pad = "") =>
  `${pad}- apiVersion: v1\n${pad}  kind: ConfigMap\n${pad}  metadata: {name: ${name}}\n`

const ours = (name: string, value: string, pad = "") =>
  `${pad}- apiVersion: v1\n${pad}  kind: ConfigMap\n${pad}  metadata:\n${pad}    name: ${name}\n${pad}  data:\n${pad}    key: ${value}\n`

const head = "apiVersion: v1\nkind: List\nitems:\n"

describe.each([["in the column of its key", ""], ["with an indentation", "  "]])(
  "a list whose items stand %s",
  (_, pad) => {
    const list = `${head}${item("a", pad)}${item("b", pad)}${item("c", pad)}`

    it("loses an item and keeps the others", () => {
      assert.strictEqual(compose(list, remove("a")), `${head}${item("b", pad)}${item("c", pad)}`)
      assert.strictEqual(compose(list, remove("b")), `${head}${item("a", pad)}${item("c", pad)}`)
      assert.strictEqual(compose(list, remove("c")), `${head}${item("a", pad)}${item("b", pad)}`)
      assert.strictEqual(compose(list, remove("c"), remove("a")), `${head}${item("b", pad)}`)
    })

    it("has an item replaced, with text of several lines in it", () => {
      assert.strictEqual(
        compose(list, put("b", "x")),
        `${head}${item("a", pad)}${ours("b", "x", pad)}${item("c", pad)}`
      )
      assert.strictEqual(
        compose(list, put("c", "x\n  y\n\nz\n")),
        `${head}${item("a", pad)}${item("b", pad)}${
          ours("c", `|\n${pad}      x\n${pad}        y\n\n${pad}      z`, pad)
        }`
      )
    })

    it("keeps its comments, except those directly above an item that goes", () => {
      const text = `${head}${item("a", pad)}${pad}# behind a\n\n${pad}# about b\n${
        item("b", pad)
      }${pad}  # inside b\n\n# about c\n${item("c", pad)}metadata: {}\n`
      assert.strictEqual(
        compose(text, remove("b")),
        `${head}${item("a", pad)}${pad}# behind a\n\n# about c\n${item("c", pad)}metadata: {}\n`
      )
      assert.strictEqual(
        compose(text, remove("a")),
        `${head}${pad}# behind a\n${pad}# about b\n${item("b", pad)}${pad}  # inside b\n\n# about c\n${
          item("c", pad)
        }metadata: {}\n`
      )
      assert.strictEqual(compose(text, put("c", "x")), text.replace(item("c", pad), ours("c", "x", pad)))
    })

    it("goes with its last item", () => {
      assert.isUndefined(compose(list, remove("a"), remove("b"), remove("c")))
      assert.strictEqual(compose(`${list}---\nx: 1\n`, remove("a"), remove("b"), remove("c")), "x: 1\n")
    })

    it("gets a document beside it for what is new", () =>
      assert.strictEqual(
        compose(list, put("d", "x")),
        `${list}---\n${ours("d", "x").replace("- ", "").replace(/^ {2}/gm, "")}`
      ))

    it("stays with Windows line ends", () => {
      const windows = (text: string) => text.replaceAll("\n", "\r\n")
      assert.strictEqual(
        compose(windows(`${head}${pad}# about a\n${item("a", pad)}${item("b", pad)}`), remove("a"), put("b", "x")),
        windows(`${head}${ours("b", "x", pad)}`)
      )
    })
  }
)

describe("a list in JSON", () => {
  const items = ["a", "b", "c"].map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } }))
  const json = (left: ReadonlyArray<object>, indent: number | string | undefined) =>
    `${JSON.stringify({ apiVersion: "v1", kind: "List", items: left, metadata: {} }, null, indent)}\n`

  it.each([undefined, 2, 4, "\t"])("stays JSON, indented by %j", (indent) => {
    const [a, b, c] = items
    assert.isDefined(a && b && c)
    const text = json(items, indent)
    for (const gone of [["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["b", "c"]]) {
      const left = items.filter(({ metadata }) => !gone.includes(metadata.name))
      assert.strictEqual(compose(text, ...gone.map(remove)), json(left, indent))
    }
    const replaced = items.map((one) => one.metadata.name === "b" ? { ...one, data: { key: "x" } } : one)
    assert.strictEqual(compose(text, put("b", "x")), json(replaced, indent))
    assert.strictEqual(compose(text, put("b", "x"), remove("a")), json(replaced.slice(1), indent))
    assert.isUndefined(compose(text, remove("a"), remove("b"), remove("c")))
  })

  it("can't take a new object", () => assert.match(refusal(json(items, 2), put("d", "x")), /file of its own/))
})

describe("a list of one kind", () => {
  it("may leave out what its kind says", () => {
    const text = "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n"
    assert.strictEqual(
      compose(text, remove("a")),
      "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: b}\n"
    )
    assert.strictEqual(
      compose(text, put("a", "x")),
      `apiVersion: v1\nkind: ConfigMapList\nitems:\n${ours("a", "x")}- metadata: {name: b}\n`
    )
  })
})

describe("a list that can't be edited by whole lines", () => {
  const told = /^ConfigMap default\/a can't be changed here \(line \d+\): .*move the object into a document of its own$/

  it("is refused, with the line", () => {
    const shapes = [
      `apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}, {x: y}] # no JSON\n`,
      `${head}-\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n${item("b")}`,
      `${head}- apiVersion: v1\n  kind: List\n  items:\n${item("a", "  ")}${item("b")}`,
      `${head}${item("a")}- text\n`
    ]
    for (const text of shapes) assert.match(refusal(text, put("a", "x")), told, text)
  })

  it("is refused where another item repeats what would go", () => {
    const text = `${head}- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  data: &d {x: y}\n${
      item("b")
    }  data: *d\n`
    assert.match(refusal(text, remove("a")), /can't be made on the text of this file/)
    assert.strictEqual(compose(text, remove("b")), text.slice(0, text.indexOf(item("b"))))
  })
})
