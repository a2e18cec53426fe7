import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit } from "../../../src/manifest/edit/DocumentEdit.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import type { ObjectKey } from "../../../src/manifest/ObjectKey.ts"

const key = (name: string, namespace = "default"): ObjectKey => ({ group: "", kind: "ConfigMap", namespace, name })

const config = (name: string, data: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data
})

const put = (name: string, data: JsonObject = {}): DocumentEdit => ({
  _tag: "Put",
  key: key(name),
  manifest: config(name, data)
})

const remove = (name: string): DocumentEdit => ({ _tag: "Remove", key: key(name) })

const compose = (text: string | undefined, ...edits: ReadonlyArray<DocumentEdit>): string | undefined => {
  const result = composeFile(text === undefined ? undefined : Buffer.from(text), edits, "default")
  if (Result.isFailure(result)) throw result.failure
  return result.success === undefined ? undefined : Buffer.from(result.success).toString()
}

const refusal = (text: string, ...edits: ReadonlyArray<DocumentEdit>): string => {
  const result = composeFile(Buffer.from(text), edits, "default")
  assert.isTrue(Result.isFailure(result), text)
  return Result.isFailure(result) ? result.failure.message : ""
}

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}} # as I like it\n`

/** As we write it. */
const ours = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`

describe("a new file", () => {
  it("holds what is put into it, one document after the other", () => {
    assert.strictEqual(compose(undefined, put("a", { key: "1" })), ours("a", "\"1\""))
    assert.strictEqual(
      compose(undefined, put("a", { key: "x" }), put("b", { key: "z" })),
      `${ours("a", "x")}---\n${ours("b", "z")}`
    )
  })

  it("is not made for what is removed", () => assert.isUndefined(compose(undefined, remove("a"))))
})

describe("removing a document", () => {
  it("takes one separator with it and leaves the others as they are", () => {
    const text = `${map("a")}---\n${map("b")}---\n${map("c")}`
    assert.strictEqual(compose(text, remove("a")), `${map("b")}---\n${map("c")}`)
    assert.strictEqual(compose(text, remove("b")), `${map("a")}---\n${map("c")}`)
    assert.strictEqual(compose(text, remove("c")), `${map("a")}---\n${map("b")}`)
    assert.strictEqual(compose(text, remove("c"), remove("a")), map("b"))
    assert.strictEqual(compose(text, remove("a"), remove("b")), map("c"))
  })

  it("keeps a separator at the top of the file", () => {
    const text = `---\n${map("a")}---\n${map("b")}`
    assert.strictEqual(compose(text, remove("a")), `---\n${map("b")}`)
    assert.strictEqual(compose(text, remove("b")), `---\n${map("a")}`)
  })

  it("takes the comments directly above it, and leaves all others", () => {
    const text = `# licence\n\n# about a\n${map("a")}  # still a\n# behind a\n\n---\n# about b\n\n${
      map("b")
    }\n# behind b\n---\n# about c\n${map("c")}# the end\n`
    assert.strictEqual(
      compose(text, remove("a")),
      `# licence\n\n# behind a\n# about b\n\n${map("b")}\n# behind b\n---\n# about c\n${map("c")}# the end\n`
    )
    assert.strictEqual(
      compose(text, remove("b")),
      `# licence\n\n# about a\n${map("a")}  # still a\n# behind a\n\n# behind b\n---\n# about c\n${map("c")}# the end\n`
    )
    assert.strictEqual(
      compose(text, remove("c")),
      `# licence\n\n# about a\n${map("a")}  # still a\n# behind a\n\n---\n# about b\n\n${
        map("b")
      }\n# behind b\n# the end\n`
    )
  })

  it("leaves a comment above the first separator, and one in the line of a separator", () => {
    assert.strictEqual(
      compose(`# licence\n---\n${map("a")}---\n${map("b")}`, remove("a")),
      `# licence\n---\n${map("b")}`
    )
    assert.strictEqual(compose(`${map("a")}--- # b\n${map("b")}`, remove("a")), ` # b\n${map("b")}`)
  })

  it("takes the marks that end it", () => {
    const text = `${map("a")}...\n# between\n---\n${map("b")}...\n---\n${map("c")}...\n`
    assert.strictEqual(compose(text, remove("a")), `# between\n${map("b")}...\n---\n${map("c")}...\n`)
    assert.strictEqual(compose(text, remove("b")), `${map("a")}...\n# between\n---\n${map("c")}...\n`)
    assert.strictEqual(compose(text, remove("c")), `${map("a")}...\n# between\n---\n${map("b")}...\n`)
  })

  it("knows a comment from a line of text that looks like one", () => {
    const text = `${map("a")}data:\n  x: "one\n# two"\n  # three\n---\n${
      map("b")
    }data:\n  x: |\n    # text\n# comment\n`
    assert.strictEqual(compose(text, remove("a")), `${map("b")}data:\n  x: |\n    # text\n# comment\n`)
    assert.strictEqual(compose(text, remove("b")), `${map("a")}data:\n  x: "one\n# two"\n  # three\n# comment\n`)
    const quoted = `${map("a")}data:\n  x: "one\n# two"\n# comment\n---\n${map("b")}`
    assert.strictEqual(compose(quoted, remove("a")), `# comment\n${map("b")}`)
    assert.strictEqual(compose(quoted.replace("# comment\n", ""), remove("a")), map("b"))
  })

  it("lets the file go with its last document, whatever comments and empty documents are left", () => {
    for (const text of [map("a"), `# licence\n\n${map("a")}# end\n`, `---\n---\n${map("a")}---\n# nothing\n`])
      assert.isUndefined(compose(text, remove("a")), text)
  })

  it("keeps the file for a document that is no manifest", () =>
    assert.strictEqual(compose(`${map("a")}---\nvalues: 1\n`, remove("a")), "values: 1\n"))

  it("changes nothing where it is gone already", () => {
    const bytes = Buffer.from(map("a"))
    assert.deepStrictEqual(composeFile(bytes, [remove("b")], "default"), Result.succeed(bytes))
  })
})

describe("putting a manifest that the file holds", () => {
  it("changes no byte where the data is the same", () => {
    const text = "# a\napiVersion: v1 \nkind: 'ConfigMap'\ndata: { on: \"x\" }\nmetadata:\n    name: a"
    const bytes = Buffer.from(text)
    const result = composeFile(bytes, [put("a", { true: "x" })], "default")
    assert.strictEqual(Result.getOrThrow(result), bytes)
  })

  it("replaces its text, and keeps the comments around it", () => {
    const text = `# licence\n# about a\n${map("a")}# behind a\n\n---\n# about b\n${map("b")}\n\n# end`
    assert.strictEqual(
      compose(text, put("a", { key: "x" })),
      `# licence\n# about a\n${ours("a", "x")}# behind a\n\n---\n# about b\n${map("b")}\n\n# end`
    )
    assert.strictEqual(
      compose(text, put("b", { key: "x" })),
      `# licence\n# about a\n${map("a")}# behind a\n\n---\n# about b\n${ours("b", "x")}\n\n# end`
    )
  })

  it("is found by its namespace, written or not", () => {
    const text = `${map("a")}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n`
    const edit = (namespace: string): DocumentEdit => ({ _tag: "Remove", key: key("a", namespace) })
    assert.strictEqual(compose(text, edit("shop")), map("a"))
    assert.strictEqual(
      compose(text, edit("default")),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
    )
    assert.strictEqual(compose(text, edit("other")), text)
  })

  it("begins a line of its own where the old text stood behind the separator", () =>
    assert.strictEqual(
      compose(`--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n`, put("a", { key: "x" })),
      `---\n${ours("a", "x")}`
    ))

  it("is not confused by blank lines behind it", () => {
    const text = `${map("a")}data: {x: "1"}\n  \n\n---\n${map("b")}`
    const kept = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: "1\n\n\n" } }
    assert.strictEqual(
      compose(text, { _tag: "Put", key: key("a"), manifest: kept }),
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: |+\n    1\n\n\n---\n${map("b")}`
    )
    const clipped = { ...kept, data: { x: "1\n2\n" } }
    assert.strictEqual(
      compose(text, { _tag: "Put", key: key("a"), manifest: clipped }),
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: |\n    1\n    2\n\n\n---\n${map("b")}`
    )
  })

  it("takes the last of several edits of one object", () =>
    assert.strictEqual(compose(map("a"), remove("a"), put("a", { key: "x" }), put("a", { key: "z" })), ours("a", "z")))
})

describe("putting a manifest that the file does not hold", () => {
  it("appends it behind a separator", () => {
    assert.strictEqual(compose(map("a"), put("b", { key: "x" })), `${map("a")}---\n${ours("b", "x")}`)
    assert.strictEqual(
      compose(`${map("a")}...\n# end\n`, put("b", { key: "x" })),
      `${map("a")}...\n# end\n---\n${ours("b", "x")}`
    )
  })

  it("ends the last line first where the file does not", () =>
    assert.strictEqual(compose(map("a").trimEnd(), put("b", { key: "x" })), `${map("a")}---\n${ours("b", "x")}`))

  it("fills an empty document at the end, and a file of comments", () => {
    assert.strictEqual(compose(`${map("a")}---\n`, put("b", { key: "x" })), `${map("a")}---\n${ours("b", "x")}`)
    assert.strictEqual(compose("# mine", put("b", { key: "x" })), `# mine\n${ours("b", "x")}`)
    assert.strictEqual(compose("---\n# mine\n", put("b", { key: "x" })), `---\n# mine\n${ours("b", "x")}`)
    assert.strictEqual(compose("", put("b", { key: "x" })), ours("b", "x"))
  })

  it("takes the place of all others in one go", () =>
    assert.strictEqual(
      compose(`# licence\n\n${map("a")}`, remove("a"), put("b", { key: "x" })),
      `# licence\n\n${ours("b", "x")}`
    ))
})

describe("the way a file is written", () => {
  it("stays with Windows line ends", () => {
    const windows = (text: string) => text.replaceAll("\n", "\r\n")
    const text = windows(`# licence\n\n# a\n${map("a")}\n---\n${map("b")}\n# end\n`)
    assert.strictEqual(
      compose(text, put("b", { key: "x\ny\n" }), put("c", { key: "z" })),
      windows(`# licence\n\n# a\n${map("a")}\n---\n${ours("b", "|\n    x\n    y")}\n# end\n---\n${ours("c", "z")}`)
    )
    assert.strictEqual(compose(text, remove("a")), windows(`# licence\n\n${map("b")}\n# end\n`))
  })

  it("keeps its byte order mark", () => {
    assert.strictEqual(compose(`\ufeff${map("a")}---\n${map("b")}`, remove("a")), `\ufeff${map("b")}`)
    assert.strictEqual(compose(`\ufeff${map("a")}`, put("a", { key: "x" })), `\ufeff${ours("a", "x")}`)
  })

  it("may use tabs where YAML lets it", () => {
    const text = `apiVersion:\tv1\t# tab\nkind: ConfigMap\nmetadata: {\n\tname: a }\n---\t\n${map("b")}`
    assert.strictEqual(compose(text, put("b", { key: "x" })), text.replace(map("b"), ours("b", "x")))
    assert.strictEqual(compose(text, remove("a")), map("b"))
  })

  it("may use anchors, which never leave their document", () => {
    const anchored = `apiVersion: v1\nkind: ConfigMap\nmetadata: &m\n  name: a\n  labels: &l {x: z}\ndata: *l\n`
    assert.strictEqual(compose(`${anchored}---\n${map("b")}`, remove("b")), anchored)
    assert.strictEqual(
      compose(`${anchored}---\n${map("b")}`, put("a", { key: "x" })),
      `${ours("a", "x")}---\n${map("b")}`
    )
  })
})

describe("edits of several kinds in one file", () => {
  it("are made together", () => {
    const service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
    const text = `${map("a")}---\n${service}---\n${map("b")}`
    const replaced: DocumentEdit = {
      _tag: "Put",
      key: { ...key("a"), kind: "Service" },
      manifest: { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 80 }] } }
    }
    assert.strictEqual(
      compose(text, replaced, remove("b"), put("c", { key: "x" })),
      `${map("a")}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n  - port: 80\n---\n${
        ours("c", "x")
      }`
    )
  })
})

describe("a JSON file", () => {
  const json = (indent: string | number | undefined, data: JsonObject) =>
    JSON.stringify({ kind: "ConfigMap", apiVersion: "v1", data, metadata: { name: "a" } }, null, indent)
  const ordered = (indent: string | number | undefined, data: JsonObject) =>
    JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data }, null, indent)

  it("stays JSON, indented as it was, with or without a last line end", () => {
    for (const indent of [undefined, 2, 4, "\t"]) {
      for (const end of ["", "\n"]) {
        const data = { "1": "x\u2028y", list: [], map: { deep: [1, { a: null }] } }
        assert.strictEqual(
          compose(json(indent, {}) + end, put("a", data)),
          ordered(indent, data).replace("\u2028", "\\u2028") + end
        )
      }
    }
    assert.strictEqual(
      compose(json(2, {}).replaceAll("\n", "\r\n"), put("a", { key: "x" })),
      ordered(2, { key: "x" }).replaceAll("\n", "\r\n")
    )
  })

  it("keeps every digit", () =>
    assert.strictEqual(
      compose(json(undefined, {}), put("a", { key: 9007199254740993n })),
      ordered(undefined, { key: 0 }).replace("0", "9007199254740993")
    ))

  it("can't hold a second object", () =>
    assert.strictEqual(
      refusal(json(2, {}), put("b")),
      "ConfigMap default/b can't be changed here: this file is JSON, where no second document can stand; give the object a file of its own"
    ))

  it("goes with its object", () => assert.isUndefined(compose(json(2, {}), remove("a"))))
})

describe("what nobody can edit safely", () => {
  it("is broken YAML, with its line", () =>
    assert.strictEqual(
      refusal(`${map("a")}---\na: b: c\n`, remove("a")),
      "this file can't be changed here (line 5): a second \":\" can't follow here; put the value in quotes, or check the indentation"
    ))

  it("is a template", () =>
    assert.match(refusal(`${map("a")}data: {{ .Values.x }}\n`, remove("a")), /^this file .*line 4.*Helm/))

  it("is what kubectl does not read: directives", () =>
    assert.match(refusal(`%YAML 1.1\n---\n${map("a")}`, remove("a")), /^this file .*line 1.*directives/))

  it("is an object that stands there twice", () =>
    assert.strictEqual(
      refusal(`${map("a")}---\n${map("b")}---\n${map("a")}`, put("a", { key: "x" })),
      "ConfigMap default/a can't be changed here (line 1): it is described twice in this file, here and in line 9; keep one of them"
    ))

  it("is a new object beside something that might be it", () => {
    const text = `${map("a")}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .x }}"}\n`
    for (const edit of [put("b"), remove("b")])
      assert.match(refusal(text, edit), /^ConfigMap default\/b .*line 5.*mend it/)
    assert.strictEqual(compose(text, put("a", { key: "x" })), text.replace(map("a"), ours("a", "x")))
  })

  it("is text that is none, or not UTF-8", () => {
    assert.match(refusal("a\0b", remove("a")), /^this file .*binary/)
    const utf16 = composeFile(Buffer.from(`\ufeff${map("a")}`, "utf16le"), [remove("a")], "default")
    assert.match(Result.isFailure(utf16) ? utf16.failure.message : "", /UTF-16.*save it as UTF-8/)
  })

  it("is a file that is too large, before or after", () => {
    const large = "x".repeat(4 * 1024 * 1024)
    assert.match(refusal(`${map("a")}data: {x: ${large}}\n`, remove("a")), /4\.0 MiB/)
    assert.match(refusal(map("a"), put("a", { key: large })), /4\.0 MiB/)
  })

  it("is a manifest of another object, or none", () => {
    assert.match(refusal(map("a"), { _tag: "Put", key: key("a"), manifest: config("b") }), /describes another object/)
    assert.match(
      refusal(map("a"), { _tag: "Put", key: key("a"), manifest: { ...config("a"), metadata: {} } }),
      /no metadata\.name/
    )
  })

  it("is what YAML can't say", () =>
    assert.match(refusal(map("a"), put("a", { key: "\ud800" })), /can't be made on the text of this file/))
})
