import { assert, describe, it } from "@effect/vitest"
import type { Step } from "../../../src/manifest/FieldPath.ts"
import { arrange, item, patched, path, remove, set } from "./patch.ts"

const lines = (...all: ReadonlyArray<string>): string => `${all.join("\n")}\n`

describe.each([["in the column of its key", ""], ["with an indentation", "  "]])(
  "a list whose items stand %s",
  (_, pad) => {
    const indented = (...all: ReadonlyArray<string>) =>
      lines("containers:", ...all.map((line) => pad + line), "other: 1")
    const containers = indented(
      "# the first",
      "- name: a # of all",
      "  image: a:1",
      "  # its ports",
      "  ports:",
      "  - containerPort: 80",
      "    # for people",
      "    name: http",
      "",
      "- image: \"b:1\"",
      "  name: b"
    )
    const a = item({ name: "a" })
    const b = item({ name: "b" })

    it("has its items found by their keys", () =>
      assert.strictEqual(
        patched(containers, set(path("containers", b, "image"), "b:2", "b:1")),
        containers.replace("\"b:1\"", "\"b:2\"")
      ))

    it("has them found by the keys that they leave out, too", () =>
      assert.strictEqual(
        patched(
          containers,
          set(path("containers", a, "ports", item({ containerPort: 80, protocol: "TCP" }), "name"), "web", "http")
        ),
        containers.replace("name: http", "name: web")
      ))

    it("gets a new one at its end", () =>
      assert.strictEqual(
        patched(containers, set(path("containers", item({ name: "c" })), { name: "c", tty: true })),
        containers.replace("other", `${pad}- name: c\n${pad}  tty: true\nother`)
      ))

    it("loses one with its comments", () =>
      assert.strictEqual(
        patched(
          containers,
          remove(path("containers", a), { name: "a", image: "a:1", ports: [{ containerPort: 80, name: "http" }] })
        ),
        indented("- image: \"b:1\"", "  name: b")
      ))

    it("has its items put in order as they are written", () =>
      assert.strictEqual(
        patched(containers, arrange(path("containers"), b, a)),
        indented(
          "- image: \"b:1\"",
          "  name: b",
          "",
          "# the first",
          "- name: a # of all",
          "  image: a:1",
          "  # its ports",
          "  ports:",
          "  - containerPort: 80",
          "    # for people",
          "    name: http"
        )
      ))

    it("has all of it changed at once", () =>
      assert.strictEqual(
        patched(
          containers,
          remove(path("containers", a, "image"), "a:1"),
          set(path("containers", item({ name: "c" })), { name: "c" }),
          set(path("containers", b, "tty"), true),
          arrange(path("containers"), item({ name: "c" }), b, a)
        ),
        indented(
          "- name: c",
          "",
          "- image: \"b:1\"",
          "  name: b",
          "  tty: true",
          "# the first",
          "- name: a # of all",
          "  # its ports",
          "  ports:",
          "  - containerPort: 80",
          "    # for people",
          "    name: http"
        )
      ))

    it("keeps the dash of an item whose first key goes", () =>
      assert.strictEqual(
        patched(containers, remove(path("containers", b, "image"), "b:1")),
        containers.replace(`${pad}- image: "b:1"\n${pad}  name: b`, `${pad}- name: b`)
      ))

    it("is empty when its last item goes", () =>
      assert.strictEqual(
        patched(indented("- name: a"), remove(path("containers", a), { name: "a" })),
        "containers: []\nother: 1\n"
      ))
  }
)

describe("a list that is one value", () => {
  it("keeps the text of the items that stay", () => {
    const text = lines("args:", "- --one # 1", "# about two", "- '--two'", "- --three", "", "- --four")
    assert.strictEqual(
      patched(text, set(path("args"), ["--one", "--2", "--three", "--four"], ["--one", "--two", "--three", "--four"])),
      text.replace("--two", "--2")
    )
    assert.strictEqual(
      patched(
        text,
        set(path("args"), ["--one", "--three", "--four", "--five"], ["--one", "--two", "--three", "--four"])
      ),
      lines("args:", "- --one # 1", "- --three", "", "- --four", "- --five")
    )
    assert.strictEqual(
      patched(
        text,
        set(path("args"), ["--two", "--one", "--three", "--four"], ["--one", "--two", "--three", "--four"])
      ),
      lines("args:", "# about two", "- '--two'", "- --one # 1", "- --three", "", "- --four")
    )
  })

  it("knows an item again by its name, if nothing else", () =>
    assert.strictEqual(
      patched(
        lines("groups:", "# one", "- name: a", "  x: 1", "# two", "- name: b", "  x: 1 # one"),
        set(path("groups"), [{ name: "b", x: 2 }], [{ name: "a", x: 1 }, { name: "b", x: 1 }])
      ),
      lines("groups:", "# two", "- name: b", "  x: 2 # one")
    ))

  it("stays between its brackets", () => {
    const text = "args: [ --one, '--two' ,\n  --three] # all\n"
    const old = ["--one", "--two", "--three"]
    assert.strictEqual(
      patched(text, set(path("args"), ["--one", "--2", "--three"], old)),
      text.replace("--two", "--2")
    )
    assert.strictEqual(
      patched(text, set(path("args"), ["--two", "--three"], old)),
      "args: [ '--two' ,\n  --three] # all\n"
    )
    assert.strictEqual(
      patched(text, set(path("args"), [...old, "x, y"], old)),
      text.replace("--three", "--three,\n  \"x, y\"")
    )
  })
})

describe("a set of values", () => {
  const value = (value: string): Step => ({ _tag: "Value", value })
  const text = lines("finalizers:", "- a # first", "- 'b'")

  it("gets values and loses them", () => {
    assert.strictEqual(patched(text, set(path("finalizers", value("c")), "c")), `${text}- c\n`)
    assert.strictEqual(patched(text, remove(path("finalizers", value("a")), "a")), lines("finalizers:", "- 'b'"))
    assert.strictEqual(patched(text, set(path("finalizers", value("b")), "b")), text)
  })
})
