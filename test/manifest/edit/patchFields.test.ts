import { assert, describe, it } from "@effect/vitest"
import { item, patched, path, remove, set } from "./patch.ts"

const lines = (...all: ReadonlyArray<string>): string => `${all.join("\n")}\n`

describe("a scalar that is set", () => {
  it("leaves all around it as it is", () =>
    assert.strictEqual(
      patched(
        lines("# how many", "spec:", "    replicas:   3     # enough", "    paused: no", "", "status: {}"),
        set(path("spec", "replicas"), 5, 3)
      ),
      lines("# how many", "spec:", "    replicas:   5     # enough", "    paused: no", "", "status: {}")
    ))

  it("keeps its quotes, and gets some where a reader would take it for something else", () => {
    const ways: ReadonlyArray<readonly [string, string, string]> = [
      ["\"x\"", "y", "\"y\""],
      ["'x'", "it's", "'it''s'"],
      ["'x'", "two\nlines", "\"two\\nlines\""],
      ["x", "y z", "y z"],
      ["x", "on", "\"on\""],
      ["x", "1.20", "\"1.20\""],
      ["x", "0123", "\"0123\""],
      ["x", "1e3", "\"1e3\""],
      ["x", "~", "\"~\""],
      ["x", "null", "\"null\""],
      ["x", "2026-01-31", "\"2026-01-31\""],
      ["x", "1:30", "\"1:30\""],
      ["x", "a: b", "'a: b'"],
      ["x", "# no", "'# no'"]
    ]
    for (const [old, value, wanted] of ways)
      assert.strictEqual(patched(`key: ${old} # why\n`, set(path("key"), value, "x")), `key: ${wanted} # why\n`)
  })

  it("may become another kind of scalar", () => {
    assert.strictEqual(patched("key: \"5\"\n", set(path("key"), 5, "5")), "key: 5\n")
    assert.strictEqual(patched("key: yes\n", set(path("key"), "yes", true)), "key: \"yes\"\n")
    assert.strictEqual(patched("key: x\n", set(path("key"), null, "x")), "key: null\n")
  })

  it("comes behind the colon of a key that had nothing", () => {
    assert.strictEqual(patched("key:\n", set(path("key"), "x")), "key: x\n")
    assert.strictEqual(patched("key:   # later\nother: 1\n", set(path("key"), "x")), "key: x   # later\nother: 1\n")
    assert.strictEqual(patched("key: ~\n", set(path("key"), "x")), "key: x\n")
  })

  it("stays on the line it is on", () =>
    assert.strictEqual(
      patched(
        "key: # here\n  long text\n  of two lines # end\nother: 1\n",
        set(path("key"), "x", "long text of two lines")
      ),
      "key: # here\n  x # end\nother: 1\n"
    ))
})

describe("text of several lines", () => {
  const data = (...all: ReadonlyArray<string>) => lines("data:", ...all, "  other: x # stays")
  const key = path("data", "key")

  it("changes only in the lines that differ", () =>
    assert.strictEqual(
      patched(
        data("  key: | # a script", "      # one", "      two", "        three", "   ", "      four", ""),
        set(key, "# one\n2\n  three\n\nfour\nfive\n", "# one\ntwo\n  three\n\nfour\n")
      ),
      data("  key: | # a script", "      # one", "      2", "        three", "   ", "      four", "      five", "")
    ))

  it("says by its sign how it ends", () => {
    const text = data("  key: |", "    one")
    assert.strictEqual(patched(text, set(key, "one\ntwo", "one\n")), data("  key: |-", "    one", "    two"))
    assert.strictEqual(patched(text, set(key, "one\n\n", "one\n")), data("  key: |+", "    one", ""))
    assert.strictEqual(patched(data("  key: |-", "    one"), set(key, "one\n", "one")), text)
  })

  it("stays folded, paragraph by paragraph, or becomes literal where folding can't say it", () => {
    const text = data("  key: >", "    A first paragraph that goes", "    on here.", "", "    And another", "    one.")
    const previous = "A first paragraph that goes on here.\nAnd another one.\n"
    assert.strictEqual(
      patched(text, set(key, "A first paragraph that goes on here.\nAnd the last one.\n", previous)),
      data("  key: >", "    A first paragraph that goes", "    on here.", "", "    And the last one.")
    )
    assert.strictEqual(
      patched(text, set(key, "one\n  two\n", previous)),
      data("  key: |", "    one", "      two")
    )
  })

  it("may begin with blanks, and is quoted where no block can hold it", () => {
    const text = data("  key: |", "    one")
    assert.strictEqual(patched(text, set(key, "  x\ny\n", "one\n")), data("  key: |2", "      x", "    y"))
    assert.strictEqual(
      patched(data("  key: |2-", "      x", "    y"), set(key, "  x\nz", "  x\ny")),
      data("  key: |2-", "      x", "    z")
    )
    assert.strictEqual(patched(text, set(key, "a\0b", "one\n")), data("  key: \"a\\u0000b\""))
    assert.strictEqual(patched(text, set(key, "", "one\n")), data("  key: \"\""))
  })

  it("is written in lines where a single line was", () =>
    assert.strictEqual(
      patched(data("  key: x # why"), set(key, "one\ntwo\n", "x")),
      data("  key: | # why", "    one", "    two")
    ))
})

describe("a key that is new", () => {
  it("comes last in its map, before comments about what follows, and is indented as its siblings", () =>
    assert.strictEqual(
      patched(
        lines("spec:", "    a: 1", "    b:", "        c: 1", "        # of b", "", "# about d", "d: 1"),
        set(path("spec", "new"), { x: [{ w: 1, z: 2 }] })
      ),
      lines(
        "spec:",
        "    a: 1",
        "    b:",
        "        c: 1",
        "        # of b",
        "    new:",
        "        x:",
        "        - w: 1",
        "          z: 2",
        "",
        "# about d",
        "d: 1"
      )
    ))

  it("brings what leads to it", () =>
    assert.strictEqual(
      patched("data: {}\n", set(path("metadata", "annotations", "example.com/a"), "true")),
      "  annotations:\n    example.com/a: \"true\"\ndata: {}\n"
    ))

  it("has its place where people look for it", () =>
    assert.strictEqual(
      patched("  annotations:\n    a: b\n", set(path("metadata", "labels", "c"), "d")),
      "  labels:\n    c: d\n  annotations:\n    a: b\n"
    ))

  it("fills an empty map, and one that is only announced", () => {
    const change = set(path("data", "a"), "b")
    assert.strictEqual(patched("data: {} # none\n", change), "data: # none\n  a: b\n")
    assert.strictEqual(patched("data:  # none\nx: 1\n", change), "data: # none\n  a: b\nx: 1\n")
    assert.strictEqual(patched("data:\n", change), "data:\n  a: b\n")
  })

  it("stands between braces where its siblings do", () =>
    assert.strictEqual(
      patched("data: {a: b, \"c\": 'd' } # all\n", set(path("data", "e"), "x, y"), set(path("data", "f"), ["g"])),
      "data: {a: b, \"c\": 'd', e: \"x, y\", f: [g] } # all\n"
    ))

  it("comes last in a file that doesn't end its last line, and neither does the file then", () =>
    assert.strictEqual(patched("data:\n  a: b", set(path("data", "c"), "d")), "data:\n  a: b\n  c: d"))
})

describe("a key that goes", () => {
  it("takes the comments directly above it and on its line with it", () =>
    assert.strictEqual(
      patched(
        lines("spec:", "  # of the spec", "", "  # about a", "  # and more", "  a: 1 # one", "  # about b", "  b: 2"),
        remove(path("spec", "a"), 1)
      ),
      lines("spec:", "  # of the spec", "", "  # about b", "  b: 2")
    ))

  it("takes all that is below it", () =>
    assert.strictEqual(
      patched(
        lines("a:", "  b:", "    # one", "    c: |", "      # text", "", "    # two", "  # of a", "  d: 1"),
        remove(path("a", "b"), { c: "# text\n" })
      ),
      lines("a:", "  # of a", "  d: 1")
    ))

  it("leaves one blank line where there was one on both sides", () =>
    assert.strictEqual(
      patched(lines("a: 1", "", "b: 2", "", "c: 3"), remove(path("b"), 2)),
      lines("a: 1", "", "c: 3")
    ))

  it("leaves comments that a blank line sets off", () =>
    assert.strictEqual(
      patched(lines("a: 1", "b: 2 # two", "", "# on its own", "", "# about c", "c: 3"), remove(path("b"), 2)),
      lines("a: 1", "", "# on its own", "", "# about c", "c: 3")
    ))

  it("leaves an empty map behind, if it was the last of it", () => {
    assert.strictEqual(
      patched(lines("data: # all", "  # one", "  a: b", "x: 1"), remove(path("data", "a"), "b")),
      lines("data: {} # all", "x: 1")
    )
    assert.strictEqual(patched("data: {a: b}\n", remove(path("data", "a"), "b")), "data: {}\n")
  })

  it("goes from between braces with its comma", () => {
    const text = "data: {a: 1, b: 2, c: 3}\n"
    assert.strictEqual(patched(text, remove(path("data", "a"), 1)), "data: {b: 2, c: 3}\n")
    assert.strictEqual(patched(text, remove(path("data", "b"), 2)), "data: {a: 1, c: 3}\n")
    assert.strictEqual(patched(text, remove(path("data", "c"), 3)), "data: {a: 1, b: 2}\n")
  })
})

describe("a value of another kind", () => {
  it("takes the place of the old one", () => {
    assert.strictEqual(patched("a: 1 # one\nb: 2\n", set(path("a"), { c: [1] }, 1)), "a: # one\n  c:\n  - 1\nb: 2\n")
    assert.strictEqual(
      patched("a: # one\n  # two\n  c: 1\nb: 2\n", set(path("a"), "x", { c: 1 })),
      "a: x # one\nb: 2\n"
    )
    assert.strictEqual(patched("a:\n- 1\nb: 2\n", set(path("a"), { c: 1 }, [1])), "a:\n  c: 1\nb: 2\n")
    assert.strictEqual(patched("a: |\n  x\nb: 2\n", set(path("a"), ["z"], "x\n")), "a:\n- z\nb: 2\n")
  })

  it("changes only where it differs, if it is a map as before", () =>
    assert.strictEqual(
      patched(
        lines("a:", "  # one", "  b: 1", "  c: {d: 1, e: 2} # two", "  f: 3 # three"),
        set(path("a"), { b: 1, c: { d: 5, e: 2 }, g: 4 }, { b: 1, c: { d: 1, e: 2 }, f: 3 })
      ),
      lines("a:", "  # one", "  b: 1", "  c: {d: 5, e: 2} # two", "  g: 4")
    ))
})

describe("a change that is made already", () => {
  it("changes no byte", () => {
    const text = "a:   1\nlist: [ x ]\n"
    assert.strictEqual(patched(text, set(path("a"), 1, 2), remove(path("b"), "x")), text)
    assert.strictEqual(
      patched(text, set(path("list"), ["x"], ["y"]), remove(path("env", item({ name: "x" })), {})),
      text
    )
  })
})
