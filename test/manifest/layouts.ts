// Ways to lay out a document that kubectl accepts, each with what it reads.
import type { Json } from "../../src/manifest/Manifest.ts"

export const layouts: Readonly<Record<string, readonly [text: string, value: Json]>> = {
  "a bracket that closes in the column of its key": ["a: [\n  b,\n  c\n]\n", { a: ["b", "c"] }],
  "a brace that closes in the column of its key": ["a: {\n  b: c\n}\n", { a: { b: "c" } }],
  "tabs between brackets": ["a: [\n\tb,\n\tc ]\n", { a: ["b", "c"] }],
  "commas at the end": ["a: [b, c,]\nd: {e: f,}\n", { a: ["b", "c"], d: { e: "f" } }],
  "pairs in a list with brackets": ["a: [b: c, ? d : e]\n", { a: [{ b: "c" }, { d: "e" }] }],
  "keys without a value in braces": ["a: {b, c: , \"d\"}\n", { a: { b: null, c: null, d: null } }],
  "colons without a space in braces": ["a: {\"b\":1, c:d, e:}\n", { a: { "b": 1, "c:d": null, "e:": null } }],
  "a list in the column of its key": ["a:\n- b\n-\n- c: d\n  e: f\nx: z\n", {
    a: ["b", null, { c: "d", e: "f" }],
    x: "z"
  }],
  "lists in lists": ["- - a\n  - b\n- - - c\n", [["a", "b"], [["c"]]]],
  "explicit keys": ["? a\n: b\n? \"c\"\n:\n- d\n? e\n", { a: "b", c: ["d"], e: null }],
  "text over several lines": ["a: one\n  two\n\n  three\nb: c\n", { a: "one two\nthree", b: "c" }],
  "quoted text over several lines": ["a: \"one\n  two \\\n  three\n\n  four\"\nb: 'x\n\n\n  y'\n", {
    a: "one two three\nfour",
    b: "x\n\ny"
  }],
  "quoted text in the first column": ["a: \"one\ntwo\"\n", { a: "one two" }],
  "a literal block": ["a: |\n  one\n    two\n\n  three\n\nb: c\n", { a: "one\n  two\n\nthree\n", b: "c" }],
  "a literal block that keeps its end": ["a: |+\n  one\n\nb: c\n", { a: "one\n\n", b: "c" }],
  "a literal block without its end": ["a: |-\n  one\n\nb: c\n", { a: "one", b: "c" }],
  "a block with an indentation of its own": ["a: |2\n   one\n  two\nb: >1-\n  x\n", { a: " one\ntwo\n", b: " x" }],
  "a block whose file ends without a line break": ["a: |+\n  one", { a: "one\n" }],
  "a folded block": ["a: >\n  one\n  two\n\n  three\n    four\n  five\n", { a: "one two\nthree\n  four\nfive\n" }],
  "a block with a comment after its sign": ["a: | # comment\n  # no comment\nb: c\n", { a: "# no comment\n", b: "c" }],
  "comments": ["# one\na: b # two\n  # three\nc: d#e\nf: 'g'#h\n", { a: "b", c: "d#e", f: "g" }],
  "Windows line ends": ["a: b\r\nc: |\r\n  d\r\n  e\r\n", { a: "b", c: "d\ne\n" }],
  "tabs after text": ["a:\tb\t\nc: d\t# e\n", { a: "b", c: "d" }],
  "an anchor and its alias": ["a: &x {b: c}\nd: *x\ne: [*x, &y 1, *y]\n", {
    a: { b: "c" },
    d: { b: "c" },
    e: [{ b: "c" }, 1, 1]
  }],
  "an alias as a key": ["a: &x k\n*x : v\n", { a: "k", k: "v" }],
  "an anchor that is set again": ["a: &x 1\nb: &x 2\nc: *x\n", { a: 1, b: 2, c: 2 }],
  "a merge": ["a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }],
  "a merge that wins over what stands before it": ["a: {c: 3, <<: {b: 1, c: 2}}\n", { a: { b: 1, c: 2 } }],
  "a merge of a list, of which the first wins": ["a: {<<: [{b: 1}, {b: 2, c: 3}]}\n", { a: { b: 1, c: 3 } }],
  "two merges": ["a:\n  <<: {b: 1}\n  <<: {b: 2, c: 3}\n", { a: { b: 2, c: 3 } }],
  "a quoted merge sign": ["a: {\"<<\": 1}\n", { a: { "<<": 1 } }],
  "tags on collections": ["a: !!map {b: !!seq [c]}\nd: !x\n  - e\n", { a: { b: ["c"] }, d: ["e"] }],
  "keys that are no text": ["{1: a, true: b, 1.5: c}\n", { "1": "a", "true": "b", "1.5": "c" }],
  "JSON": ["{\"a\": [1, 2.5, -3e2, true, null, \"\\ud83d\\ude00\\/\"], \"b\": {}}", {
    a: [1, 2.5, -300, true, null, "\u{1f600}/"],
    b: {}
  }],
  "JSON that is indented with tabs": ["{\n\t\"a\": [\n\t\t1\n\t]\n}\n", { a: [1] }],
  "JSON with characters that end a line in YAML": ["{\"a\": \"b\u2028c\u0085d\"}", { a: "b\u2028c\u0085d" }],
  "a line separator, which folds for kubectl": ["a: \"b \u2028 c\"\n", { a: "b\u2028c" }],
  "a key that is the name of a prototype": [
    "__proto__: 1\nconstructor: 2\n",
    JSON.parse("{\"__proto__\": 1, \"constructor\": 2}")
  ]
}
