import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { decode, encode, pathOf, type Writer } from "../../src/git/ClusterNameFile.ts"

const writer: Writer = { branch: "main", gitPath: "clusters/prod", name: "default" }
const path = pathOf(writer.gitPath)
const naming = { cluster: "6f1e41a2-0f3c-4b1c-9d3e-2b7a52f2b9aa", stateNamespace: "gitops-controller" }
const text = encode(naming, writer).toString()

const read = (text: string, by: Writer = writer) => decode(Buffer.from(text), path, by)
const reasonOf = (text: string) => {
  const name = read(text)
  return name._tag === "Unreadable" ? name.reason : name._tag
}

const cure =
  "mend it, or remove the file and let the cluster that writes here name itself again; until then nothing is written to Git"

describe("the file that names the cluster", () => {
  it("tells people what it is for", () => {
    assert.strictEqual(
      text,
      [
        "# Written by gitops-controller: the cluster that commits what changes in it to this directory.",
        "# Another cluster that finds this file here writes nothing to Git. In a copy of the directory it names nobody.",
        "# cluster is the UID of the namespace kube-system; the record is in the namespace stateNamespace.",
        "cluster: 6f1e41a2-0f3c-4b1c-9d3e-2b7a52f2b9aa",
        "stateNamespace: gitops-controller",
        "name: default",
        "branch: main",
        "gitPath: clusters/prod",
        ""
      ].join("\n")
    )
  })

  it("is read as it was written, whatever the names are", () => {
    const some = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 })
    fc.assert(fc.property(some, some, some, some, fc.string({ maxLength: 30 }), (a, b, branch, name, gitPath) => {
      const own = { branch, name, gitPath }
      const named = decode(encode({ cluster: a, stateNamespace: b }, own), "p", own)
      assert.deepStrictEqual(named, { _tag: "Named", cluster: a, stateNamespace: b })
    }))
  })

  it("names nobody as a copy: on another branch, below another path, or for another controller", () => {
    assert.strictEqual(read(text)._tag, "Named")
    assert.strictEqual(read(text, { ...writer, branch: "staging" })._tag, "Nobody")
    assert.strictEqual(read(text, { ...writer, gitPath: "clusters/staging" })._tag, "Nobody")
    assert.strictEqual(read(text, { ...writer, gitPath: "" })._tag, "Nobody")
    assert.strictEqual(read(text, { ...writer, name: "second" })._tag, "Nobody")
  })

  it("says who asks to take the place, and who was refused, with what that means", () => {
    const third = { cluster: "third", stateNamespace: "ns" }
    const asking = encode({ ...naming, takeover: third }, writer).toString()
    assert.isTrue(asking.startsWith(text))
    assert.include(asking, "asks to take this one's place: if this one lives, its controller refuses")
    assert.deepStrictEqual(read(asking), { _tag: "Named", ...naming, takeover: third })
    const refusing = encode({ ...naming, refused: third }, writer).toString()
    assert.deepStrictEqual(read(refusing), { _tag: "Named", ...naming, refused: third })
    assert.include(reasonOf(`${text}takeover: third\n`), `${path}:9: takeover must be a map`)
    assert.include(reasonOf(`${text}refused:\n  cluster: third\n`), "refused must be a map with cluster")
  })

  it("may say more than is known", () => {
    assert.deepStrictEqual(read(`${text}later: { a: 1 }\n`), { _tag: "Named", ...naming })
  })

  it.each<[string, string, string]>([
    ["empty", "", `${path}:1: it must be one map with cluster, stateNamespace, name, branch, gitPath`],
    ["only comments", "# hello\n", `${path}:1: it must be one map with cluster, stateNamespace, name, branch, gitPath`],
    ["text", "hello\n", `${path}:1: it must be one map with cluster, stateNamespace, name, branch, gitPath`],
    [
      "two documents",
      `${text}---\na: 1\n`,
      `${path}:10: it must be one map with cluster, stateNamespace, name, branch, gitPath`
    ],
    ["without a cluster", text.replace(/^cluster:.*\n/m, ""), `${path}:4: cluster is empty, but must be text`],
    ["with a number", text.replace("name: default", "name: 5"), `${path}:6: name is 5, a number, but must be text`],
    ["with an empty cluster", text.replace(/^cluster:.*$/m, `cluster: ""`), `${path}:4: cluster is empty`],
    ["no UTF-8", "", ""]
  ])("is told to be broken with its line and what to do: %s", (what, text, reason) => {
    if (what === "no UTF-8") {
      const name = decode(Buffer.from([0x63, 0xff, 0xfe]), path, writer)
      assert.strictEqual(
        name._tag === "Unreadable" && name.reason,
        `${path}: file is not UTF-8 text; save it as UTF-8; ${cure}`
      )
    } else { assert.strictEqual(reasonOf(text), `${reason}; ${cure}`) }
  })

  it("is told to be broken where its YAML is", () => {
    assert.match(
      reasonOf(text.replace("branch: main", "branch: [main")),
      /^clusters\/prod\/\.gitops-controller\.yaml:\d+: .*; mend it/
    )
  })
})
