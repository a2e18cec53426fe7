import { assert, describe, it } from "@effect/vitest"
import type { Json } from "../../src/manifest/Manifest.ts"
import { textPlaces } from "../../src/manifest/TextPlaces.ts"
import { readYaml } from "../../src/manifest/Yaml.ts"
import { layouts } from "./layouts.ts"
import { keys, scalars } from "./scalars.ts"

const documents = (text: string): ReadonlyArray<Json> => {
  const reading = readYaml(text)
  if (reading._tag === "Broken") throw new Error(`${reading.message} in ${JSON.stringify(text)}`)
  return reading.documents.map(({ value }) => value)
}

/** As an editor would show it. */
const fault = (text: string): string => {
  const reading = readYaml(text)
  if (reading._tag === "Read") throw new Error(`read ${JSON.stringify(text)}`)
  const { column, line } = textPlaces(text)(reading.offset)
  return `${line}:${column}: ${reading.message}`
}

describe("YAML as kubectl reads it", () => {
  it("gives scalars the meaning of YAML 1.1", () => {
    for (const [text, value] of scalars) assert.deepStrictEqual(documents(`a: ${text}`), [{ a: value }], text)
  })

  it("turns keys into text", () => {
    for (const [key, text] of keys) assert.deepStrictEqual(documents(`? ${key}\n: x`), [{ [text]: "x" }], key)
  })

  for (const [name, [text, value]] of Object.entries(layouts))
    it(`reads ${name}`, () => assert.deepStrictEqual(documents(text), [value]))

  it("reads several documents, and empty ones as null", () => {
    assert.deepStrictEqual(documents("a: 1\n---\n# nothing\n---\nb: 2\n...\n---\n- c\n"), [{ a: 1 }, null, { b: 2 }, [
      "c"
    ]])
    assert.deepStrictEqual(documents(""), [])
    assert.deepStrictEqual(documents("# nothing\n"), [])
    assert.deepStrictEqual(documents("---\n---\n"), [null, null])
  })

  it("sorts keys, so that equal documents have equal text", () => {
    assert.strictEqual(JSON.stringify(documents("b: 1\na: {d: 2, c: 3}\n")), "[{\"a\":{\"c\":3,\"d\":2},\"b\":1}]")
  })

  it("keeps anchors to their document", () => {
    assert.strictEqual(
      fault("a: &x 1\n---\nb: *x\n"),
      "3:4: no anchor of this name stands before this alias; put it in quotes if it is text"
    )
  })

  it("knows where documents, entries and items begin", () => {
    const places = new Map()
    const reading = readYaml("# top\na:\n  - b: 1\n  - [c, d]\n", places)
    assert.strictEqual(reading._tag === "Read" && reading.documents[0]?.offset, 6)
    const all = [...places.values()].map((entries) => [...entries])
    assert.deepStrictEqual(all, [[["b", 13]], [[0, 23], [1, 26]], [[0, 13], [1, 22]], [["a", 6]]])
  })
})

const faults: Readonly<Record<string, readonly [text: string, fault: string]>> = {
  "an item in a column of its own": [
    "a:\n  - b\n - c\n",
    "3:2: this is no key of the map that begins in line 1; check the indentation"
  ],
  "a key in a column of its own": [
    "a:\n    b: 1\n  c: 2\n",
    "3:3: this is no key of the map that begins in line 1; check the indentation"
  ],
  "text where an item should be": [
    "- a\n? b\n",
    "2:1: this is no item of the list that begins in line 1; check the indentation"
  ],
  "text below a document": [
    "  a: 1\nb: 2\n",
    "2:1: this doesn't belong to the document above; check the indentation, or begin a new document with ---"
  ],
  "a second colon": [
    "a: b: c\n",
    "1:5: a second \":\" can't follow here; put the value in quotes, or check the indentation"
  ],
  "a missing colon": ["a: 1\nb\nc: 2\n", "2:1: a \":\" is missing after this key"],
  "a list on the line of its key": ["a: - b\n", "1:4: a list can't begin in this place; put it on a line of its own"],
  "a key in the middle of a line": ["a: ? b\n", "1:4: a key can't begin in this place; put it on a line of its own"],
  "a tab that indents": ["a:\n\tb: 1\n", "2:1: a tab can't be used to indent; use spaces"],
  "a tab that indents a block": ["a: |\n\tb\n", "2:1: a tab can't be used to indent; use spaces"],
  "a tab that indents more text": ["a: b\n\tc\n", "2:1: a tab can't be used to indent; use spaces"],
  "a list that is never closed": ["a: [b,\n  c\n", "1:4: this list is never closed; a \"]\" is missing"],
  "a map that is never closed": ["a: {b: c\n", "1:4: this map is never closed; a \"}\" is missing"],
  "a missing comma in a list": [
    "a: [\"b\"\n  \"c\"]\n",
    "2:3: \",\" or \"]\" is missing here, in the list that begins in line 1"
  ],
  "a missing comma in a map": [
    "{\"a\": \"x\"\n\"b\": 2}\n",
    "2:1: \",\" or \"}\" is missing here, in the map that begins in line 1"
  ],
  "a missing value": ["a: [b, , c]\n", "1:8: a value is missing here"],
  "a missing key": [": a\n", "1:1: a key is missing here"],
  "a quote that is never closed": ["a: 'b\nc: d\n", "1:4: this quote is never closed"],
  "a quote that runs into the next document": ["a: \"b\n---\nc: d\"\n", "1:4: this quote is never closed"],
  "an escape nobody knows": [
    "a: \"\\d+\"\n",
    "1:5: \\d means nothing in double quotes; write \\\\d, or use single quotes"
  ],
  "a short escape": ["a: \"\\u12\"\n", "1:5: \\u needs the 4 hexadecimal digits of a character"],
  "half a character": [
    "a: \"\\ud83d\"\n",
    "1:4: an escape here stands for half a character; write the character itself"
  ],
  "text after the sign of a block": [
    "a: | b\n",
    "1:6: only a comment may follow | on its line; the text begins on the next one"
  ],
  "a sign that begins no value": ["a: @b\n", "1:4: no value can begin with @; put it in quotes"],
  "a percent sign": ["a: %b\n", "1:4: no value can begin with %; put it in quotes"],
  "a directive": ["%YAML 1.2\n---\na: b\n", "1:1: kubectl can't read YAML directives; remove this line"],
  "an alias without a name": [
    "a: *\n",
    "1:4: * begins the name of an anchor (letters and digits); put the value in quotes if it is text"
  ],
  "an asterisk before a word": [
    "a: *.example.com\n",
    "1:4: * begins the name of an anchor (letters and digits); put the value in quotes if it is text"
  ],
  "an alias of nothing": [
    "a: *b\n",
    "1:4: no anchor of this name stands before this alias; put it in quotes if it is text"
  ],
  "an alias of what it stands in": ["a: &x\n  b: *x\n", "2:6: *x stands inside of what it repeats"],
  "a merge of text": ["a:\n  <<: b\n", "2:3: << needs a map, or a list of maps"],
  "a tag that goes on": ["a: !b{c}\n", "1:4: ! begins a tag; put the value in quotes if it is text"],
  "a tag with a prefix": [
    "a: !b!c d\n",
    "1:4: the prefix of this tag is declared nowhere; put the value in quotes if it is text"
  ],
  "a tag that doesn't fit": ["a: !!int b\n", "1:4: this value can't be read as !!int"],
  "binary that is no base64": ["a: !!binary '*'\n", "1:4: !!binary holds something that isn't base64"],
  "binary that is no text": [
    "a: !!binary /w==\n",
    "1:4: !!binary bytes that aren't UTF-8 text can't be written as JSON; leave out !!binary where base64 is wanted"
  ],
  "infinity": ["a: .inf\n", "1:4: infinity and not-a-number can't be written as JSON; put it in quotes if it is text"],
  "not a number": [
    "a: .NaN\n",
    "1:4: infinity and not-a-number can't be written as JSON; put it in quotes if it is text"
  ],
  "a number that would lose digits": [
    "a: 123456789012345678901\n",
    "1:4: this number is too large to be kept exactly (64 bits at most); put it in quotes if it is text"
  ],
  "a negative one": [
    "a: -9223372036854775809\n",
    "1:4: this number is too large to be kept exactly (64 bits at most); put it in quotes if it is text"
  ],
  "a key that kubectl could not hold": [
    "9223372036854775808: a\n",
    "1:1: this number is too large for a key; put it in quotes"
  ],
  "a key that stands twice": ["a: 1\nb: 2\na: 3\n", "3:1: the key \"a\" stands twice in this map; keep one of them"],
  "a key that stands twice once it is text": [
    "1: a\n\"1\": b\n",
    "2:1: the key \"1\" stands twice in this map; keep one of them"
  ],
  "a key that stands twice beside a merge": [
    "a: 1\n<<: {a: 2}\na: 3\n",
    "3:1: the key \"a\" stands twice in this map; keep one of them"
  ],
  "a key that is null": ["~: a\n", "1:1: null can't be a key; put it in quotes"],
  "a key that is a map": ["{a: b}: c\n", "1:1: a map or list can't be a key"],
  "a key that is a list": ["? [a]\n: b\n", "1:3: a map or list can't be a key"],
  "a control character": [
    "a: b\u0007\n",
    "1:5: a control character (\\u0007) can't stand in YAML as it is; write \\u0007 in double quotes"
  ]
}

describe("YAML that can't be read", () => {
  for (const [name, [text, expected]] of Object.entries(faults))
    it(`names ${name}, with line and column`, () => assert.strictEqual(fault(text), expected))

  it("says so of what is nested too deep", () => {
    const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`
    assert.strictEqual(fault(deep(1500)), "1:1002: maps and lists are nested deeper than 1000 levels here")
    assert.strictEqual(documents(deep(1000)).length, 1)
  })

  it("counts aliases before it fills them in", () => {
    const level = (name: string, of: string) =>
      `${name}: &${name} [${Array.from({ length: 10 }, () => `*${of}`).join(", ")}]\n`
    const bomb = (levels: string) =>
      [...levels].map((name, at) => level(name, at === 0 ? "a" : levels.charAt(at - 1))).join("")
    assert.strictEqual(documents(`a: &a word\n${bomb("bcde")}`).length, 1)
    assert.strictEqual(
      fault(`a: &a word\n${bomb("bcdefghijklmnop")}`),
      "7:28: with *f filled in, aliases alone would make more than 4 MiB; use fewer of them"
    )
  })

  it("tells other line ends apart, too", () => {
    assert.strictEqual(
      fault("a: 1\r\nb: 2\r\na: 3\r\n"),
      "3:1: the key \"a\" stands twice in this map; keep one of them"
    )
    assert.strictEqual(fault("a: 1\rb: 2\ra: 3\r"), "3:1: the key \"a\" stands twice in this map; keep one of them")
  })
})
